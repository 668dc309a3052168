package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.OwnClasses;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subtasks that share a plugin: one opens it, the last one closes it, and nobody gets one that is of no use. */
@Timeout(60)
class SharedPluginsTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final StagedPlugin.Stage stage = new StagedPlugin.Stage();
    private final SharedPlugins plugins = new SharedPlugins();

    @BeforeEach
    void setStage() {
        StagedPlugin.stage = stage;
    }

    @AfterEach
    void closeIdle() {
        plugins.closeIdle();
        assertEquals(stage.opened.get(), stage.closed.get());
        Leftovers.awaitNoThreads();
    }

    private static PluginDescription described(Duration linger) {
        return PluginDescription.javaPlugin(StagedPlugin.class).sharedInProcess("one", linger);
    }

    private PluginLease take(PluginDescription description) throws Exception {
        return take(description, SharedPluginsTest.class.getClassLoader());
    }

    private PluginLease take(PluginDescription description, ClassLoader job) throws Exception {
        return plugins.take(description, description.optionsMade(), job);
    }

    @Test
    void plugin_isClosedByItsLastUser() throws Exception {
        PluginLease one = take(described(Duration.ZERO));
        PluginLease other = take(described(Duration.ZERO));
        assertSame(one.plugin(), other.plugin());
        one.close();
        assertEquals("1", other.plugin().call("echo", "1"));
        other.close();
        assertEquals(1, stage.closed.get());
        assertNull(plugins.find("one"));
    }

    @Test
    void plugin_thatManyTakeAtOnce_isOpenedOnce() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<PluginLease> taker = () -> take(described(Duration.ZERO));
            List<PluginLease> leases = new ArrayList<>();
            for (Future<PluginLease> each : threads.invokeAll(Collections.nCopies(50, taker))) {
                leases.add(each.get());
            }
            assertEquals(1, stage.opened.get());
            leases.forEach(PluginLease::close);
        }
        assertEquals(1, stage.closed.get());
    }

    @Test
    void plugin_thatLingers_isThereForTheNextUser() throws Exception {
        PluginLease before = take(described(LONG));
        before.close();
        assertEquals(0, stage.closed.get());
        PluginLease after = take(described(LONG));
        assertSame(before.plugin(), after.plugin());
        after.close();
        assertEquals(1, stage.opened.get());
        plugins.closeIdle();
        assertEquals(1, stage.closed.get());
    }

    @Test
    void plugin_thatLingers_isClosedAtTheEndOfItsTime() throws Exception {
        PluginLease lease = take(described(Duration.ofMillis(1)));
        lease.close();
        assertTrue(lease.plugin().awaitTermination(Audit.PATIENCE));
        Eventually.isTrue("it is not listed any more", () -> plugins.find("one") == null);
    }

    /** The end of the first rest's time must not close the plugin in its second rest, or in use. */
    @Test
    void plugin_thatIsTakenAgain_isNotClosedByTheTimeBefore() throws Exception {
        for (int i = 0; i < 500; i++) {
            PluginLease lease = take(described(Duration.ofNanos(1)));
            assertEquals("1", lease.plugin().call("echo", "1"));
            lease.close();
        }
        Eventually.isTrue("all are closed", () -> stage.opened.get() == stage.closed.get());
    }

    @Test
    void anotherDescriptionOfTheName_isRefused_whileTheFirstIsInUse() throws Exception {
        PluginLease lease = take(described(LONG));
        PluginDescription other = described(LONG).withInstances(2);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> take(other));
        assertTrue(refusal.getMessage().contains("another name"), refusal::getMessage);
        lease.close();
        PluginLease next = take(other);
        assertEquals(3, stage.opened.get());
        assertEquals(1, stage.closed.get());
        next.close();
    }

    @Test
    void description_thatWasSent_isTheSame() throws Exception {
        PluginDescription described = described(LONG).withOptions(options -> options.withCapacity(7));
        PluginLease one = take(PluginDescriptionTest.sent(described));
        PluginLease other = take(PluginDescriptionTest.sent(described));
        assertSame(one.plugin(), other.plugin());
        assertEquals(7, one.plugin().capacity());
        one.close();
        other.close();
    }

    @Test
    void pluginThatCannotBeOpened_isTriedAgainByTheNext() throws Exception {
        stage.refusal = new IllegalStateException("not now");
        assertThrows(RuntimeException.class, () -> take(described(LONG)));
        stage.refusal = null;
        take(described(Duration.ZERO)).close();
        assertEquals(1, stage.opened.get());
    }

    /** The first one's failure need not be that of those who waited for it. */
    @Test
    void pluginWhoseOpeningWasCancelled_isOpenedByTheNext() throws Exception {
        stage.openings = new CountDownLatch(1);
        FutureTask<PluginLease> first = new FutureTask<>(() -> take(described(Duration.ZERO)));
        Thread opener = Thread.ofPlatform().start(first);
        stage.opening.await();
        FutureTask<PluginLease> second = new FutureTask<>(() -> take(described(Duration.ZERO)));
        Thread waiter = Thread.ofPlatform().start(second);
        Eventually.isTrue("it waits", () -> waiter.getState() == Thread.State.WAITING);
        opener.interrupt();
        assertInstanceOf(
                InterruptedException.class,
                assertThrows(ExecutionException.class, first::get).getCause());
        stage.openings.countDown();
        PluginLease lease = second.get();
        assertEquals("1", lease.plugin().call("echo", "1"));
        lease.close();
    }

    @Test
    void pluginThatIsBeingReplaced_lingers() throws Exception {
        PluginDescription patient = described(LONG)
                .withOptions(options -> options.withGate(options.gate()
                        .withRestarts(
                                RestartPolicy.limited(3, Duration.ofHours(1)).withDelays(LONG, LONG))));
        PluginLease one = take(patient);
        assertThrows(RuntimeException.class, () -> one.plugin().call("panic", "1"));
        Eventually.isTrue("it is down", () -> !one.plugin().health().isReady());
        one.close();
        PluginLease other = take(patient);
        assertSame(one.plugin(), other.plugin());
        other.close();
        assertEquals(1, stage.opened.get());
    }

    /** A job that was deployed anew has another class of the same name. */
    @Test
    void classOfAnotherJob_isAnotherPlugin_andGoesWithItsJob() throws Exception {
        PluginDescription described =
                PluginDescription.javaPlugin(LonePlugin.class).sharedInProcess("one", LONG);
        ClassLoader job = new ClassLoader(new OwnClasses(LonePlugin.class)) {}; // wrapped, as Flink does it
        PluginLease old = take(described);
        assertThrows(IllegalStateException.class, () -> take(described, job));
        old.close();
        PluginLease fresh = take(described, job);
        assertNotSame(old.plugin(), fresh.plugin());
        assertTrue(old.plugin().awaitTermination(Audit.PATIENCE));
        fresh.close();
        plugins.closeIdleOf(SharedPluginsTest.class.getClassLoader());
        assertSame(fresh.plugin(), plugins.find("one"));
        plugins.closeIdleOf(job);
        assertTrue(fresh.plugin().awaitTermination(Audit.PATIENCE));
    }

    /** A job that was deployed anew may have another bundle of the same name. */
    @Test
    void resourceOfAnotherJob_isAnotherPlugin() throws Exception {
        byte[] bundle = Files.readAllBytes(TestPlugins.bundle());
        PluginDescription described =
                PluginDescription.resource("pricing.rbp").withUnsigned().sharedInProcess("one", LONG);
        PluginLease old = take(described, jobWith(bundle));
        PluginLease again = take(described, jobWith(bundle));
        assertSame(old.plugin(), again.plugin());
        ClassLoader other = jobWith(new byte[] {1, 2, 3});
        assertThrows(IllegalStateException.class, () -> take(described, other));
        old.close();
        again.close();
        assertThrows(BundleException.class, () -> take(described, other));
        assertTrue(old.plugin().awaitTermination(Audit.PATIENCE));
    }

    private static ClassLoader jobWith(byte[] resource) {
        return new ClassLoader(SharedPluginsTest.class.getClassLoader()) {
            @Override
            public InputStream getResourceAsStream(String name) {
                return name.equals("pricing.rbp")
                        ? new ByteArrayInputStream(resource)
                        : super.getResourceAsStream(name);
            }
        };
    }

    @Test
    void pluginOfNoUse_isNotGivenToFurtherUsers() throws Exception {
        PluginDescription mortal = described(LONG)
                .withOptions(options -> options.withGate(options.gate().withRestarts(RestartPolicy.never())));
        PluginLease one = take(mortal);
        assertThrows(RuntimeException.class, () -> one.plugin().call("panic", "1"));
        GuardedPlugin dead = one.plugin();
        PluginLease other = take(mortal);
        assertNotSame(dead, other.plugin());
        assertEquals("1", other.plugin().call("echo", "1"));
        one.close();
        assertEquals(1, stage.closed.get());
        other.close();
    }
}
