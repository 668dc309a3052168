package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;
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

    boolean isNative() {
        return this == NATIVE_BY_FUTEX || this == NATIVE_BY_BYTES;
    }

    /** Those that are processes of their own. */
    static Stream<Host> processes() {
        return Stream.of(values()).filter(host -> host != THIS_PROCESS);
    }
}
