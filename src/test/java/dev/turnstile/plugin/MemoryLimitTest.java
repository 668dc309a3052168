package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.internal.ProcessMemory;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plugin that takes more memory than it may fails one call, which says so; it takes none from others. */
@Tag("slow")
class MemoryLimitTest {
    private static final long LIMIT = 128L << 20;
    private static final String NAMED = "a memory limit of 134217728 bytes";

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private static PluginOptions options(Isolation isolation) {
        return PluginOptions.defaults()
                .withIsolation(isolation)
                .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE));
    }

    private SynchronizedPlugin load(Isolation isolation) throws InterruptedException {
        return audit.watch(
                SynchronizedPlugin.load(TestPlugins.library("crashes"), PluginConfig.defaults(), options(isolation)));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void allocationBeyondTheLimit_fails_andThePluginGoesOn(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host.isolation().withMemoryLimit(LIMIT));
        for (int i = 0; i < 3; i++) {
            assertEquals("true", plugin.call("take", "64"));
            assertEquals("false", plugin.call("take", "129"));
        }
        assertEquals("true", load(host.isolation()).call("take", "129"), "without a limit");
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void pluginThatTakesAll_failsOneCall_whichNamesTheLimit(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host.isolation().withMemoryLimit(LIMIT).withSpareProcess(true));
        for (int i = 0; i < 2; i++) { // the second time in what was a spare process
            PluginCrashedException crashed =
                    assertThrows(PluginCrashedException.class, () -> plugin.call("memory", "{}"));
            assertTrue(crashed.getMessage().contains(NAMED), crashed::getMessage);
            assertTrue(crashed.started());
            assertEquals("1", plugin.call("echo", "1"));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void pluginThatTakesAllAtItsStart_isALoadFailure_whichNamesTheLimit(Host host) {
        PluginConfig config = PluginConfig.defaults().withData("end", "init:memory");
        PluginLoadException failure = assertThrows(
                PluginLoadException.class,
                () -> SynchronizedPlugin.load(
                        TestPlugins.library("crashes"),
                        config,
                        options(host.isolation().withMemoryLimit(LIMIT))));
        assertTrue(failure.getMessage().contains(NAMED), failure::getMessage);
    }

    @Test
    void pluginInJava_endsWithItsProcess_orGetsAnError() throws Exception {
        Isolation limited = Isolation.process().withMemoryLimit(LIMIT);
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.open(CountingPlugin.class, options(limited)));
        Throwable ended = assertThrows(Throwable.class, () -> plugin.call("hoard", "{}"));
        assertTrue(ended instanceof PluginCrashedException || ended instanceof OutOfMemoryError, ended::toString);
        assertTrue(ended.getMessage().contains(NAMED), ended::getMessage);
        plugin.call("count", "{}");

        SynchronizedPlugin bounded = audit.watch(
                SynchronizedPlugin.open(CountingPlugin.class, options(limited.withJvmArguments("-Xmx32m"))));
        OutOfMemoryError error = assertThrows(OutOfMemoryError.class, () -> bounded.call("hoard", "{}"));
        assertTrue(error.getMessage().contains(NAMED), error::getMessage);
        assertEquals("2", bounded.call("count", "{}"), "the same plugin");
    }

    @Test
    void crashWithoutALimit_namesNone() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation());
        PluginCrashedException crashed = assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"));
        assertFalse(crashed.getMessage().contains("limit"), crashed::getMessage);
    }

    @Test
    void limitOfTheUser_staysIfItIsLower() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX
                .isolation()
                .withCommandPrefix("sh", "-c", "ulimit -d 65536; exec \"$@\"", "sh")
                .withMemoryLimit(1L << 30));
        assertEquals("true", plugin.call("take", "32"));
        assertEquals("false", plugin.call("take", "129"));
    }

    /** A host that does not know the limit must not run the plugin without. */
    @Test
    void hostOfAnEarlierVersion_isRefused(@TempDir Path directory) throws Exception {
        Path old =
                Files.writeString(directory.resolve("old-host"), "#!/bin/sh\n[ $# = 2 ] || { echo usage; exit 2; }\n");
        assertTrue(old.toFile().setExecutable(true));
        PluginLoadException failure = assertThrows(
                PluginLoadException.class,
                () -> load(Isolation.process().withNativeHost(old).withMemoryLimit(LIMIT)));
        assertTrue(failure.getMessage().contains("exit code 2"), failure::getMessage);
    }

    @Test
    void otherSystems_cannotLimitMemory() {
        assertTrue(ProcessMemory.isKnown("Linux"));
        assertFalse(ProcessMemory.isKnown("Mac OS X"));
        assertFalse(ProcessMemory.isKnown("Windows 11"));
    }
}
