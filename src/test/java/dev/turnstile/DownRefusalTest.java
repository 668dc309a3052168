package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.WayIn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A gate that refuses callers while it is down does so as soon as no instance can work, whichever of them goes last and why: those outside are
 * refused then, and do not wait for a fresh one.
 */
class DownRefusalTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final VirtualTime time = new VirtualTime();
    private HeldPool pool;
    private HeldPool.Hold first;
    private HeldPool.Hold second;
    private CompletableFuture<String> inLine;

    /** Both are in a call, and the line is full. What is lost comes back when the time is moved. */
    private void openHeld() throws InterruptedException {
        pool = HeldPool.open(
                audit,
                copies,
                TurnstileOptions.defaults()
                        .withPoolSize(2)
                        .withCapacity(1)
                        .withTimeSource(time)
                        .withRestarts(RestartPolicy.limited(10, LONG.multipliedBy(100))
                                .withDelays(LONG, LONG)
                                .refusingWhileDown()));
        first = pool.hold(1);
        second = pool.hold(2);
        inLine = audit.watch(pool.gate().trySubmit(copy -> copy.use("in the line")));
    }

    private Caller<String> comeOutside(WayIn way) {
        Caller<String> caller = way.start(pool.gate(), copy -> copy.use("outside"));
        pool.probe().awaitWaiting(1);
        return caller;
    }

    private static void assertRefused(Caller<String> caller) {
        assertInstanceOf(TurnstileDownException.class, caller.failure());
    }

    /** What is in the line waits for the fresh one. */
    private void assertTheLineStays() throws Throwable {
        assertFalse(inLine.isDone());
        time.awaitParked(1);
        time.advance(LONG);
        assertEquals("in the line", CallEnd.outcome(inLine));
    }

    static Stream<Arguments> waysAndEnds() {
        return Stream.of(WayIn.values())
                .filter(WayIn::waitsForPlace)
                .flatMap(way -> Stream.of(true, false).map(isLostToo -> Arguments.of(way, isLostToo)));
    }

    /** A retired one that is lost in its last call is not replaced. */
    @ParameterizedTest
    @MethodSource("waysAndEnds")
    void callerOutside_whenOneIsLostWhileTheOtherRetires_isRefused(WayIn way, boolean isLostToo) throws Throwable {
        openHeld();
        Caller<String> outside = comeOutside(way);
        pool.gate().resize(1);
        first.poison();
        pool.probe().awaitDown(1);
        if (isLostToo) {
            second.poison();
        } else {
            second.release();
        }

        assertRefused(outside);
        pool.probe().awaitGone(2);
        assertTheLineStays();
    }

    /** One that runs its last call can work no more: it is not waited for. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TRY_CALL", "TRY_SUBMIT"})
    void callerOutside_whenOneIsLostWhileTheOtherIsInItsLastCall_isRefusedAtOnce(WayIn way) throws Throwable {
        openHeld();
        Caller<String> outside = comeOutside(way);
        pool.gate().resize(1);
        first.poison();

        assertRefused(outside);
        assertThrows(TurnstileDownException.class, () -> pool.gate().tryCall(copy -> copy.use("newcomer")));
        second.release();
        assertTheLineStays();
    }

    /** The other way round: one is lost, and then the one that works is lost, too, or is to be replaced. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TRY_CALL", "TRY_SUBMIT"})
    void callerOutside_whenBothAreLostOneAfterTheOther_isRefused(WayIn way) throws Throwable {
        openHeld();
        first.poison();
        pool.probe().awaitDown(1);
        Caller<String> outside = comeOutside(way);
        second.poison();

        assertRefused(outside);
        pool.probe().awaitDown(2);
        assertTheLineStays();
    }

    /** Once one works again, callers are let in. */
    @Test
    void caller_whenAFreshOneHasCome_isServed() throws Throwable {
        openHeld();
        Caller<String> outside = comeOutside(WayIn.SUBMIT);
        pool.gate().resize(1);
        first.poison();
        pool.probe().awaitDown(1);
        second.release();
        assertRefused(outside);
        assertTheLineStays();

        assertEquals("served", pool.gate().call((Copy copy) -> copy.use("served")));
        pool.probe().awaitQuiet();
    }
}
