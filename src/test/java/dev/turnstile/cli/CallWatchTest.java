package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code turnstile call --watch}: requests come in, and another plugin takes the place of the first one. */
@Tag("slow")
class CallWatchTest {
    private static final String ECHO = "{\"message\":\"hello\"}";
    /** How the demo plugin answers it; the plugin {@code factory} answers with the request. */
    private static final String ECHOED = "{\"message\":\"hello\",\"length\":5}";

    private static final String WATCHED = "turnstile: ready; ";
    private static final String SWITCHED = "turnstile: switched to ";
    private static final String SAME_CONTENT = " has the same content as before; the plugin goes on";
    private static final String REFUSED = "but the plugin before it goes on: ";

    private final Shell shell;
    private final Path bundle;
    private final Pipe pipe = Pipe.open();
    private final BlockingQueue<Integer> exitCode = new LinkedBlockingQueue<>();

    CallWatchTest(@TempDir Path directory) throws IOException {
        shell = new Shell(directory);
        bundle = shell.bundle("echo.rbp");
    }

    @AfterEach
    void endsWithItsInput() throws IOException {
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void change_underLoad_isSwitchedTo_andEachRequestIsAnsweredOnceInOrder() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        int requests = 0;
        while (requests < 100) {
            say(ECHO);
            requests++;
        }
        replace(Shell.KEY, "1.3.0", "factory");
        while (!shell.messages().contains(SWITCHED)) {
            say(ECHO);
            requests++;
            awaitAnswers(requests);
        }
        say(ECHO);
        requests++;

        assertEquals(0, end());
        List<String> answers = shell.printed().lines().toList();
        assertEquals(requests, answers.size());
        int first = answers.indexOf(ECHO);
        assertEquals(
                List.of(ECHOED), answers.subList(0, first).stream().distinct().toList());
        assertEquals(
                List.of(ECHO),
                answers.subList(first, requests).stream().distinct().toList());
        assertTrue(message(SWITCHED).matches("turnstile: switched to echo 1\\.3\\.0 in \\d+ ms"), shell.messages());
    }

    @Test
    void bundle_ofAnotherKey_isNamed_andTheOldPluginGoesOn() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        replace(MinisignKey.generate(), "1.3.0", "factory");

        String refused = message(REFUSED);
        assertTrue(refused.startsWith("turnstile: " + bundle + " has changed, "), refused);
        assertTrue(refused.contains("manifest.json.minisig: it was made by key "), refused);
        assertAnswer(ECHOED);
        replace(Shell.KEY, "1.3.1", "factory");
        message(SWITCHED + "echo 1.3.1");
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    @Test
    void olderBundle_isRefusedAsByASingleCall() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "--at-least", "1.2.0", "echo");
        replace(Shell.KEY, "1.1.9", "factory");

        assertTrue(message(REFUSED).contains("1.1.9"), shell.messages());
        assertAnswer(ECHOED);
        assertEquals(0, end());
    }

    /** Whoever does not write beside it and move has it seen half written: then it is used when it is whole. */
    @Test
    void bundle_thatIsWrittenInPlace_isUsedWhenItIsWhole() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        byte[] whole = writer("1.3.0", "factory").signWith(Shell.KEY, "new").toBytes();

        Files.write(bundle, Arrays.copyOf(whole, whole.length / 2));
        message(REFUSED);
        assertAnswer(ECHOED);
        Files.write(bundle, whole);
        message(SWITCHED + "echo 1.3.0");
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    @Test
    void plugin_thatFailsItsWarmUp_neverAnswersARequest() throws Exception {
        replace(Shell.KEY, "1.0.0", "factory");
        watch(bundle, "--key", Shell.PUBLIC, "echo", "--warm-up", "config={\"a\":\"=\"}");
        replace(Shell.KEY, "1.3.0", "turnstile_demo");

        assertTrue(
                message(REFUSED).endsWith(REFUSED + "config: unknown message type (6): unknown message type: config"),
                shell.messages());
        assertAnswer(ECHO);
        replace(Shell.KEY, "1.4.0", "factory");
        message(SWITCHED + "echo 1.4.0");
        assertEquals(0, end());
    }

    @Test
    void plugin_thatDoesNotStart_isNamed_andTheOldOneGoesOn() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        replace(Shell.KEY, "1.3.0", "null_create");

        assertTrue(message(REFUSED).contains("could not create an instance"), shell.messages());
        assertAnswer(ECHOED);
        assertEquals(0, end());
    }

    @Test
    void plugin_thatTakesTooLong_isNamed_andTheOldOneGoesOn() throws Exception {
        replace(Shell.KEY, "1.0.0", "factory");
        watch(bundle, "--key", Shell.PUBLIC, "echo", "--warm-up", "sleep={\"duration_ms\":2000}", "--timeout", "1");
        replace(Shell.KEY, "1.3.0", "turnstile_demo");

        assertTrue(message(REFUSED).endsWith("the new one was not ready in time"), shell.messages());
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    /** A panic ends an instance for good; what is loaded in its place is another one, also of the same file. */
    @Test
    void pluginThatPanicked_isReplaced() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "panic");
        say("{}");
        assertTrue(message("line 1: ").contains("panic in handler"), shell.messages());
        say("");
        say("{}");
        message("line 3: ");

        Files.setLastModifiedTime(bundle, FileTime.fromMillis(1_000));
        message(SWITCHED + "echo 1.2.0");
        replace(Shell.KEY, "1.3.0", "factory");
        message(SWITCHED + "echo 1.3.0");
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    @Test
    void calls_thatFail_withJson_areDocumentsInALine() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "fail", "--json");
        say("{\"code\":7}");
        awaitAnswers(1);
        replace(Shell.KEY, "1.3.0", "factory");
        message(SWITCHED);
        say("{\"code\":7}");

        assertEquals(0, end());
        assertEquals(
                List.of(
                        "{\"error\":{\"problem\":\"PLUGIN\",\"message\":\"fail: handler error (7): failed as asked\","
                                + "\"code\":7,\"label\":\"handler error\"}}",
                        "{\"tag\":\"fail\",\"response\":{\"code\":7}}"),
                shell.printed().lines().toList());
    }

    @Test
    void answer_withLineBreaks_isOneLine() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "envelope");
        say("{\"raw\":\"{\\\"status\\\":\\\"success\\\",\\\"payload\\\":{\\n\\\"a\\\":\\r\\n1}}\"}");

        assertEquals(0, end());
        assertEquals("{ \"a\": 1}", shell.printed().strip());
    }

    @Test
    void library_isSwitchedTo_andNeverTakenForABundle() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", shell.directory);
        watch(library, "echo");
        moveTo(library, Files.copy(bundle, shell.path("disguised")));
        message(REFUSED);
        assertAnswer(ECHOED);
        Files.delete(library);
        moveTo(library, Files.copy(TestPlugins.library("factory"), shell.path("new")));

        message(SWITCHED + library.getFileName() + " in ");
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    /** A build that made the same again, a tool that sets times: nothing is loaded for that, and no instance's state is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sameContent_isNotSwitchedTo(boolean isBundle) throws Exception {
        Path watched = isBundle ? bundle : TestPlugins.privateCopy("turnstile_demo", shell.directory);
        List<Object> trust = isBundle ? List.of("--key", Shell.PUBLIC) : List.of();
        watch(Stream.of(List.of(watched), trust, List.of("echo"))
                .flatMap(List::stream)
                .toArray());
        byte[] same = Files.readAllBytes(watched);

        Files.setLastModifiedTime(watched, FileTime.fromMillis(1_000));
        awaitMessages(SAME_CONTENT, 1);
        Files.write(watched, same);
        awaitMessages(SAME_CONTENT, 2);
        Files.write(watched, new byte[] {'P', 'K', 3, 4});
        awaitMessages(REFUSED, 1);
        moveTo(watched, Files.write(shell.path("again"), same));
        awaitMessages(SAME_CONTENT, 3);

        assertAnswer(ECHOED);
        assertEquals(0, end());
        assertEquals(0, messages(SWITCHED), shell.messages());
    }

    /** What is compared is the content that is in use, not the one that was there at first. */
    @Test
    void firstContent_thatComesBackAfterAnother_isSwitchedTo() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        byte[] first = Files.readAllBytes(bundle);
        replace(Shell.KEY, "1.3.0", "factory");
        message(SWITCHED + "echo 1.3.0");
        Files.write(bundle, first);
        message(SWITCHED + "echo 1.2.0");

        assertAnswer(ECHOED);
        assertEquals(0, end());
    }

    /** A bare library has no checksum: what its file says of its own size must do. */
    @Test
    void library_thatIsWrittenInPlace_isUsedWhenItIsWhole() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", shell.directory);
        watch(library, "echo");
        byte[] whole = Files.readAllBytes(TestPlugins.library("factory"));

        Files.write(library, Arrays.copyOf(whole, whole.length / 2));
        message(REFUSED);
        assertAnswer(ECHOED);
        Files.write(library, whole);
        message(SWITCHED);
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    @Test
    void bundleByAnotherName_isNeverTakenForALibrary() throws Exception {
        Path renamed = Files.copy(bundle, shell.path("echo.so"));
        watch(renamed, "--key", Shell.PUBLIC, "echo");
        moveTo(renamed, Files.copy(TestPlugins.library("factory"), shell.path("new")));

        assertTrue(message(REFUSED).contains("The bundle "), shell.messages());
        assertAnswer(ECHOED);
        assertEquals(0, end());
    }

    @Test
    void directoryThatIsGone_isSaid_andTheLibraryThatComesBackIsSwitchedTo() throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", shell.directory);
        watch(library, "echo");
        Files.delete(library);
        Files.delete(library.getParent());

        message("turnstile: " + library + " is gone; ");
        assertAnswer(ECHOED);
        Files.createDirectory(library.getParent());
        moveTo(library, Files.copy(TestPlugins.library("factory"), shell.path("new")));
        message(SWITCHED);
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    /** As Kubernetes replaces the files of a ConfigMap: the link that is switched is neither the file nor its directory. */
    @Test
    void linkOnTheWay_thatIsSwitched_isNoticed() throws Exception {
        Path mount = Files.createDirectory(shell.path("mount"));
        Path before = Files.createDirectory(mount.resolve("..1"));
        Path after = Files.createDirectory(mount.resolve("..2"));
        moveTo(before.resolve("echo.rbp"), bundle);
        writer("1.3.0", "factory").signWith(Shell.KEY, "new").write(after.resolve("echo.rbp"));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
        Path link = Files.createSymbolicLink(mount.resolve("echo.rbp"), Path.of("..data/echo.rbp"));
        watch(link, "--key", Shell.PUBLIC, "echo");
        moveTo(mount.resolve("..data"), Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2")));

        message(SWITCHED + "echo 1.3.0");
        assertAnswer(ECHO);
        assertEquals(0, end());
    }

    @Test
    void damagedBundle_isNamedOnce() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        Files.write(bundle, new byte[] {'P', 'K', 3, 4});
        message(REFUSED);
        replace(Shell.KEY, "1.3.0", "factory");
        message(SWITCHED + "echo 1.3.0");

        assertEquals(0, end());
        assertEquals(1, messages(REFUSED));
    }

    /** The requests before it have their answers by then, and those after it get theirs. */
    @Test
    void line_thatIsNotUtf8_isNamed_andTheNextIsAnswered() throws Exception {
        watch(bundle, "--key", Shell.PUBLIC, "echo");
        pipe.sink().write(ByteBuffer.wrap(new byte[] {'"', (byte) 0xff, '"', '\n'}));

        message("turnstile: line 1: the request is not UTF-8");
        assertAnswer(ECHOED);
        assertEquals(0, end());
    }

    @Test
    void wrongUse_exitsWith2() {
        assertTrue(shell.run("call", "--watch", bundle, "--checksums-only", "echo", ECHO)
                .failure(2)
                .contains("With --watch the requests are the lines of standard input"));
        assertTrue(shell.run("call", bundle, "--checksums-only", "echo")
                .failure(2)
                .contains("JSON, the request, is missing"));
        assertTrue(shell.run("call", bundle, "--checksums-only", "echo", ECHO, "--warm-up", "echo={}")
                .failure(2)
                .contains("with --watch"));
        assertTrue(shell.run("call", "--watch", bundle, "--checksums-only", "echo", "--warm-up", "={}")
                .failure(2)
                .contains("--warm-up is ={}, but must be TAG=JSON"));
        shell.run("call", "--watch", bundle, "echo").failure(2);
        shell.run("call", "--watch", shell.path("none.so"), "echo").failure(3);
    }

    // ---- the command, which runs meanwhile ----

    /** Returns when changes count. */
    private void watch(Object... arguments) {
        Terminal terminal = shell.terminal(Channels.newInputStream(pipe.source()));
        String[] line = Stream.concat(Stream.of("call", "--watch"), Stream.of(arguments))
                .map(String::valueOf)
                .toArray(String[]::new);
        // As in the program: a virtual thread that reads would hold its carrier on Java 21.
        Thread.ofPlatform().daemon().start(() -> exitCode.add(Main.run(terminal, line)));
        message(WATCHED);
    }

    private void say(String request) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            pipe.sink().write(bytes);
        }
    }

    private void assertAnswer(String expected) throws IOException {
        int before = answers();
        say(ECHO);
        awaitAnswers(before + 1);
        assertEquals(expected, shell.printed().lines().toList().getLast());
    }

    private int answers() {
        return Math.toIntExact(shell.printed().chars().filter(c -> c == '\n').count());
    }

    private void awaitAnswers(int count) {
        Eventually.isTrue("an answer", () -> answers() >= count);
    }

    /** Waits for a line on standard error. */
    private String message(String part) {
        List<String> found = new ArrayList<>();
        Eventually.isTrue(() -> part + " in " + shell.messages() + exitCode, () -> {
            shell.messages().lines().filter(line -> line.contains(part)).forEach(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private long messages(String part) {
        return shell.messages().lines().filter(line -> line.contains(part)).count();
    }

    private void awaitMessages(String part, int count) {
        Eventually.isTrue(
                () -> count + " times " + part + " in " + shell.messages() + exitCode, () -> messages(part) >= count);
    }

    private int end() throws IOException {
        pipe.sink().close();
        return Eventually.next("the exit code", exitCode);
    }

    // ---- what takes the plugin's place ----

    private void replace(MinisignKey key, String version, String plugin) {
        writer(version, plugin).signWith(key, "new").writeOver(bundle);
    }

    private static BundleWriter writer(String version, String plugin) {
        return new BundleWriter("echo", version).library(Platform.host(), "release", TestPlugins.library(plugin));
    }

    private static void moveTo(Path file, Path other) throws IOException {
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
