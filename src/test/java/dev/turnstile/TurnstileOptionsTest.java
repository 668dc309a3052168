package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings of a gate: each is checked when it is set, what they are together when the gate is opened. */
class TurnstileOptionsTest {
    private static final TurnstileOptions DEFAULTS = TurnstileOptions.defaults();
    private static final RestartPolicy POLICY = RestartPolicy.limited(1, Duration.ofMinutes(1));

    @RegisterExtension
    final Audit audit = new Audit();

    static Stream<TurnstileOptions> sound() {
        return Stream.of(
                DEFAULTS.withReservedPlaces(50).withCapacity(60),
                DEFAULTS.withCapacity(60).withReservedPlaces(50),
                DEFAULTS.withReservedPlaces(150).withCapacity(160),
                DEFAULTS.withCapacity(10).withReservedPlaces(9),
                DEFAULTS.withReservedPlaces(9).withCapacity(5).withCapacity(10));
    }

    @ParameterizedTest
    @MethodSource("sound")
    void settings_soundTogether_openAGateInWhateverOrderTheyWereSet(TurnstileOptions options) throws Exception {
        var gate = audit.watch(Turnstile.open(() -> "resource", resource -> {}, options));

        assertEquals("resource", gate.call(resource -> resource));
        assertEquals(options.capacity(), gate.capacity());
    }

    @Test
    void open_withSettingsThatMakeNoSenseTogether_namesBothAndOpensNothing() {
        AtomicBoolean opened = new AtomicBoolean();
        TurnstileOptions options = DEFAULTS.withReservedPlaces(60).withCapacity(50);

        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> Turnstile.open(() -> opened.getAndSet(true), resource -> {}, options));

        assertEquals(
                "reservedPlaces is 60 and capacity is 50, which leaves no place for other calls than those of"
                        + " Lane.CONTROL: set withReservedPlaces to at most 49, or withCapacity to more than 60",
                refused.getMessage());
        assertEquals(false, opened.get());
    }

    static Stream<Arguments> senseless() {
        return Stream.of(
                Arguments.of("capacity is 0, but must be 1 or more", (Executable) () -> DEFAULTS.withCapacity(0)),
                Arguments.of("workerStackSize is -1, but must be 0 (the default) or a number of bytes", (Executable)
                        () -> DEFAULTS.withWorkerStackSize(-1)),
                Arguments.of("idleSpin is PT0.011S, but must be between 0 and PT0.01S", (Executable)
                        () -> DEFAULTS.withIdleSpin(Duration.ofMillis(11))),
                Arguments.of("closeLimit is PT-1S, but must be 0 or more", (Executable)
                        () -> DEFAULTS.withCloseLimit(Duration.ofSeconds(-1))),
                Arguments.of("stuckAfter is PT-1S, but must be 0 (never) or more", (Executable)
                        () -> DEFAULTS.withStuckAfter(Duration.ofSeconds(-1))),
                Arguments.of("poolSize is 1001, but must be 0 (no pool) to 1000", (Executable)
                        () -> DEFAULTS.withPoolSize(1001)),
                Arguments.of("overtakes is 0, but must be 1 or more", (Executable) () -> DEFAULTS.withOvertakes(0)),
                Arguments.of("reservedPlaces is -1, but must be 0 or more", (Executable)
                        () -> DEFAULTS.withReservedPlaces(-1)),
                Arguments.of("budget is -1, but must be 0 (never) or more", (Executable)
                        () -> RestartPolicy.limited(-1, Duration.ofMinutes(1))),
                Arguments.of("within is PT0S, but must be longer than 0", (Executable)
                        () -> RestartPolicy.limited(1, Duration.ZERO)),
                Arguments.of("firstDelay is PT-1S, but must be 0 or more", (Executable)
                        () -> POLICY.withDelays(Duration.ofSeconds(-1), Duration.ZERO)),
                Arguments.of("longestDelay is PT1S, but must be no shorter than firstDelay, PT2S", (Executable)
                        () -> POLICY.withDelays(Duration.ofSeconds(2), Duration.ofSeconds(1))));
    }

    @ParameterizedTest
    @MethodSource("senseless")
    void value_thatMakesNoSense_isNamedWithWhatItMustBe(String message, Executable setting) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, setting).getMessage());
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                Arguments.of("workerName", (Executable) () -> DEFAULTS.withWorkerName(null)),
                Arguments.of("idleSpin", (Executable) () -> DEFAULTS.withIdleSpin(null)),
                Arguments.of("closeLimit", (Executable) () -> DEFAULTS.withCloseLimit(null)),
                Arguments.of("stuckAfter", (Executable) () -> DEFAULTS.withStuckAfter(null)),
                Arguments.of("listeners", (Executable) () -> DEFAULTS.withListeners((CallListener[]) null)),
                Arguments.of("listeners[1]", (Executable) () -> DEFAULTS.withListeners(new CallListener() {}, null)),
                Arguments.of("timeSource", (Executable) () -> DEFAULTS.withTimeSource(null)),
                Arguments.of("restarts", (Executable) () -> DEFAULTS.withRestarts(null)),
                Arguments.of("time", (Executable) () -> RestartPolicy.limited(1, null)),
                Arguments.of("first", (Executable) () -> POLICY.withDelays(null, Duration.ZERO)),
                Arguments.of("longest", (Executable) () -> POLICY.withDelays(Duration.ZERO, null)));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void value_thatIsNull_isNamed(String name, Executable setting) {
        String message = assertThrows(NullPointerException.class, setting).getMessage();
        assertEquals(name, message);
    }

    @Test
    void settings_areThoseThatWereSet() {
        CallListener listener = new CallListener() {};
        TurnstileOptions options = DEFAULTS.withCapacity(7)
                .withWorkerName("w")
                .withWorkerStackSize(1 << 20)
                .withWorkerDaemon(false)
                .withIdleSpin(Duration.ofMillis(1))
                .withCloseLimit(Duration.ofMillis(2))
                .withStuckAfter(Duration.ofMillis(3))
                .withListeners(listener)
                .withPoolSize(4)
                .withOvertakes(5)
                .withReservedPlaces(6)
                .withRestarts(POLICY.refusingWhileDown());

        assertEquals(
                "TurnstileOptions[capacity=7, workerName=w, workerStackSize=1048576, workerDaemon=false,"
                        + " idleSpin=PT0.001S, closeLimit=PT0.002S, stuckAfter=PT0.003S,"
                        + " listeners=[" + listener + "], contextCarriers=[], timeSource="
                        + TimeSource.system() + ", poolSize=4, overtakes=5, reservedPlaces=6, restarts="
                        + "RestartPolicy[budget=1, within=PT1M, firstDelay=PT0.1S, longestDelay=PT30S,"
                        + " refusesWhileDown=true]]",
                options.toString());
        assertTrue(options.listeners().contains(listener));
        assertEquals(DEFAULTS, TurnstileOptions.defaults());
    }
}
