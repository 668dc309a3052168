package dev.turnstile.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Both ends of the ring, over one piece of memory. */
class CallRingTest {
    private static final byte[] NOTHING = {};

    private final ByteBuffer memory = ByteBuffer.allocateDirect(CallRing.PLACES * CallRing.PLACE_SIZE);
    private final CallRing ring = new CallRing(memory);
    private final List<PrefetchSender.Place> forsaken = new ArrayList<>();
    private final PrefetchSender sender = new PrefetchSender(ring, forsaken::add);
    private final PrefetchReceiver receiver = new PrefetchReceiver(ring);

    private static HostRequest request(int number, int length) {
        return new HostRequest(number, 1, number, NOTHING, new byte[length]);
    }

    private PrefetchSender.Place handOver(int number) {
        return Objects.requireNonNull(sender.handOver(request(number, 10), 0));
    }

    /** Begins the next request; returns its number, 0 if there is none. */
    private int begin() {
        return receiver.isAsked() && receiver.begin() ? receiver.get(CallRing.NUMBER) : 0;
    }

    private void reply(byte[] answer) {
        receiver.reply(0, 0, answer, 0, 0);
    }

    @Test
    void requests_areTakenInOrder_andTheirPlacesUsedAgain() {
        for (int round = 0; round < 3; round++) {
            ArrayDeque<PrefetchSender.Place> places = new ArrayDeque<>();
            for (int i = 1; i <= CallRing.PLACES; i++) {
                places.add(handOver(i));
            }
            assertNull(sender.handOver(request(100, 1), 0), "there is no place left");
            for (int i = 1; i <= CallRing.PLACES; i++) {
                assertEquals(i, begin());
                PrefetchSender.Place place = places.remove();
                assertTrue(place.hasBegun());
                assertFalse(place.isDone().getAsBoolean());
                reply(new byte[] {(byte) i});
                assertTrue(place.isDone().getAsBoolean());
                assertArrayEquals(new byte[] {(byte) i}, place.response(place.get(CallRing.LENGTH)));
                place.isRead();
            }
            assertEquals(0, begin());
        }
    }

    @Test
    void request_thatDoesNotFit_isNotHandedOver() {
        assertNotNull(sender.handOver(request(1, CallRing.LONGEST_REQUEST), 0));
        assertNull(sender.handOver(request(2, CallRing.LONGEST_REQUEST + 1), 0));
        assertNull(sender.handOver(new HostRequest(3, 1, 1, new byte[CallRing.LONGEST_REQUEST], new byte[1]), 0));
        assertNull(sender.handOver(new HostRequest(4, 1, 1, new byte[CallRing.LONGEST_REQUEST + 1], NOTHING), 0));
    }

    @Test
    void takenBack_isPassedOver_andItsPlaceIsFreeThen() {
        PrefetchSender.Place first = handOver(1);
        PrefetchSender.Place second = handOver(2);
        assertTrue(first.takeBack());
        assertEquals(2, begin());
        assertFalse(second.takeBack(), "it has begun");
        assertTrue(second.confirm());
        reply(NOTHING);
        assertFalse(second.takeBack(), "it has run");
        assertEquals(CallRing.EMPTY, ring.state(0));
    }

    @Test
    void limitThatHasPassed_isKept_unlessTheTurnHadComeBefore() {
        long now = System.nanoTime();
        PrefetchSender.Place late = Objects.requireNonNull(sender.handOver(request(1, 1), now - 1));
        PrefetchSender.Place confirmed = Objects.requireNonNull(sender.handOver(request(2, 1), now - 1));
        PrefetchSender.Place inTime =
                Objects.requireNonNull(sender.handOver(request(3, 1), now + TimeUnit.DAYS.toNanos(1)));
        assertTrue(confirmed.confirm());
        assertEquals(2, begin());
        assertFalse(late.confirm());
        assertEquals(CallRing.EMPTY, ring.state(0), "its place can be used again");
        reply(NOTHING);
        assertEquals(3, begin());
        assertTrue(inTime.hasBegun());
    }

    @Test
    void areaForLargeResponses_isFree_whenTheLastOneWasRead() {
        PrefetchSender.Place place = handOver(1);
        assertEquals(1, begin());
        assertFalse(receiver.isLargeUnread());
        receiver.reply(0, 0, new byte[5000], 1 << 20, 0);
        assertTrue(receiver.isLargeUnread());
        place.isRead();
        assertFalse(receiver.isLargeUnread());
    }

    /** A place is used again: what it holds now is another response. */
    @Test
    void areaForLargeResponses_isFree_thoughAShortResponseIsWhereALargeOneWas() {
        PrefetchSender.Place place = handOver(1);
        assertEquals(1, begin());
        receiver.reply(0, 0, new byte[5000], 1 << 20, 0);
        place.isRead();
        for (int i = 2; i <= CallRing.PLACES; i++) {
            PrefetchSender.Place other = handOver(i);
            assertEquals(i, begin());
            reply(NOTHING);
            other.isRead();
        }
        assertEquals(place, handOver(40));
        assertEquals(40, begin());
        reply(NOTHING);
        assertFalse(receiver.isLargeUnread());
    }

    @Test
    void afterACautiousAnswer_theNextOneWaitsForItsTurn() {
        var unused = handOver(1);
        PrefetchSender.Place second = handOver(2);
        var third = handOver(3);
        assertEquals(1, begin());
        receiver.beCautious();
        reply(NOTHING);
        assertEquals(0, begin());
        assertTrue(second.confirm());
        assertEquals(2, begin());
        reply(NOTHING);
        assertEquals(3, begin());
        assertTrue(third.hasBegun());
    }

    @Test
    void afterACautiousAnswer_whatIsTakenBackIsPassedOver() {
        var unused = handOver(1);
        PrefetchSender.Place second = handOver(2);
        assertEquals(1, begin());
        receiver.beCautious();
        reply(NOTHING);
        assertTrue(second.takeBack());
        PrefetchSender.Place third = handOver(3);
        assertEquals(0, begin());
        assertTrue(third.confirm());
        assertEquals(3, begin());
    }

    @Test
    void turnThatIsOver_withoutItsOutcome_isForsaken() {
        PrefetchSender.Place place = handOver(1);
        place.isNext();
        place.isOver();
        assertEquals(List.of(place), forsaken);
        assertEquals(0, sender.turn());
        place.isNext();
        assertEquals(place, sender.takeTurn());
        place.isOver();
        assertEquals(1, forsaken.size(), "somebody has asked");
    }

    @Test
    void whatHasExpired_thoughItHadNoLimit_isNotBelieved() {
        PrefetchSender.Place place = handOver(1);
        ring.setState(0, CallRing.EXPIRED);
        assertTrue(place.confirm(), "its caller would wait for ever");
        assertFalse(place.takeBack());
    }

    @Test
    void forget_takesBackWhatHasNotBegun_andFreesWhatIsDone() {
        var unused = handOver(1);
        var others = List.of(handOver(2), handOver(3));
        assertTrue(sender.isAnyOpen());
        assertEquals(1, begin());
        reply(NOTHING);
        assertEquals(2, begin());
        sender.forget();
        assertEquals(CallRing.EMPTY, ring.state(0));
        assertEquals(CallRing.RUNNING, ring.state(1));
        assertEquals(CallRing.TAKEN_BACK, ring.state(2));
        reply(NOTHING);
        assertEquals(0, begin());
        assertEquals(2, others.size());
    }

    @Test
    void nextCall_isAboutARequestThatWasHandedOver_once() {
        PrefetchSender.Place place = handOver(7);
        assertEquals(0, sender.turn());
        place.isNext();
        assertEquals(7, sender.turn());
        assertEquals(place, sender.takeTurn());
        assertEquals(0, sender.turn());
    }

    /** One thread hands over and takes half of it back at once; the other one begins what it finds. */
    @Test
    void request_hasBegun_orWasTakenBack_neverBoth() throws Exception {
        int most = 200_000;
        BitSet begun = new BitSet();
        FutureTask<Void> child = new FutureTask<>(
                () -> {
                    int last = 0;
                    while (last < most) {
                        int number = begin();
                        if (number != 0) {
                            assertTrue(number > last, "in order");
                            last = number;
                            begun.set(number);
                            reply(NOTHING);
                        } else {
                            Thread.onSpinWait();
                        }
                    }
                },
                null);
        Thread.ofPlatform().daemon().start(child);
        BitSet takenBack = new BitSet();
        ArrayDeque<PrefetchSender.Place> open = new ArrayDeque<>();
        int number = 1;
        while (number <= most) {
            PrefetchSender.Place place = sender.handOver(request(number, 8), 0);
            if (place == null) {
                PrefetchSender.Place oldest = open.remove();
                while (!oldest.isDone().getAsBoolean()) {
                    assertFalse(child.isDone(), "the other thread goes on");
                    Thread.onSpinWait();
                }
                oldest.isRead();
            } else if (number % 2 == 1 && place.takeBack()) {
                takenBack.set(number++);
            } else {
                open.add(place);
                number++;
            }
        }
        child.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertFalse(begun.intersects(takenBack));
        assertEquals(most, begun.cardinality() + takenBack.cardinality());
        assertTrue(takenBack.cardinality() > 0);
    }
}
