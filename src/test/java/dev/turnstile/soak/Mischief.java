package dev.turnstile.soak;

import dev.turnstile.Action;
import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.CloseReport;
import dev.turnstile.StuckCall;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** User code that throws where it should not, again and again: what is tried with gates whose workers bear a name for it. */
final class Mischief {
    /** In the names of the workers of a gate that has to do with such code. {@link FaultyLogging} fails at lines with it. */
    static final String NAME = "troubled";

    private static final int ONE_OF = 3;

    private static final AtomicLong TIMES = new AtomicLong();

    private Mischief() {}

    /** An error, at some of the times that one comes here. */
    static void mayThrow() {
        long times = TIMES.incrementAndGet();
        if (times % ONE_OF == 0 && times % 2 == 0) {
            throw new Unprintable(0);
        }
        if (times % ONE_OF == 0) {
            throw new LinkageError("on purpose");
        }
    }

    /** Throws at a part of what it is told. */
    static final class Listener implements CallListener {
        @Override
        public void onEnd(CallReport report) {
            mayThrow();
        }

        @Override
        public void onStuck(StuckCall call) {
            mayThrow();
        }

        @Override
        public void onLost(int instance, Throwable cause) {
            mayThrow();
        }

        @Override
        public void onRestarted(int instance) {
            mayThrow();
        }

        @Override
        public void onSwapped(int instance) {
            mayThrow();
        }

        @Override
        public void onClosed(CloseReport report) {
            mayThrow();
        }
    }

    /** Says of itself what it can. */
    record Evasive<R, T>(Action<R, T, Exception> work) implements Action<R, T, Exception> {
        @Override
        public T run(R resource) throws Exception {
            return work.run(resource);
        }

        @Override
        public @Nullable String tag() {
            mayThrow();
            return "evasive";
        }

        @Override
        public long requestSize() {
            mayThrow();
            return 1;
        }

        @Override
        public long responseSize(T result) {
            mayThrow();
            return 1;
        }
    }
}
