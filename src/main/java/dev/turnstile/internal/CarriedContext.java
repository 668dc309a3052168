package dev.turnstile.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the caller of a call had around it when the call came: its {@link MDC}, and what the carriers of the application have captured. It is put in place
 * around each piece of the user's code that runs for the call on another thread.
 */
public final class CarriedContext {
    private static final SafeLog log = new SafeLog(CarriedContext.class);

    /** What is in place on a worker while it runs an action, for the log lines of the plugin. */
    private static final ThreadLocal<@Nullable Restorer> RESTORED = new ThreadLocal<>();

    private final @Nullable Map<String, String> mdc;
    private final @Nullable Restorer captured;

    private CarriedContext(@Nullable Map<String, String> mdc, @Nullable Restorer captured) {
        this.mdc = mdc;
        this.captured = captured;
    }

    /** Puts what was captured in place while it runs code. It is code of the user's. */
    @FunctionalInterface
    public interface Restorer {
        /**
         * Runs code in the captured context.
         *
         * @param code what to run: once, on this thread, before this method returns
         */
        void run(Runnable code);
    }

    /**
     * Code that runs in a context.
     *
     * @param <X> what it throws
     */
    @FunctionalInterface
    public interface Code<X extends Throwable> {
        /**
         * Runs it.
         *
         * @throws X what it throws
         */
        void run() throws X;
    }

    /**
     * Returns what the current thread has.
     *
     * @param captured what the carriers have captured; {@code null} if nothing
     * @return the context; {@code null} if there is nothing to carry
     */
    public static @Nullable CarriedContext of(@Nullable Restorer captured) {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        return mdc == null && captured == null ? null : new CarriedContext(mdc, captured);
    }

    /**
     * Says whether carriers have captured something, so that it may fail to be put in place.
     *
     * @return whether there is more than the MDC
     */
    public boolean hasCaptured() {
        return captured != null;
    }

    /**
     * Returns what belongs to the action that the current thread runs: what was captured for its call, and the MDC as it is now.
     *
     * @return the context; {@code null} if there is nothing to carry
     */
    public static @Nullable CarriedContext ofThisAction() {
        return of(RESTORED.get());
    }

    /**
     * Runs an action in the context. Whoever calls this clears the MDC afterwards.
     *
     * @param <X> what the action throws
     * @param action what to run
     * @throws X what the action throws; or, if the context could not be put in place and the action has not run, what was thrown by that
     * @throws IllegalStateException if the captured context has not run the action
     */
    public <X extends Throwable> void runAction(Code<X> action) throws X {
        if (mdc != null) {
            MDC.setContextMap(mdc);
        }
        if (captured == null) {
            action.run();
            return;
        }
        Once once = new Once(action, false);
        try {
            RESTORED.set(captured);
            captured.run(once);
        } catch (Throwable thrown) {
            if (!once.hasRun) {
                throw thrown;
            }
            sayThatItStays(thrown);
        } finally {
            once.isOver = true;
            RESTORED.remove();
        }
        if (!once.hasRun) {
            throw new IllegalStateException(
                    "The captured context of a call, a " + captured + ", did not run the action");
        }
        once.rethrow();
    }

    /**
     * Runs code in the context, or without what cannot be put in place, which is logged: the code must run. Whoever calls this clears the MDC afterwards.
     *
     * @param code what to run; what it throws, this method throws
     */
    public void runAnyway(Code<RuntimeException> code) {
        Once once = null;
        try {
            if (mdc != null) {
                MDC.setContextMap(mdc);
            }
            if (captured != null) {
                once = new Once(code, true);
                captured.run(once);
            }
        } catch (Throwable thrown) {
            if (once != null && once.hasRun) {
                sayThatItStays(thrown);
            } else {
                log.error(
                        "{}: the context of a caller could not be restored; it goes on without", threadName(), thrown);
            }
        } finally {
            if (once != null) {
                once.isOver = true;
            }
        }
        if (once == null || !once.hasRun) {
            code.run();
        } else {
            once.rethrow();
        }
    }

    private static void sayThatItStays(Throwable thrown) {
        log.error("{}: the context of a caller could not be taken away again", threadName(), thrown);
    }

    private static String threadName() {
        return Thread.currentThread().getName();
    }

    /**
     * Returns what puts two captured contexts in place. Code that must run keeps the outer one if the inner one cannot be.
     *
     * @param outer comes first, and goes last
     * @param inner comes within
     * @return both
     */
    public static Restorer nest(Restorer outer, Restorer inner) {
        return new Nested(outer, inner);
    }

    private record Nested(Restorer outer, Restorer inner) implements Restorer {
        @Override
        public void run(Runnable code) {
            outer.run(new Inside(inner, code));
        }
    }

    private record Inside(Restorer inner, Runnable code) implements Runnable {
        @Override
        public void run() {
            Once anyway = code instanceof Once once && once.isToRunAnyway ? once : null;
            try {
                inner.run(code);
            } catch (Throwable thrown) {
                if (anyway == null || anyway.hasRun) {
                    throw thrown;
                }
                log.error(
                        "{}: a part of the context of a caller could not be restored; it goes on without",
                        threadName(),
                        thrown);
            }
            if (anyway != null && !anyway.hasRun) {
                anyway.run();
            }
        }
    }

    /** Code that runs once, on the thread that made this, until it is over; keeps what the code throws from the one who runs it. */
    private static final class Once implements Runnable {
        private final Thread thread = Thread.currentThread();
        private final Code<?> code;
        private final boolean isToRunAnyway;
        private boolean hasRun;
        private boolean isOver;
        private @Nullable Throwable failure;

        Once(Code<?> code, boolean isToRunAnyway) {
            this.code = code;
            this.isToRunAnyway = isToRunAnyway;
        }

        @Override
        public void run() {
            if (Thread.currentThread() != thread || hasRun || isOver) {
                throw new IllegalStateException(
                        "A captured context runs what it is given once, on the same thread, before it returns");
            }
            hasRun = true;
            try {
                code.run();
            } catch (Throwable thrown) {
                failure = thrown;
            }
        }

        /** Throws what the code threw. */
        @SuppressWarnings("unchecked") // it is what the code declares
        <X extends Throwable> void rethrow() throws X {
            if (failure != null) {
                throw (X) failure;
            }
        }
    }
}
