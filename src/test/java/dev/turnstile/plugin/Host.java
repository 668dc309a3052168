package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where a plugin can run: in this process, or in one of its own of either kind, with either way to wake the other side. */
enum Host {
    THIS_PROCESS,
    JAVA_BY_FUTEX,
    JAVA_BY_BYTES,
    NATIVE_BY_FUTEX,
    NATIVE_BY_BYTES;

    Isolation isolation() {
        return switch (this) {
            case THIS_PROCESS -> Isolation.none();
            case JAVA_BY_FUTEX -> Isolation.process();
            case JAVA_BY_BYTES -> Isolation.process().withFutexesAllowed(false);
            case NATIVE_BY_FUTEX -> Isolation.process().withNativeHost(TestPlugins.host());
            case NATIVE_BY_BYTES ->
                Isolation.process().withNativeHost(TestPlugins.host()).withFutexesAllowed(false);
        };
    }

    PluginOptions options() {
        return PluginOptions.defaults().withIsolation(isolation());
    }

    /** For a plugin in this file: its native side can be looked into by {@link #probe}. */
    PluginOptions inPlace(Path library) {
        return TestPlugins.IN_PLACE.withIsolation(probed(library));
    }

    Isolation probed(Path library) {
        return this == THIS_PROCESS
                ? isolation()
                : isolation()
                        .withEnvironment("LD_PRELOAD", preloaded() + TestPlugins.library("probe_server"))
                        .withEnvironment("TURNSTILE_PROBE", socket(library).toString())
                        .withEnvironment("TURNSTILE_PROBED", String.valueOf(library.getFileName()));
    }

    /** A sanitizer has to come first. */
    private static String preloaded() {
        String here = System.getenv("LD_PRELOAD");
        return here == null ? "" : here + ":";
    }

    /** What the native side of the plugin in this file sees; also before it is loaded, and when it is closed. */
    NativeProbe probe(Path library) {
        return this == THIS_PROCESS ? new NativeProbe(library) : NativeProbe.atSocket(socket(library));
    }

    /** A process of its own gives the plugin's memory back just after it has answered. */
    void assertAllGivenBack(NativeProbe probe) {
        if (this == THIS_PROCESS) {
            assertEquals(0, probe.count("outstanding_buffers"));
        } else {
            Eventually.isTrue("all is given back", () -> probe.count("outstanding_buffers") == 0);
        }
    }

    private static Path socket(Path library) {
        return library.resolveSibling("probe");
    }

    /** How many directories an instance has: for the copy of its library, and for its process. */
    int directoriesOfAnInstance() {
        return this == THIS_PROCESS ? 1 : 2;
    }

    boolean isNative() {
        return this == NATIVE_BY_FUTEX || this == NATIVE_BY_BYTES;
    }

    /**
     * Those that the contract of calls is tested with: all of them with {@code -Dturnstile.test.hosts=all}; without, this process and the process that starts in
     * milliseconds.
     */
    static Stream<Host> contract() {
        if (System.getProperty("turnstile.test.hosts", "").equals("all")) {
            return Stream.of(values());
        }
        return Files.exists(TestPlugins.host()) ? Stream.of(THIS_PROCESS, NATIVE_BY_FUTEX) : Stream.of(THIS_PROCESS);
    }

    /** One process of each kind, with one of the two ways to wake it. */
    static Stream<Host> kinds() {
        return Stream.of(JAVA_BY_FUTEX, NATIVE_BY_BYTES);
    }

    /** Those that are processes of their own. */
    static Stream<Host> processes() {
        return Stream.of(values()).filter(host -> host != THIS_PROCESS);
    }
}
