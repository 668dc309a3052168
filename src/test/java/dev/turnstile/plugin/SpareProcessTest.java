package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A spare process is there for the next instance, whatever happens to it, and is never left. */
@Tag("slow")
class SpareProcessTest {
    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final List<PluginLogLine> logged = new CopyOnWriteArrayList<>();

    private PluginOptions options(Isolation isolation) {
        return PluginOptions.defaults()
                .withLogListener(logged::add)
                .withIsolation(isolation.withSpareProcess(true))
                .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE));
    }

    private SynchronizedPlugin load(Isolation isolation) throws InterruptedException {
        return load(options(isolation));
    }

    private SynchronizedPlugin load(PluginOptions options) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.library("crashes"), PluginConfig.defaults(), options));
    }

    private static Set<Long> running() {
        return ProcessesGone.running().stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private static long pid(SynchronizedPlugin plugin) throws InterruptedException {
        return Long.parseLong(plugin.call("pid", "{}"));
    }

    /** Waits for a process that is none of these, and returns its number. */
    private static long another(Set<Long> than) {
        Set<Long> found = new HashSet<>();
        Eventually.isTrue("there is a spare process", () -> {
            found.addAll(running());
            found.removeAll(than);
            return !found.isEmpty();
        });
        assertEquals(1, found.size());
        return found.iterator().next();
    }

    private static void kill(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    private static void crash(SynchronizedPlugin plugin) {
        assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"));
    }

    // ---- it is used ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void instanceAfterACrash_hasTheSpareProcess_andThereIsAnotherOne(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host.isolation());
        long first = pid(plugin);
        for (int i = 0; i < 5; i++) {
            long spare = another(Set.of(first));
            crash(plugin);
            assertEquals(spare, pid(plugin));
            assertEquals("\"x\"", plugin.call("log", "\"x\""));
            first = spare;
        }
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(5, logged.size(), "lines come from processes that were spare");
    }

    @Test
    void instanceAfterAKill_hasTheSpareProcess() throws Exception {
        SynchronizedPlugin plugin =
                load(Isolation.process().withNativeHost(TestPlugins.host()).withKillAfter(Duration.ofMillis(300)));
        long spare = another(Set.of(pid(plugin)));
        assertThrows(PluginKilledException.class, () -> plugin.call("hang", "{}"));
        assertEquals(spare, pid(plugin));
    }

    @Test
    void pluginInJava_hasOneToo() throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.open(CountingPlugin.class, options(Isolation.process())));
        Set<Long> both = new HashSet<>();
        Eventually.isTrue("two run", () -> {
            both.addAll(running());
            return both.size() == 2;
        });
        assertEquals("1", plugin.call("count", "{}"));
        PluginCrashedException lost = assertThrows(PluginCrashedException.class, () -> plugin.call("halt", "{}"));
        both.remove(lost.pid());
        assertEquals("1", plugin.call("count", "{}"));
        assertEquals(
                both,
                Set.of(assertThrows(PluginCrashedException.class, () -> plugin.call("halt", "{}"))
                        .pid()));
        assertEquals("1", plugin.call("count", "{}"));
    }

    @Test
    void pool_hasOneForAll() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.library("crashes"), 3, PluginConfig.defaults(), options(Host.NATIVE_BY_FUTEX.isolation())));
        Eventually.isTrue("three instances and a spare", () -> running().size() == 4);
        for (int i = 0; i < 10; i++) {
            assertThrows(PluginCrashedException.class, () -> pool.call("segv", "{}"));
        }
        Eventually.isTrue("three instances and a spare", () -> running().size() == 4);
    }

    // ---- it dies, or does not come ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void spareProcessThatDies_isReplaced(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host.isolation());
        long own = pid(plugin);
        long dead = another(Set.of(own));
        kill(dead);
        long next = another(Set.of(own, dead));
        assertEquals(own, pid(plugin), "the plugin does not notice");
        crash(plugin);
        assertEquals(next, pid(plugin));
    }

    @Test
    void spareProcessThatDiesAgainAndAgain_comesBackWithTheNextInstance() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation());
        Set<Long> known = new HashSet<>(Set.of(pid(plugin)));
        for (int i = 0; i < 3; i++) {
            long spare = another(known);
            known.add(spare);
            kill(spare);
        }
        crash(plugin);
        long own = pid(plugin);
        assertFalse(known.contains(own), "a process of its own making");
        known.add(own);
        long spare = another(known);
        crash(plugin);
        assertEquals(spare, pid(plugin));
    }

    /** The one restart that there may be must not be used up by a process that had nothing to do yet. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void spareProcessThatDiesWhenItIsTaken_isNoFailedStart(Host host) throws Exception {
        RestartPolicy one = RestartPolicy.limited(1, Duration.ofMinutes(10)).withDelays(Duration.ZERO, Duration.ZERO);
        SynchronizedPlugin plugin = load(
                options(host.isolation()).withGate(TurnstileOptions.defaults().withRestarts(one)));
        long own = pid(plugin);
        long spare = another(Set.of(own));
        new ProcessBuilder("kill", "-STOP", Long.toString(spare)).start().waitFor();
        crash(plugin);
        kill(spare);
        long next = pid(plugin);
        assertNotEquals(spare, next);
        assertNotEquals(own, next);
    }

    @Test
    void spareProcessThatCannotBeStarted_isDoneWithout(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(
                directory.resolve("spares-fail"),
                "n=$(cat $0.count 2>/dev/null || echo 0); echo $((n + 1)) > $0.count; [ $n = 0 ] || [ $n -gt 3 ] ||"
                        + " exit 7; exec \"$@\"");
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation().withCommandPrefix("sh", script.toString()));
        long own = pid(plugin);
        Path count = directory.resolve("spares-fail.count");
        Eventually.isTrue("it has been tried three times", () -> read(count).equals("4\n"));
        crash(plugin);
        long next = pid(plugin);
        assertNotEquals(own, next);
        long spare = another(Set.of(own, next));
        crash(plugin);
        assertEquals(spare, pid(plugin));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException notYet) {
            return "";
        }
    }

    // ---- it ends ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void close_endsIt_readyOrNot(Host host) throws Exception {
        for (int i = 0; i < 3; i++) {
            load(host.isolation()).close();
            assertEquals(Set.of(), running());
        }
        SynchronizedPlugin plugin = load(host.isolation());
        another(Set.of(pid(plugin)));
        plugin.close();
        assertEquals(Set.of(), running());
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void shutdown_endsIt() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation());
        another(Set.of(pid(plugin)));
        plugin.shutdown();
        Eventually.isTrue(
                "nothing is left",
                () -> running().isEmpty() && place.extracted().isEmpty());
    }

    @Test
    void pluginThatDoesNotStart_leavesNone() {
        PluginConfig config = PluginConfig.defaults().withData("end", "init:segv");
        assertThrows(
                PluginLoadException.class,
                () -> SynchronizedPlugin.load(
                        TestPlugins.library("crashes"), config, options(Host.NATIVE_BY_FUTEX.isolation())));
    }

    @Test
    void swap_hasItsOwn_andTheOldOneEnds() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation());
        Set<Long> before = new HashSet<>(Set.of(pid(plugin)));
        before.add(another(before));
        plugin.swap(TestPlugins.library("crashes"), PluginConfig.defaults(), PluginWarmUp.none(), Audit.PATIENCE);
        long own = pid(plugin);
        Eventually.isTrue(
                "only new ones", () -> running().size() == 2 && before.stream().noneMatch(running()::contains));
        long spare = another(Set.of(own));
        crash(plugin);
        assertEquals(spare, pid(plugin));
    }

    @Test
    void swapThatFails_leavesNone_andTheOldOneStays() throws Exception {
        SynchronizedPlugin plugin = load(Host.NATIVE_BY_FUTEX.isolation());
        long own = pid(plugin);
        long spare = another(Set.of(own));
        PluginWarmUp refuses = fresh -> {
            throw new IllegalStateException("as asked");
        };
        assertThrows(
                SwapException.class,
                () -> plugin.swap(TestPlugins.library("crashes"), PluginConfig.defaults(), refuses, Audit.PATIENCE));
        Eventually.isTrue("only the old ones", () -> running().equals(Set.of(own, spare)));
        crash(plugin);
        assertEquals(spare, pid(plugin));
    }
}
