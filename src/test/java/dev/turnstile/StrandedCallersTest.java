package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.WayIn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promise 7, while the gate is open: the place of a call that is refused because its instance has gone is for the first caller outside. It was
 * left free: those outside waited for ever beside a worker that slept, and newcomers overtook them.
 */
class StrandedCallersTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private HeldPool pool;
    private int outside;

    /** In the second instance; it is its last one. */
    private HeldPool.Hold last;

    private void open(TurnstileOptions options) throws InterruptedException {
        pool = HeldPool.open(audit, copies, options);
        last = pool.hold(2);
    }

    /** The first instance has nothing to do, the second one is in a call, and the line is full of calls for that one. */
    private void openFull(Departure departure, int places) throws InterruptedException {
        open(departure.options().withCapacity(places));
        for (int i = 0; i < places; i++) {
            assertEquals(
                    "each",
                    pool.submitToEach(copy -> copy.use("each")).getFirst().join());
        }
        assertEquals(0, pool.probe().freePlaces());
    }

    private Caller<String> comeOutside(WayIn way, Lane lane, String name) {
        Caller<String> caller = way.start(pool.gate(), call(lane, name));
        pool.probe().awaitWaiting(++outside);
        return caller;
    }

    private Action<Copy, String, RuntimeException> call(Lane lane, String name) {
        return DescribedAction.inLane(lane, copy -> {
            ran.add(name);
            return copy.use(name);
        });
    }

    static Stream<Arguments> everyDepartureAndWay() {
        return Stream.of(Departure.values())
                .flatMap(departure -> Stream.of(WayIn.values())
                        .filter(WayIn::waitsForPlace)
                        .map(way -> Arguments.of(departure, way)));
    }

    @ParameterizedTest
    @MethodSource("everyDepartureAndWay")
    void callerOutside_whenTheInstanceOfAPendingCallGoes_hasItsPlace(Departure departure, WayIn way) throws Exception {
        openFull(departure, 1);
        Caller<String> outside = comeOutside(way, Lane.NORMAL, "outside");

        departure.happen(pool, last, copies);

        assertEquals("outside", outside.result());
        pool.probe().awaitQuiet();
    }

    @ParameterizedTest
    @EnumSource
    void callersOutside_whenTheInstanceOfAsManyPendingCallsGoes_allHaveAPlaceInTheirOrder(Departure departure)
            throws Exception {
        openFull(departure, 3);
        List<Caller<String>> outside = new ArrayList<>();
        outside.add(comeOutside(WayIn.SUBMIT, Lane.NORMAL, "1"));
        outside.add(comeOutside(WayIn.CALL, Lane.NORMAL, "2"));
        outside.add(comeOutside(WayIn.FORK, Lane.NORMAL, "3"));

        departure.happen(pool, last, copies);

        for (int i = 0; i < 3; i++) {
            assertEquals(Integer.toString(i + 1), outside.get(i).result());
        }
        assertEquals(List.of("1", "2", "3"), ran);
        pool.probe().awaitQuiet();
    }

    /** The place changes hands in the moment in which the other call is refused: no newcomer comes in between. */
    @ParameterizedTest
    @EnumSource
    void newcomer_whenTheInstanceOfAPendingCallGoes_overtakesNobody(Departure departure) throws Exception {
        open(departure.options().withCapacity(2));
        HeldPool.Hold other = pool.hold(1);
        CompletableFuture<String> refused =
                pool.submitToEach(copy -> copy.use("each")).getLast();
        Caller<String> outside = comeOutside(WayIn.SUBMIT, Lane.NORMAL, "outside");

        departure.happen(pool, last, copies);
        Caller.failureOf(refused);
        assertEquals(0, pool.probe().freePlaces());
        assertEquals(0, pool.probe().waiting());
        assertThrows(TurnstileFullException.class, () -> pool.gate().trySubmit(call(Lane.NORMAL, "newcomer")));
        other.release();

        assertEquals("outside", outside.result());
    }

    /** A reserved place stays one: it is for the first caller of the control lane, and no other. */
    @ParameterizedTest
    @EnumSource
    void reservedPlace_whenTheInstanceOfItsCallGoes_isForTheNextControlCall(Departure departure) throws Exception {
        open(departure.options().withCapacity(3).withReservedPlaces(2));
        HeldPool.Hold other = pool.hold(1);
        var unused = audit.watch(pool.gate().trySubmit(pool.at(1, copy -> copy.use("in the ordinary place"))));
        CompletableFuture<String> refused = pool.submitToEach(
                        DescribedAction.inLane(Lane.CONTROL, copy -> copy.use("each")))
                .getLast();
        Caller<String> normal = comeOutside(WayIn.SUBMIT, Lane.NORMAL, "normal");
        Caller<String> control = comeOutside(WayIn.SUBMIT, Lane.CONTROL, "control");

        departure.happen(pool, last, copies);
        Caller.failureOf(refused);
        assertEquals(0, pool.probe().freeReservedPlaces());
        assertEquals(1, pool.probe().waiting());
        other.release();

        assertEquals("control", control.result());
        assertEquals("normal", normal.result());
        assertEquals(List.of("control", "normal"), ran);
    }
}
