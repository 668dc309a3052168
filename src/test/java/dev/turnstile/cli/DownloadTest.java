package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What scripts/package makes for any system, unpacked and run as a user does; scripts/package --try does so with all downloads in a Debian of their own. */
@Tag("slow")
@Tag("any-java")
@DisabledOnOs(OS.WINDOWS)
class DownloadTest {
    private static final Path BASE =
            Path.of(System.getProperty("turnstile.basedir", ".")).toAbsolutePath();
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HELLO = "{\"message\":\"hello\",\"length\":5}\n";

    @TempDir
    static Path place;

    private static Path home;
    private static Path demo;
    private static Path key;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeAndUnpack() throws Exception {
        Path staged = place.resolve("staged/turnstile-x");
        stage(staged);
        new Download(BASE, TIME).tar(staged, place.resolve("turnstile.tar.gz"));
        boolean isUnicode = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))
                .newEncoder()
                .canEncode('ü');
        Path apart = Files.createDirectory(place.resolve(isUnicode ? "mit Umlaut ü" : "with spaces"));
        Process tar = new ProcessBuilder("tar", "-xzf", "../turnstile.tar.gz")
                .directory(apart.toFile())
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        home = apart.resolve("turnstile-x");
        demo = place.resolve("demo.rbp");
        Files.copy(TestPlugins.bundle(), demo);
        key = place.resolve("demo.pub");
        TestPlugins.key().write(key);
    }

    private static void stage(Path to) throws IOException {
        new Download(BASE, TIME).stage(to, System.getProperty("java.class.path"));
    }

    // ---- how it is run ----

    private record Outcome(int exitCode, String out, String err) {
        static Outcome success(String out) {
            return new Outcome(0, out, "");
        }
    }

    /** Starts a program with nothing in its environment but this, and a PATH of the system's own programs. */
    private Process start(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Outcome end(Process process) throws IOException, InterruptedException {
        try {
            assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), "it ends");
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(
                process.exitValue(),
                Files.readString(directory.resolve("out")),
                Files.readString(directory.resolve("err")));
    }

    private Outcome run(Map<String, String> environment, String... command) throws Exception {
        Process process = start(environment, List.of(command));
        process.getOutputStream().close();
        return end(process);
    }

    private static String program() {
        return home.resolve("bin/turnstile").toString();
    }

    private static Map<String, String> java(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("JAVA_HOME", System.getProperty("java.home")));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static String[] call(String program, String json) {
        return new String[] {program, "call", demo.toString(), "--key-file", key.toString(), "echo", json};
    }

    private static final String REQUEST = "{\"message\":\"hello\"}";

    // ---- the program ----

    @Test
    void program_withoutAHome_byALinkToALink_inspectsAndCalls() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of(program()));
        Path linkToIt = Files.createSymbolicLink(directory.resolve("other"), link.getFileName());
        assertTrue(run(java(), linkToIt.toString(), "--version").out.startsWith("turnstile " + Download.version()));
        Outcome inspected = run(java(), linkToIt.toString(), "inspect", demo.toString());
        assertEquals("", inspected.err);
        assertTrue(inspected.out.contains("turnstile-demo"), inspected.out);
        assertEquals(Outcome.success(HELLO), run(java(), call(linkToIt.toString(), REQUEST)));
    }

    /** The link is relative to where it really is. */
    @Test
    void program_byALinkInADirectoryThatIsALink_isFound() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("dotfiles/sub/bin"));
        Files.createSymbolicLink(
                bin.resolve("turnstile"),
                bin.toRealPath().relativize(Path.of(program()).toRealPath()));
        Path linked = Files.createSymbolicLink(directory.resolve("bin"), Path.of("dotfiles/sub/bin"));
        Outcome outcome = run(java(), linked.resolve("turnstile").toString(), "--version");
        assertTrue(outcome.out.startsWith("turnstile "), outcome::toString);
        Outcome byShell = run(java(), "sh", "-c", "cd '" + home.resolve("bin") + "' && sh turnstile --version");
        assertTrue(byShell.out.startsWith("turnstile "), byShell::toString);
    }

    @Test
    void program_onPath_inACLocale_takesWhatIsNotAscii() throws Exception {
        Outcome outcome = run(
                java("PATH", home.resolve("bin") + ":/usr/bin:/bin", "LC_ALL", "C"),
                "sh",
                "-c",
                "exec turnstile call '" + demo + "' --key-file '" + key + "' echo \"$(printf"
                        + " '{\"message\":\"\\303\\274\"}')\"");
        assertEquals(0, outcome.exitCode, outcome::toString);
        assertTrue(outcome.out.contains("ü"), outcome.out);
    }

    /** Makes what stands where a Java would: it says that it was run. */
    private Path standIn(String name, String release, String... lines) throws IOException {
        Path java = directory.resolve(name + "/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        assertTrue(java.toFile().setExecutable(true));
        if (release != null) {
            Files.writeString(directory.resolve(name + "/release"), release);
        }
        return directory.resolve(name);
    }

    @Test
    void javaThatIsTooOld_isPassedOver() throws Exception {
        Path old = standIn("old", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.1\"\n", "echo old");
        Path older = standIn("older", "JAVA_VERSION=\"1.8.0_1\"", "echo older");
        Path wanted = standIn("wanted dir", "JAVA_VERSION=\"21\"", "echo wanted");
        Outcome byHome = run(
                Map.of(
                        "JAVA_HOME",
                        old.toString(),
                        "PATH",
                        wanted.resolve("bin") + ":" + older.resolve("bin") + ":/usr/bin:/bin"),
                program(),
                "--version");
        assertEquals(Outcome.success("wanted\n"), byHome);
        Outcome first = run(
                Map.of("JAVA_HOME", wanted.toString(), "PATH", older.resolve("bin") + ":/usr/bin:/bin"),
                program(),
                "--version");
        assertEquals(Outcome.success("wanted\n"), first);
    }

    /** As those of jenv, asdf and macOS are. */
    @Test
    void javaThatStandsForAnother_isAskedWhereThatIs() throws Exception {
        Path wanted = standIn("wanted", "JAVA_VERSION=\"25.0.3\"", "echo wanted");
        Path shim = standIn(
                "shims",
                null,
                "echo '    java.home = " + wanted + "' >&2",
                "echo '    java.specification.version = 25' >&2");
        Outcome outcome = run(Map.of("PATH", shim.resolve("bin") + ":/usr/bin:/bin"), program(), "--version");
        assertEquals(Outcome.success("wanted\n"), outcome);
        assertEquals(Outcome.success("wanted\n"), run(Map.of("JAVA_HOME", shim.toString()), program(), "--version"));
    }

    /** Of which the Java is made that comes with some downloads; it is a newer one than 21, where signatures need one more. */
    @Test
    void modulesOfOurOwnJava_sufficeForTheCommands() throws Exception {
        Matcher modules =
                Pattern.compile("--add-modules (\\S+)").matcher(Files.readString(BASE.resolve("scripts/package")));
        assertTrue(modules.find());
        Map<String, String> limited = java(
                "JDK_JAVA_OPTIONS",
                "--limit-modules=" + modules.group(1) + (Runtime.version().feature() < 22 ? ",jdk.crypto.ec" : ""),
                "TURNSTILE_KEY_PASSWORD",
                "secret");
        for (String command : List.of(
                "inspect --json demo.rbp",
                "verify --json demo.rbp --key-file demo.pub",
                "doctor --json demo.rbp",
                "keygen --json --output new.key",
                "slim --json demo.rbp --key-file demo.pub --platform host --sign-key new.key --output new.rbp",
                "call --json new.rbp --key-file new.pub echo {\"message\":\"hello\"}")) {
            List<String> words = new ArrayList<>(List.of(program()));
            for (String word : command.split(" ", -1)) {
                words.add(word.startsWith("demo.") ? place.resolve(word).toString() : word);
            }
            Outcome outcome = run(limited, words.toArray(String[]::new));
            assertEquals(0, outcome.exitCode, outcome::toString);
        }
    }

    // ---- the archive of classes ----

    private List<Path> archives(Path cache) {
        try (Stream<Path> files = Files.list(cache.resolve("turnstile"))) {
            return files.toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void archive_isMadeByTheFirstRun_andUsedByTheNext_andIgnoredIfItIsDamaged() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("a cache"));
        Map<String, String> environment = java("XDG_CACHE_HOME", cache.toString());
        assertEquals(Outcome.success(HELLO), run(environment, call(program(), REQUEST)));
        Eventually.isTrue(
                "it is made",
                () -> archives(cache).size() == 1 && isWhole(archives(cache).getFirst()));
        Path archive = archives(cache).getFirst();
        assertEquals("rwx------", permissions(cache.resolve("turnstile")));

        Process second = start(environment, List.of(call(program(), "-")));
        Eventually.isTrue("it is used", () -> isMapped(archive, second.pid()));
        try (OutputStream in = second.getOutputStream()) {
            in.write(REQUEST.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(Outcome.success(HELLO), end(second));
        assertEquals(List.of(archive), archives(cache));

        byte[] damaged = Files.readAllBytes(archive);
        for (int i = damaged.length / 2; i < damaged.length / 2 + 10_000; i++) {
            damaged[i] ^= 0x5a;
        }
        Files.write(archive, damaged);
        assertEquals(Outcome.success(HELLO), run(environment, call(program(), REQUEST)));
        assertEquals(List.of(archive), archives(cache));
    }

    private static boolean isWhole(Path archive) {
        return archive.toString().endsWith(".jsa") && archive.toFile().length() > 0;
    }

    private static boolean isMapped(Path archive, long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/maps")).contains(String.valueOf(archive.getFileName()));
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** What others may write is code that they may write. */
    @Test
    void cacheThatOthersMayWrite_isNotUsed() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("turnstile"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(
                Outcome.success(HELLO), run(java("XDG_CACHE_HOME", directory.toString()), call(program(), REQUEST)));
        assertEquals(List.of(), archives(directory));
    }

    /** Whoever waits for the end of what the caller has open does not wait for the archive. */
    @Test
    void archiveThatIsBeingMade_keepsNothingOfTheCallersOpen() throws Exception {
        Path java = standIn(
                "slow",
                "JAVA_VERSION=\"25\"",
                "case \"$*\" in *-Xshare:dump*) while [ ! -e '" + directory + "/go' ]; do sleep 0.1; done ;; esac",
                "echo run");
        Outcome outcome = run(
                Map.of("JAVA_HOME", java.toString(), "XDG_CACHE_HOME", directory.toString()),
                "sh",
                "-c",
                "{ '" + program() + "' x 3>&1 >/dev/null; } | cat; echo over");
        Files.createFile(directory.resolve("go"));
        assertEquals(Outcome.success("over\n"), outcome);
        Eventually.isTrue(
                "nothing is left of it",
                () -> archives(directory).stream()
                        .allMatch(file -> file.toString().endsWith(".jsa")));
    }

    @Test
    void cacheThatCannotBe_isNotNoticed() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertEquals(Outcome.success(HELLO), run(java("XDG_CACHE_HOME", file.toString()), call(program(), REQUEST)));
        assertEquals(
                Outcome.success(HELLO),
                run(
                        java("XDG_CACHE_HOME", directory.toString(), "TURNSTILE_ARCHIVE", "none"),
                        call(program(), REQUEST)));
        assertEquals(List.of(), archives(directory));
    }

    /** A few that are new since only make the start a little slower: scripts/package --classes writes the list anew. */
    @Test
    void listOfClasses_hasMostOfThoseThatACallLoads() throws Exception {
        Path log = directory.resolve("classes");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load:file=" + log,
                "-cp",
                home.resolve("lib") + "/*",
                Main.class.getName()));
        command.addAll(List.of(call("", REQUEST)).subList(1, 7));
        assertEquals(Outcome.success(HELLO), run(Map.of("LC_ALL", "C.UTF-8"), command.toArray(String[]::new)));
        List<String> loaded;
        try (Stream<String> lines = Files.lines(log)) {
            loaded = lines.map(line -> line.replaceFirst("^(\\[[^]]*\\])+ ", ""))
                    .map(line -> line.substring(0, line.indexOf(' ')).replace('.', '/'))
                    .filter(name -> name.startsWith("dev/turnstile/"))
                    .filter(name -> !name.contains("Lambda"))
                    .toList();
        }
        Set<String> listed = Set.copyOf(Files.readAllLines(home.resolve("lib/classlist")));
        List<String> missing =
                loaded.stream().filter(name -> !listed.contains(name)).toList();
        assertTrue(loaded.size() > 100, loaded::toString);
        assertTrue(missing.size() * 10 < loaded.size(), missing::toString);
    }

    // ---- the files ----

    @Test
    void archivesOfTheSameSources_areTheSame() throws Exception {
        Path again = directory.resolve("turnstile-x");
        stage(again);
        try (Stream<Path> files = Files.walk(again)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file)) {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                }
            }
        }
        Download download = new Download(BASE, TIME);
        download.tar(again, directory.resolve("again.tar.gz"));
        assertArrayEquals(
                Files.readAllBytes(place.resolve("turnstile.tar.gz")),
                Files.readAllBytes(directory.resolve("again.tar.gz")));
        download.zip(again, directory.resolve("one.zip"));
        download.zip(place.resolve("staged/turnstile-x"), directory.resolve("other.zip"));
        assertArrayEquals(
                Files.readAllBytes(directory.resolve("one.zip")), Files.readAllBytes(directory.resolve("other.zip")));
    }

    @Test
    void licences_areThereForEachJar() throws Exception {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            Set<String> without = jars.map(jar -> String.valueOf(jar.getFileName()))
                    .filter(name -> name.endsWith(".jar") && !name.startsWith("turnstile-"))
                    .map(name -> name.replaceAll("\\.jar$", ""))
                    .filter(name -> !Files.isDirectory(home.resolve("licenses/" + name)))
                    .collect(Collectors.toSet());
            assertEquals(1, without.size(), without::toString);
            assertTrue(without.iterator().next().startsWith("picocli-"), "it is under this project's licence");
        }
        assertTrue(Files.readString(home.resolve("LICENSE")).contains("Apache License"));
    }

    @Test
    void guide_namesTheJarsForJBangThatTheDownloadHas() throws Exception {
        String guide = Files.readString(BASE.resolve("src/site/markdown/guides/command-line.md"));
        for (String artifact :
                List.of("info.picocli:picocli", "org.bouncycastle:bcprov-jdk18on", "dev.turnstile:turnstile")) {
            Matcher named = Pattern.compile(artifact + ":([^,\\s]+)").matcher(guide);
            assertTrue(named.find(), artifact);
            String jar = artifact.substring(artifact.indexOf(':') + 1) + "-" + named.group(1) + ".jar";
            assertTrue(Files.exists(home.resolve("lib/" + jar)), jar);
        }
    }

    private static List<String> names(CommandLine command) {
        return CommandText.options(command).stream()
                .map(OptionSpec::longestName)
                .toList();
    }

    @Test
    void completionsAndPage_haveEachCommandAndOption() throws Exception {
        CommandLine commands = CommandText.commands();
        String fish = Files.readString(home.resolve("share/fish/vendor_completions.d/turnstile.fish"));
        String zsh = Files.readString(home.resolve("share/zsh/site-functions/_turnstile"));
        String page = Files.readString(home.resolve("share/man/man1/turnstile.1"));
        commands.getSubcommands().forEach((name, command) -> {
            assertTrue(page.contains("\n.SS turnstile " + name + "\n"), name);
            String inZsh = zsh.substring(zsh.indexOf("\n" + name + ")\n"));
            for (String option : names(command)) {
                assertTrue(
                        fish.lines()
                                .anyMatch(line -> line.contains("_from " + name + "'")
                                        && line.contains(" -l " + option.substring(2) + " ")),
                        name + " " + option);
                assertTrue(inZsh.substring(0, inZsh.indexOf(";;")).contains(option), name + " " + option);
                assertTrue(page.contains(option.replace("-", "\\-")), option);
            }
        });
    }

    private static String tool(String name) {
        Path tool = Path.of("/usr/bin", name);
        assumeTrue(Files.isExecutable(tool), () -> "there is no " + tool);
        return tool.toString();
    }

    @Test
    void page_isReadWithoutAWarning() throws Exception {
        String page = home.resolve("share/man/man1/turnstile.1").toString();
        Outcome outcome = run(Map.of(), tool("groff"), "-man", "-Tutf8", "-ww", "-P-c", page);
        assertEquals("", outcome.err);
        assertTrue(outcome.out.contains("turnstile call --watch (BUNDLE ... | LIBRARY) TAG"), outcome.out);
        assertTrue(outcome.out.contains("echo '{\"message\":\"hello\"}'"), "as it can be copied");
    }

    @Test
    void bash_completesCommandsAndOptions() throws Exception {
        String script = "compopt() { :; }; . '" + home.resolve("share/bash-completion/completions/turnstile")
                + "'; complete=$(complete -p turnstile | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); COMP_WORDS=(\"$@\");"
                + " COMP_CWORD=$(($# - 1)); $complete; printf '%s\\n' \"${COMPREPLY[@]}\" | sort";
        String bash = tool("bash");
        assertEquals(Outcome.success("call\ncombine\n"), run(Map.of(), bash, "-c", script, "bash", "turnstile", "c"));
        assertEquals(
                Outcome.success("--at-least\n"),
                run(Map.of(), bash, "-c", script, "bash", "turnstile", "verify", "--at"));
    }
}
