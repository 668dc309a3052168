package dev.turnstile.platforms;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginCrashedException;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginLoadException;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The checks, with the demo plugin in C. Everything is in one directory:
 *
 * <ul>
 *   <li>{@code PLATFORM/LIBRARY}, such as {@code linux-aarch64/libturnstile_demo.so}, the plugin for each platform that there is, this one among them;
 *   <li>{@code PLATFORM/turnstile-host}, the native host or what starts it, if there is one;
 *   <li>{@code plugin.rbp} and {@code plugin.pub}, a bundle of all these libraries and the key that signed it.
 * </ul>
 *
 * <p>Files are written only to the place that {@code turnstile.extraction.dir} names. Arguments: the directory, how many callers there are at once, and the checks to run; without any, all. Exit code 1 if one failed.
 */
public final class PlatformChecks {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String WINDOWS = "windows";

    private final Path directory;
    private final int callers;
    private final PrintStream out;
    private final Platform host = Platform.host();
    private int failures;
    private int checks;

    PlatformChecks(Path directory, int callers, PrintStream out) {
        this.directory = directory;
        this.callers = callers;
        this.out = out;
    }

    private interface Check {
        /** Returns what was seen, for the report. */
        String run() throws Exception;
    }

    /** Runs them and ends the JVM with the exit code. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<String> chosen = Arrays.asList(arguments).subList(2, arguments.length);
        PlatformChecks all = new PlatformChecks(Path.of(arguments[0]), Integer.parseInt(arguments[1]), out);
        System.exit(all.run(chosen) ? 0 : 1);
    }

    /** Runs the named checks, or all; returns whether they held. */
    boolean run(List<String> chosen) {
        check(chosen, "answers", this::answers);
        check(chosen, "raw", this::rawAnswers);
        check(chosen, "errors", this::errors);
        check(chosen, "sizes", this::sizes);
        check(chosen, "logs", this::logLines);
        check(chosen, "callers", this::manyCallers);
        check(chosen, "bundle", this::bundle);
        check(chosen, "strangers", this::librariesForOthers);
        check(chosen, "paths", this::path);
        check(chosen, "extraction", this::extraction);
        check(chosen, "native-host", this::nativeHost);
        check(chosen, "jvm-host", () -> isolated(Isolation.process().withJvmArguments("-Dturnstile.platforms=true")));
        out.println(host + ", " + System.getProperty("os.name") + ", Java " + Runtime.version() + ": "
                + (checks - failures) + " passed, " + failures + " failed");
        return failures == 0;
    }

    private void check(List<String> chosen, String name, Check check) {
        if (!chosen.isEmpty() && !chosen.contains(name)) {
            return;
        }
        checks++;
        long begin = System.nanoTime();
        try {
            String seen = check.run();
            out.println(String.format("ok      %-12s %s (%d ms)", name, seen, millisSince(begin)));
        } catch (Exception | LinkageError | AssertionError failed) {
            failures++;
            out.println(String.format("FAILED  %-12s %s", name, failed));
            failed.printStackTrace(out);
        }
    }

    private static long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    private static void require(boolean isSo, String what) {
        if (!isSo) {
            throw new AssertionError(what);
        }
    }

    // ---- the plugin ----

    record Say(String message) {}

    record Echo(String message, int length) {}

    record Fail(int code, String message) {}

    record Big(int bytes) {}

    record Log(String message, String from) {}

    record Ask() {}

    record Probe(long calls, long overlaps, long outstandingBuffers, boolean singleThread) {}

    private Path library() {
        return directory.resolve(host.key()).resolve(System.mapLibraryName("turnstile_demo"));
    }

    /** Where libraries are extracted, and files written. */
    private static Path place() {
        return Path.of(System.getProperty("turnstile.extraction.dir", ""));
    }

    private SynchronizedPlugin open(Path library, PluginOptions options) throws InterruptedException {
        return SynchronizedPlugin.load(
                library, PluginConfig.defaults().withLogLevel(LogLevel.INFO), options.withLogListener(line -> {}));
    }

    private SynchronizedPlugin open() throws InterruptedException {
        return open(library(), PluginOptions.defaults());
    }

    private static void echo(SynchronizedPlugin plugin, String message) throws InterruptedException {
        Echo answer = plugin.call("echo", new Say(message), Echo.class);
        Echo expected = new Echo(message, message.getBytes(StandardCharsets.UTF_8).length);
        require(expected.equals(answer), expected + " was expected, and " + answer + " came");
    }

    // ---- the checks ----

    /** The structure of 32 bytes that a call returns. */
    private String answers() throws Exception {
        try (SynchronizedPlugin plugin = open()) {
            echo(plugin, "hello");
            echo(plugin, "Grüße, 世界 \uD83D\uDE00");
            String text = plugin.call("echo", "{\"message\":\"as text\"}");
            require(text.equals("{\"message\":\"as text\",\"length\":7}"), text);
            require(plugin.call("nothing", new Ask(), Object.class) == null, "an empty answer is null");
        }
        return "text, objects and empty answers";
    }

    /** The other structure, which a raw call returns. */
    private String rawAnswers() throws Exception {
        byte[] bytes = new byte[100_003];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        try (SynchronizedPlugin plugin = open()) {
            require(Arrays.equals(bytes, plugin.callRaw(1, bytes)), "the same bytes come back");
            require(plugin.callRaw(1, new byte[0]).length == 0, "no bytes come back as none");
            require(plugin.callRaw(2, bytes).length == 0, "an empty answer");
        }
        return "raw answers of 0 and " + bytes.length + " bytes";
    }

    private String errors() throws Exception {
        try (SynchronizedPlugin plugin = open()) {
            PluginException told = failure(() -> plugin.call("fail", new Fail(7, "as asked"), Object.class));
            require(
                    told.errorCode().equals(ErrorCode.HANDLER)
                            && told.pluginMessage().equals("as asked"),
                    "" + told);
            PluginException raw = failure(() -> plugin.callRaw(3, new byte[0]));
            require(raw.errorCode().equals(ErrorCode.HANDLER), "" + raw);
            PluginException unknown = failure(() -> plugin.call("no such tag", new Ask(), Object.class));
            require(unknown.pluginMessage().contains("no such tag"), "" + unknown);
            echo(plugin, "it goes on");
        }
        return "three errors, and the next call is answered";
    }

    private interface Call {
        Object make() throws InterruptedException;
    }

    private static PluginException failure(Call call) throws InterruptedException {
        try {
            throw new AssertionError("No error, but " + call.make());
        } catch (PluginException told) {
            return told;
        }
    }

    private String sizes() throws Exception {
        int bytes = 4 << 20;
        try (SynchronizedPlugin plugin = open()) {
            String answer = Objects.requireNonNull(plugin.call("big", new Big(bytes), String.class));
            require(answer.length() == bytes, answer.length() + " bytes");
            echo(plugin, "x".repeat(1 << 20));
            requireAllGivenBack(plugin);
        }
        return "an answer of " + bytes + " bytes; every buffer was given back";
    }

    private static void requireAllGivenBack(SynchronizedPlugin plugin) throws InterruptedException {
        Probe probe = Objects.requireNonNull(plugin.call("probe", new Ask(), Probe.class));
        require(probe.outstandingBuffers() == 0 && probe.overlaps() == 0 && probe.singleThread(), "" + probe);
    }

    /** Calls from the native side into Java: from the thread of the call, and from one that Java does not know. */
    private String logLines() throws Exception {
        for (String from : List.of("caller", "thread")) {
            CompletableFuture<PluginLogLine> logged = new CompletableFuture<>();
            String message = "Zeile für " + from;
            PluginOptions options = PluginOptions.defaults().withLogListener(line -> {
                if (line.message().equals(message)) {
                    logged.complete(line);
                }
            });
            try (SynchronizedPlugin plugin =
                    SynchronizedPlugin.load(library(), PluginConfig.defaults().withLogLevel(LogLevel.INFO), options)) {
                var unused = plugin.call("log", new Log(message, from), Object.class);
                PluginLogLine line = logged.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                require(line.level() == LogLevel.INFO && line.target().equals("turnstile_demo"), "" + line);
            }
        }
        return "lines from the call's thread and from one of the plugin's";
    }

    private String manyCallers() throws Exception {
        try (SynchronizedPlugin plugin = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> calls = IntStream.range(0, callers)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        echo(plugin, "caller " + i);
                        return i;
                    }))
                    .toList();
            for (Future<?> call : calls) {
                var unused = call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            requireAllGivenBack(plugin);
            require(plugin.stats().completed() == callers + 1L, plugin.stats().toString());
        }
        return callers + " callers at once, one call at a time";
    }

    private List<Platform> platforms() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isDirectory)
                    .map(file -> Platform.parse(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private static Path libraryFor(Platform platform, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(platform.key()))) {
            return files.filter(file -> file.getFileName().toString().contains("turnstile_demo"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String bundle() throws Exception {
        BundleTrust trust = BundleTrust.signedBy(MinisignPublicKey.read(directory.resolve("plugin.pub")));
        Bundle bundle = Bundle.open(directory.resolve("plugin.rbp"), trust);
        for (Platform platform : platforms()) {
            byte[] inBundle = bundle.library(platform, BundleManifest.RELEASE).bytes();
            require(
                    Arrays.equals(inBundle, Files.readAllBytes(libraryFor(platform, directory))),
                    "the library for " + platform + " is the one that was packed");
        }
        try (SynchronizedPlugin plugin =
                SynchronizedPlugin.load(bundle, PluginConfig.defaults(), PluginOptions.defaults())) {
            echo(plugin, "from a bundle");
        }
        return "a signed bundle for " + platforms();
    }

    private String librariesForOthers() throws Exception {
        int refused = 0;
        for (Platform platform : platforms()) {
            if (!platform.equals(host)) {
                try (SynchronizedPlugin plugin = open(libraryFor(platform, directory), PluginOptions.defaults())) {
                    throw new AssertionError("The library for " + platform + " was loaded: " + plugin);
                } catch (PluginLoadException told) {
                    require(told.getMessage().contains("cannot be loaded: it "), "" + told);
                    refused++;
                }
            }
        }
        return refused + " libraries for other platforms are refused";
    }

    private String path() throws Exception {
        Path odd = Files.createDirectories(place().resolve("Ein Ordner für Plugins, ‘groß’ & (1)"));
        Path copy = odd.resolve("das Plugin ü.dll");
        Files.deleteIfExists(copy);
        Files.copy(library(), copy);
        for (boolean inPlace : new boolean[] {false, true}) {
            try (SynchronizedPlugin plugin = open(copy, PluginOptions.defaults().withLibraryInPlace(inPlace))) {
                echo(plugin, "from an odd path");
            }
        }
        return "from a copy of, and in place, " + odd.getFileName() + "/" + copy.getFileName();
    }

    /** What is loaded cannot be removed on Windows: then it is gone when the next process has extracted something. */
    private String extraction() throws Exception {
        Path place = place();
        long ownBefore = leftIn(place, true);
        try (SynchronizedPlugin plugin = open()) {
            echo(plugin, "extracted");
            require(leftIn(place, true) == ownBefore + 1, "it is below " + place);
        }
        require(leftIn(place, false) == 0, "what processes before this one left is gone");
        long left = leftIn(place, true);
        require(host.system().equals(WINDOWS) || left == 0, left + " directories are left");
        return left + " directories are left, and none of a process before";
    }

    private static long leftIn(Path place, boolean areOwn) throws IOException {
        String own = "turnstile-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("turnstile-") && name.startsWith(own) == areOwn)
                    .count();
        }
    }

    private String nativeHost() throws Exception {
        Path program = directory.resolve(host.key()).resolve("turnstile-host");
        return Files.exists(program)
                ? isolated(Isolation.process().withNativeHost(program))
                : "there is none for this platform";
    }

    private String isolated(Isolation isolation) throws Exception {
        TurnstileOptions gate = TurnstileOptions.defaults()
                .withRestarts(RestartPolicy.limited(3, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        PluginOptions options = PluginOptions.defaults().withGate(gate).withIsolation(isolation);
        try (SynchronizedPlugin plugin = open(library(), options)) {
            echo(plugin, "in another process");
            byte[] bytes = "raw".getBytes(StandardCharsets.UTF_8);
            require(Arrays.equals(bytes, plugin.callRaw(1, bytes)), "the same bytes come back");
            String answer = Objects.requireNonNull(plugin.call("big", new Big(1 << 20), String.class));
            require(answer.length() == 1 << 20, answer.length() + " bytes");
            String reason = crash(plugin);
            echo(plugin, "in a fresh process");
            require(plugin.stats().failed() == 1, plugin.stats().toString());
            return "a crash (" + reason + ") is one failed call";
        }
    }

    private static String crash(SynchronizedPlugin plugin) throws InterruptedException {
        try {
            throw new AssertionError("No crash, but " + plugin.call("crash", new Ask(), Object.class));
        } catch (PluginCrashedException crashed) {
            return crashed.reason();
        }
    }
}
