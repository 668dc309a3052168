package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TimeLimit;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of each instance waits as a call does: an interrupt and a time limit end it, and an instance that goes does not fail it. */
class ControlCallsTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    @Order(1)
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final ScriptedPlugin script =
            new ScriptedPlugin(time).answer("hang", Answer.json("1").held());

    @AfterEach
    void letGo() {
        script.close();
    }

    /** The two that ask each instance. */
    enum Control {
        SET_LOG_LEVEL {
            @Override
            void make(GuardedPlugin plugin) throws InterruptedException {
                plugin.setLogLevel(LogLevel.ERROR);
            }
        },
        REJECTED_COUNT {
            @Override
            void make(GuardedPlugin plugin) throws InterruptedException {
                var unused = plugin.rejectedCount();
            }
        };

        abstract void make(GuardedPlugin plugin) throws InterruptedException;

        Callable<String> of(GuardedPlugin plugin) {
            return () -> {
                make(plugin);
                return "done";
            };
        }
    }

    /** A plugin or a pool whose instances are all in a call. */
    private PluginPool hanging(int instances, int capacity) throws InterruptedException {
        PluginPool pool =
                audit.watch(script.openPool(instances, PluginOptions.defaults().withCapacity(capacity)));
        for (int i = 0; i < instances; i++) {
            audit.watch(pool.submit("hang", "{}"));
        }
        script.awaitStarted("hang", instances);
        return pool;
    }

    private static void awaitPending(GuardedPlugin plugin, int calls) {
        Eventually.isTrue(calls + " are in the line", () -> plugin.pendingCount() == calls);
    }

    // ---- interrupts ----

    @ParameterizedTest
    @EnumSource
    void interrupt_whileTheCallsArePending_endsTheWaitAtOnceAndCancelsThem(Control control) throws Exception {
        PluginPool pool = hanging(2, 10);
        Caller<String> caller = Caller.start(control.of(pool));
        awaitPending(pool, 2);
        caller.interrupt();

        CallInterruptedException thrown = assertInstanceOf(CallInterruptedException.class, caller.failure());
        assertFalse(thrown.started());
        assertEquals(0, pool.pendingCount());
        assertEquals(2, pool.stats().cancelled());
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_whileACallWaitsForItsPlace_endsTheWaitAtOnce(Control control) throws Exception {
        PluginPool pool = hanging(2, 1);
        Caller<String> caller = Caller.start(control.of(pool));
        Eventually.isTrue("the second one waits outside", () -> pool.waitingCount() == 1);
        caller.interrupt();

        assertFalse(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
        assertEquals(0, pool.waitingCount());
        assertEquals(0, pool.pendingCount()); // nobody has the first one's future
    }

    @Test
    void interrupt_whileAnInstanceIsTold_saysThatThatHadBegun() throws Exception {
        LeveledPlugin.Script leveled = new LeveledPlugin.Script();
        LeveledPlugin.Hold hold = leveled.holdAtLevel();
        PluginPool pool = audit.watch(PluginPool.open(leveled::start, 2, PluginOptions.defaults()));
        Caller<String> caller = Caller.start(Control.SET_LOG_LEVEL.of(pool));
        hold.await();
        caller.interrupt();

        assertTrue(assertInstanceOf(CallInterruptedException.class, caller.failure())
                .started());
        hold.release();
    }

    /** The waiting is given up, not the level. */
    @Test
    void interruptedLevel_isThatOfEachInstanceByItsNextCall() throws Exception {
        LeveledPlugin.Script leveled = new LeveledPlugin.Script();
        PluginPool pool = audit.watch(PluginPool.open(leveled::start, 1, PluginOptions.defaults()));
        LeveledPlugin.Hold hold = leveled.holdAtLevel();
        Caller<String> first = Caller.start(() -> {
            pool.setLogLevel(LogLevel.DEBUG);
            return "done";
        });
        hold.await();
        Caller<String> second = Caller.start(Control.SET_LOG_LEVEL.of(pool));
        awaitPending(pool, 1);
        second.interrupt();
        assertInstanceOf(CallInterruptedException.class, second.failure());
        hold.release();
        assertEquals("done", first.result());

        assertEquals("\"ERROR\"", pool.call("level", "{}"));
    }

    // ---- time limits ----

    /** Looks at what is thrown where it is thrown: a future would unwrap it. */
    private static Caller<CallTimeoutException> timingOut(Executable work) {
        return Caller.start(() -> assertThrows(CallTimeoutException.class, work));
    }

    @ParameterizedTest
    @EnumSource
    void timeLimit_thatPasses_isATimeoutAndCancelsTheCalls(Control control) throws Exception {
        PluginPool pool = hanging(2, 10);
        Caller<CallTimeoutException> caller = timingOut(() -> TimeLimit.within(LIMIT, control.of(pool)::call));
        awaitPending(pool, 2);
        time.awaitParked(2); // each call's own timer
        time.advance(LIMIT);

        assertFalse(caller.result().started());
        awaitPending(pool, 0);
        assertEquals(2, pool.stats().expired());
    }

    @ParameterizedTest
    @EnumSource
    void timeLimit_ofABlock_isATimeoutToo(Control control) throws Exception {
        PluginPool pool = hanging(1, 10);
        Caller<CallTimeoutException> caller = timingOut(() -> {
            try (PluginFanOut<String> block = pool.fanOut(JoinPolicy.ALL_OUTCOMES, LIMIT)) {
                control.make(pool);
                block.join();
            }
        });
        awaitPending(pool, 1);
        time.awaitParked(1);
        time.advance(LIMIT);

        assertFalse(caller.result().started());
    }

    @ParameterizedTest
    @EnumSource
    void timeLimit_thatPassesWhileACallWaitsForItsPlace_isATimeout(Control control) throws Exception {
        PluginPool pool = hanging(2, 1);
        Caller<CallTimeoutException> caller = timingOut(() -> TimeLimit.within(LIMIT, control.of(pool)::call));
        Eventually.isTrue("the second one waits outside", () -> pool.waitingCount() == 1);
        time.awaitParked(2);
        time.advance(LIMIT);

        assertFalse(caller.result().started());
        awaitPending(pool, 0);
    }

    // ---- instances that go ----

    @ParameterizedTest
    @EnumSource
    void instanceThatGoes_whileItsCallIsPending_isLeftOut(Control control) throws Exception {
        PluginPool pool = hanging(2, 10);
        Caller<String> caller = Caller.start(control.of(pool));
        awaitPending(pool, 2);
        pool.resize(1);
        script.release("hang");
        script.release("hang");

        assertEquals("done", caller.result());
        assertEquals(1, pool.instances().size());
    }

    /** It is no longer known when its call gets the place for which it stood outside. */
    @ParameterizedTest
    @EnumSource
    void instanceThatGoes_whileItsCallWaitsForAPlace_isLeftOut(Control control) throws Exception {
        script.answer("other", Answer.json("2").held());
        PluginPool pool =
                audit.watch(script.openPool(2, PluginOptions.defaults().withCapacity(1)));
        audit.watch(pool.submit("hang", "{}"));
        script.awaitStarted("hang");
        boolean firstHangs = pool.instances().getFirst().running() == 1;
        audit.watch(pool.submit("other", "{}"));
        script.awaitStarted("other");
        Caller<String> caller = Caller.start(control.of(pool));
        Eventually.isTrue("the second one waits outside", () -> pool.waitingCount() == 1);
        pool.resize(1); // the first one stays
        script.release(firstHangs ? "other" : "hang");
        Eventually.isTrue("the second one has gone", () -> pool.instances().size() == 1);
        script.release(firstHangs ? "hang" : "other");

        assertEquals("done", caller.result());
    }

    /** Nobody is left to be asked, and the one that comes reads its level. */
    @ParameterizedTest
    @EnumSource
    void lastInstance_thatIsLostWhileACallWaitsForItsPlace_isLeftOut(Control control) throws Exception {
        script.answer("panic", Answer.panic("meant").held());
        RestartPolicy refusing = RestartPolicy.limited(1, Duration.ofMinutes(1))
                .withDelays(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .refusingWhileDown();
        PluginPool pool = audit.watch(script.openPool(
                1,
                PluginOptions.defaults()
                        .withGate(TurnstileOptions.defaults().withCapacity(1).withRestarts(refusing))));
        audit.watch(pool.submit("panic", "{}"));
        script.awaitStarted("panic");
        audit.watch(pool.submit("hang", "{}"));
        Caller<String> caller = Caller.start(control.of(pool));
        Eventually.isTrue("it waits outside", () -> pool.waitingCount() == 1);
        script.release("panic");

        assertEquals("done", caller.result());
    }

    // ---- others ----

    @ParameterizedTest
    @EnumSource
    void gateThatCloses_whileTheCallsArePending_isTold(Control control) throws Exception {
        PluginPool pool = hanging(2, 10);
        Caller<String> caller = Caller.start(control.of(pool));
        awaitPending(pool, 2);
        pool.close(Duration.ZERO);

        assertInstanceOf(TurnstileClosedException.class, caller.failure());
    }

    @Test
    void failureOfOneInstance_isThrown_andTheOthersAreToldAllTheSame() throws Exception {
        LeveledPlugin.Script leveled = new LeveledPlugin.Script();
        PluginPool pool = audit.watch(PluginPool.open(leveled::start, 3, PluginOptions.defaults()));
        RuntimeException meant = new IllegalStateException("meant");
        AtomicBoolean hasFailed = new AtomicBoolean();
        leveled.onLevel(level -> {
            if (!hasFailed.getAndSet(true)) {
                throw meant;
            }
        });

        assertSame(meant, assertThrows(RuntimeException.class, () -> pool.setLogLevel(LogLevel.WARN)));
        assertEquals(
                2,
                leveled.started().stream()
                        .filter(plugin -> plugin.level() == LogLevel.WARN)
                        .count());
    }

    @Test
    void rejectedCount_isTheSumOfTheInstances() throws Exception {
        PluginPool pool = audit.watch(script.rejectedCount(Long.MAX_VALUE).openPool(2, PluginOptions.defaults()));
        assertEquals("18446744073709551614", Long.toUnsignedString(pool.rejectedCount()));
    }

    @Test
    void controlCalls_standInTheirOwnLane() throws Exception {
        PluginPool pool = audit.watch(script.openPool(1, PluginOptions.defaults()));
        audit.watch(pool.submit("hang", "{}"));
        script.awaitStarted("hang", 1);
        audit.watch(pool.inLane(Lane.LOW).submit("hang", "{}"));
        Caller<String> caller = Caller.start(Control.SET_LOG_LEVEL.of(pool));
        awaitPending(pool, 2);
        script.release("hang");

        assertEquals("done", caller.result());
    }
}
