package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs commands in this JVM as a shell would in one of their own, and has the files that they are tried on. */
final class Shell {
    static final MinisignKey KEY = MinisignKey.generate();
    static final String PUBLIC = KEY.publicKey().base64();

    final Path directory;
    final Map<String, String> environment = new HashMap<>();
    /** What is typed when a password is asked for; when there is none left, there is nobody to ask. */
    final Deque<String> typed = new ArrayDeque<>();

    String input = "";
    Charset charset = StandardCharsets.UTF_8;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteArrayOutputStream err = new ByteArrayOutputStream();

    Shell(Path directory) {
        this.directory = directory;
    }

    record Outcome(int exitCode, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }

        /** The outcome of a failure: nothing but a message of one line (and for wrong use, a hint). */
        String failure(int expectedExitCode) {
            assertEquals(expectedExitCode, exitCode, this::toString);
            assertEquals("", out);
            List<String> lines = err.lines().toList();
            assertEquals(expectedExitCode == 2 ? 2 : 1, lines.size(), err);
            assertFalse(err.contains("\tat "), err);
            return lines.getFirst();
        }

        String success() {
            assertEquals(0, exitCode, this::toString);
            return out;
        }
    }

    Outcome run(Object... arguments) {
        Terminal terminal = terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        int exitCode =
                Main.run(terminal, Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
        return new Outcome(exitCode, out.toString(charset), messages());
    }

    /** A terminal with nothing on it, and this for its standard input. */
    Terminal terminal(InputStream in) {
        out = new ByteArrayOutputStream();
        err = new ByteArrayOutputStream();
        return new Terminal(
                in, new PrintStream(out, true, charset), new PrintStream(err, true, charset), environment, question -> {
                    String answer = typed.poll();
                    return answer == null ? null : answer.toCharArray();
                });
    }

    /** What is on standard output by now. */
    String printed() {
        return out.toString(charset);
    }

    /** What is on standard error by now: a plugin's log lines come later than its answer. */
    String messages() {
        return err.toString(charset);
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    Path write(String name, String content) {
        try {
            return Files.writeString(path(name), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** A bundle with the demo plugin and whatever else, signed. */
    Path bundle(String name) {
        Path file = path(name);
        writer().signWith(KEY, "timestamp:1700000000").write(file);
        return file;
    }

    static BundleWriter writer() {
        return new BundleWriter("echo", "1.2.0")
                .library(Platform.host(), "release", TestPlugins.demo())
                .schema("messages.json", "{}".getBytes(StandardCharsets.UTF_8))
                .document("README.md", "read me".getBytes(StandardCharsets.UTF_8));
    }

    /** The demo plugin's entry in the bundle. */
    static String libraryEntry() {
        return "lib/" + Platform.host() + "/release/" + TestPlugins.demo().getFileName();
    }

    static BundleTrust trust() {
        return BundleTrust.signedBy(KEY.publicKey());
    }
}
