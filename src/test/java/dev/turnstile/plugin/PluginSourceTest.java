package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.SwapReport;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which instances are dead, which others are so as well, and which source is the one that is in place. */
class PluginSourceTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final int ROUNDS = 20;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    private static PluginSource shared(String library) {
        return SharedPluginSource.of(TestPlugins.library(library), PluginConfig.defaults(), PluginOptions.defaults());
    }

    private static PluginSource ofOwn(String library) {
        return PluginSource.of(TestPlugins.library(library), PluginConfig.defaults(), PluginOptions.defaults(), 2);
    }

    private static PluginStarter copies(String library) {
        Path file = TestPlugins.library(library);
        return PluginSource.copies(
                file,
                PluginConfig.defaults(),
                PluginOptions.defaults(),
                new Succession(UniqueState.Rule.SEVERAL, PluginLogListener.slf4j()));
    }

    /** What a test opens, as workers do, and closes: all on its own thread, to which all are confined then. */
    private static final class Opened implements AutoCloseable {
        private final Deque<ConfinedPlugin> plugins = new ArrayDeque<>();

        ConfinedPlugin by(PluginSource source) {
            ConfinedPlugin plugin = source.open();
            plugins.add(plugin);
            return plugin;
        }

        @Override
        public void close() {
            plugins.forEach(ConfinedPlugin::close);
        }
    }

    private static void call(ConfinedPlugin plugin) {
        try {
            var unused = plugin.exchange("echo", ECHO.getBytes(UTF_8));
        } catch (ErrorReply failed) {
            throw new AssertionError(failed);
        }
    }

    private static ErrorReply failure(ConfinedPlugin plugin, String tag) {
        return assertThrows(ErrorReply.class, () -> plugin.exchange(tag, ECHO.getBytes(UTF_8)));
    }

    private static ErrorReply reply(ErrorCode code) {
        return new ErrorReply(code, new byte[0]);
    }

    // ---- with a state ----

    @Test
    void panicOfASharedInstance_losesAllThatAreBoundToIt() {
        try (Opened opened = new Opened()) {
            PluginSource source = shared("turnstile_demo");
            ConfinedPlugin one = opened.by(source);
            ConfinedPlugin other = opened.by(source);
            assertEquals(1, place.extracted().size());
            ErrorReply panic = failure(one, "panic");
            assertFalse(source.isLostAsWell(other, panic), "nobody has looked yet");
            assertTrue(source.isLost(one, panic));

            assertTrue(source.isLostAsWell(other, panic));
            assertTrue(source.isLostAsWell(one, panic));
            assertTrue(source.isLost(other, reply(ErrorCode.HANDLER)), "whatever its call failed by");
        }
    }

    @Test
    void instanceThatComesAfterALoss_isAnotherOne_andIsNotLost() {
        try (Opened opened = new Opened()) {
            PluginSource source = shared("turnstile_demo");
            ConfinedPlugin dead = opened.by(source);
            ConfinedPlugin asWell = opened.by(source);
            ErrorReply panic = failure(dead, "panic");
            assertTrue(source.isLost(dead, panic));
            ConfinedPlugin fresh = opened.by(source);

            assertFalse(source.isLostAsWell(fresh, panic));
            assertTrue(source.isLostAsWell(asWell, panic));
            assertTrue(source.isLost(asWell, failure(asWell, "echo")));
            ConfinedPlugin another = opened.by(source);
            assertEquals(
                    2, place.extracted().size(), "whoever comes is bound to the fresh one, also after they were asked");
            call(fresh);
            call(another);
            assertFalse(source.isLost(fresh, reply(ErrorCode.INTERNAL)));
            assertFalse(source.isLostAsWell(another, panic));
        }
    }

    @Test
    void lossOfAnInstanceOfItsOwn_isThatOfNoOther() {
        try (Opened opened = new Opened()) {
            PluginSource source = ofOwn("turnstile_demo");
            ConfinedPlugin one = opened.by(source);
            ConfinedPlugin other = opened.by(source);
            ErrorReply panic = failure(one, "panic");
            assertTrue(source.isLost(one, panic));

            assertFalse(source.isLostAsWell(other, panic));
            assertFalse(source.isLostAsWell(one, panic));
            call(other);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handlersError_losesNothing(boolean isShared) {
        try (Opened opened = new Opened()) {
            PluginSource source = isShared ? shared("turnstile_demo") : ofOwn("turnstile_demo");
            ConfinedPlugin one = opened.by(source);
            for (int i = 0; i < 2; i++) {
                for (ErrorCode code : List.of(ErrorCode.INTERNAL, ErrorCode.INVALID_STATE, ErrorCode.HANDLER)) {
                    assertFalse(source.isLost(one, reply(code)));
                }
            }
            assertFalse(source.isLost(one, new IllegalStateException("of the binding")));
            assertFalse(source.isLostAsWell(one, reply(ErrorCode.INTERNAL)));
        }
    }

    // ---- without a state, by what it answers alone ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void instanceWithoutAState_isLostByARefusalAfterAPanic(boolean isShared) {
        try (Opened opened = new Opened()) {
            PluginSource source = isShared ? shared("minimal") : ofOwn("minimal");
            ConfinedPlugin one = opened.by(source);
            assertFalse(source.isLost(one, reply(ErrorCode.INVALID_STATE)), "nobody has seen a panic");
            assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL)), "a handler may answer so");
            assertFalse(source.isLost(one, reply(ErrorCode.HANDLER)));
            assertTrue(source.isLost(one, reply(ErrorCode.INVALID_STATE)));
        }
    }

    /** The panic was in the call of one worker; the others see refusals alone. */
    @Test
    void sharedInstanceWithoutAState_isLostByARefusalOfAnyWorker() {
        try (Opened opened = new Opened()) {
            PluginSource source = shared("minimal");
            ConfinedPlugin one = opened.by(source);
            ConfinedPlugin other = opened.by(source);
            assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL)));
            assertFalse(source.isLostAsWell(other, reply(ErrorCode.INTERNAL)));

            assertTrue(source.isLost(other, reply(ErrorCode.INVALID_STATE)));
            assertTrue(source.isLostAsWell(one, reply(ErrorCode.INVALID_STATE)));
        }
    }

    @Test
    void instancesOfTheirOwnWithoutAState_areNotLostByThePanicOfAnother() {
        try (Opened opened = new Opened()) {
            PluginSource source = ofOwn("minimal");
            ConfinedPlugin one = opened.by(source);
            ConfinedPlugin other = opened.by(source);
            assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL)));
            assertFalse(source.isLost(other, reply(ErrorCode.INVALID_STATE)));
            assertTrue(source.isLost(one, reply(ErrorCode.INVALID_STATE)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void instanceWithoutAState_thatAnswersAfterItsPanic_hadNone(boolean isShared) {
        try (Opened opened = new Opened()) {
            PluginSource source = isShared ? shared("minimal") : ofOwn("minimal");
            ConfinedPlugin one = opened.by(source);
            assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL)));
            call(one);
            assertFalse(source.isLost(one, reply(ErrorCode.INVALID_STATE)));
            assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL)));
        }
    }

    /** A panic is the runtime's to report, not an envelope's. */
    @Test
    void instanceWithoutAState_whoseHandlerAnswersByEnvelopesAlone_isNotLost() {
        try (Opened opened = new Opened()) {
            PluginSource source = ofOwn("minimal");
            ConfinedPlugin one = opened.by(source);
            for (int i = 0; i < 3; i++) {
                assertFalse(source.isLost(one, reply(ErrorCode.INTERNAL).asSuccess()));
                assertFalse(source.isLost(one, reply(ErrorCode.INVALID_STATE).asSuccess()));
            }
        }
    }

    /** A call that was in the plugin when another one panicked may succeed: it shows nothing. */
    @Test
    void success_ofACallThatBeganBeforeThePanic_showsNothing() {
        Vitals vitals = new Vitals();
        int before = vitals.suspicions();
        assertFalse(vitals.suspect());
        vitals.succeeded(before);
        assertTrue(vitals.isSuspected());
        vitals.succeeded(vitals.suspicions());
        assertFalse(vitals.isSuspected());
    }

    // ---- what is opened ----

    @Test
    void instanceWhoseCapabilitiesCannotBeTold_isClosed() {
        LeveledPlugin.Script script = new LeveledPlugin.Script();
        script.failAtCapabilities(new IllegalStateException("which?"));
        PluginSource source = PluginSource.of(script::start, PluginOptions.defaults());
        assertThrows(IllegalStateException.class, source::open);
        assertTrue(script.started().getFirst().isClosed());
    }

    @Test
    void starterThatReturnsNothing_isNamed() {
        PluginSource source = PluginSource.of(log -> null, PluginOptions.defaults());
        assertEquals(
                "The starter returned null instead of a plugin",
                assertThrows(NullPointerException.class, source::open).getMessage());
    }

    /** One that was tried and is of no use is so for each worker, and for none that comes later. */
    @Test
    void warmUp_ofASharedInstanceThatFails_failsForAllThatAreBoundToIt() {
        IllegalStateException meant = new IllegalStateException("meant");
        AtomicInteger warmUps = new AtomicInteger();
        try (Opened opened = new Opened()) {
            PluginSource source = shared("turnstile_demo").successor(copies("turnstile_demo"), plugin -> {
                warmUps.incrementAndGet();
                throw meant;
            });
            ConfinedPlugin one = opened.by(source);
            ConfinedPlugin other = opened.by(source);
            assertSame(meant, assertThrows(IllegalStateException.class, () -> source.warmUp(one)));
            assertSame(meant, assertThrows(IllegalStateException.class, () -> source.warmUp(other)));
            assertEquals(1, warmUps.get());
            assertEquals(1, place.extracted().size());

            opened.by(source);
            assertEquals(2, place.extracted().size());
        }
    }

    /** It has panicked, and nobody has looked yet. */
    @Test
    void sharedInstanceThatIsDead_isNotThatOfTheNextAfterTheOneThatFindsIt() {
        try (Opened opened = new Opened()) {
            PluginSource source = shared("turnstile_demo");
            failure(opened.by(source), "panic");
            ConfinedPlugin late = opened.by(source);
            assertEquals(
                    "The plugin was started, and says that it is failed",
                    assertThrows(IllegalStateException.class, () -> source.warmUp(late))
                            .getMessage());
            call(opened.by(source));
        }
    }

    // ---- which one is in place ----

    @Test
    void sourceThatOpenedLast_isTheOneInPlace_whicheverIsAskedFirst() {
        try (Opened opened = new Opened()) {
            PluginSource first = ofOwn("minimal");
            PluginSource second = first.successor(copies("minimal"), PluginWarmUp.none());
            PluginSource third = second.successor(copies("minimal"), PluginWarmUp.none());
            opened.by(first);
            opened.by(third);
            opened.by(second);
            opened.by(third); // a restart, or one more

            assertSame(second, PluginSource.later(third, second));
            assertSame(second, PluginSource.later(second, third));
            assertSame(third, PluginSource.later(first, third));
        }
    }

    /** What answers calls in the end is what the plugin says that it has. */
    @Test
    void capabilities_afterSwapsAtOnce_areThoseOfTheOneInPlace() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.demo()));
        for (int round = 0; round < ROUNDS; round++) {
            CyclicBarrier together = new CyclicBarrier(2);
            List<Caller<SwapReport>> swappers = List.of("turnstile_demo", "minimal").stream()
                    .map(library -> Caller.start(() -> {
                        together.await();
                        return plugin.swap(
                                TestPlugins.library(library),
                                PluginConfig.defaults(),
                                PluginWarmUp.none(),
                                Audit.PATIENCE);
                    }))
                    .toList();
            swappers.forEach(Caller::result);
            boolean isMinimal = plugin.call("echo", ECHO).equals(ECHO); // it answers each call with its request
            assertEquals(isMinimal ? Set.of() : EnumSet.allOf(Capability.class), plugin.capabilities());
        }
    }
}
