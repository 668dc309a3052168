package dev.turnstile.process;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** The application and the process of a plugin meet at a place of a {@link CallRing}: one wins, and sees all that the other has written before. */
public class CallRingRaces {
    private CallRingRaces() {}

    /** Both ends, over the first two places. */
    private static final class Ends {
        private final CallRing ring = new CallRing(ByteBuffer.allocateDirect(2 * CallRing.PLACE_SIZE));
        private final PrefetchSender sender = new PrefetchSender(ring, place -> {});
        private final PrefetchReceiver receiver = new PrefetchReceiver(ring);

        PrefetchSender.Place handOver(long notAfter) {
            HostRequest request = new HostRequest(7, 1, 7, new byte[0], new byte[] {9});
            return Objects.requireNonNull(sender.handOver(request, notAfter));
        }

        boolean begin() {
            return receiver.isAsked() && receiver.begin();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not handed over yet")
    @Outcome(id = "7, 9", expect = Expect.ACCEPTABLE, desc = "the whole request")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a part of the request")
    @State
    public static class HandOverAndBegin {
        private final Ends ends = new Ends();

        @Actor
        public void application() {
            var unused = ends.handOver(0);
        }

        @Actor
        public void process(II_Result seen) {
            if (ends.begin()) {
                seen.r1 = ends.receiver.get(CallRing.NUMBER);
                seen.r2 = ends.receiver.read(0, 1)[0];
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, 0", expect = Expect.ACCEPTABLE, desc = "it never runs")
    @Outcome(
            id = "true, false, 4",
            expect = Expect.ACCEPTABLE,
            desc = "it never runs, and the process has not passed it yet")
    @Outcome(id = "false, true, 2", expect = Expect.ACCEPTABLE, desc = "it runs")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it is taken back and runs, or neither")
    @State
    public static class TakeBackAndBegin {
        private final Ends ends = new Ends();
        private final PrefetchSender.Place place = ends.handOver(0);

        @Actor
        public void application(ZZI_Result seen) {
            seen.r1 = place.takeBack();
        }

        @Actor
        public void process(ZZI_Result seen) {
            seen.r2 = ends.begin();
        }

        @Arbiter
        public void afterwards(ZZI_Result seen) {
            seen.r3 = ends.ring.state(0);
        }
    }

    /** Its limit has passed: it runs only if its turn has come before the process looked. */
    @JCStressTest
    @Outcome(id = "true, true, 2", expect = Expect.ACCEPTABLE, desc = "its turn had come, so it runs")
    @Outcome(
            id = "false, false, 0",
            expect = Expect.ACCEPTABLE,
            desc = "it has expired, which the application has seen")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it has expired and runs, or nobody knows what became of it")
    @State
    public static class ConfirmAndExpire {
        private final Ends ends = new Ends();
        private final PrefetchSender.Place place = ends.handOver(System.nanoTime() - 1);

        @Actor
        public void application(ZZI_Result seen) {
            seen.r1 = place.confirm();
        }

        @Actor
        public void process(ZZI_Result seen) {
            seen.r2 = ends.begin();
        }

        @Arbiter
        public void afterwards(ZZI_Result seen) {
            seen.r3 = ends.ring.state(0);
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not answered yet")
    @Outcome(id = "1, 5", expect = Expect.ACCEPTABLE, desc = "the whole answer")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a part of the answer")
    @State
    public static class ReplyAndRead {
        private final Ends ends = new Ends();
        private final PrefetchSender.Place place = ends.handOver(0);

        public ReplyAndRead() {
            var unused = ends.begin();
        }

        @Actor
        public void process() {
            ends.receiver.reply(0, 0, new byte[] {5}, 0, 0);
        }

        @Actor
        public void application(II_Result seen) {
            if (place.isDone().getAsBoolean()) {
                seen.r1 = place.get(CallRing.LENGTH);
                seen.r2 = place.response(1)[0];
            }
        }
    }
}
