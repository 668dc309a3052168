package dev.turnstile;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A time limit that all calls in a piece of code share. None of them waits longer than what is left of it, whatever its own limit,
 * and a {@link FanOut} that is opened there ends with it.
 *
 * <p>It holds for the thread that runs the code; on JDK 25 and later, where it is a {@code ScopedValue}, also for threads forked in a
 * {@code StructuredTaskScope}. Limits nest, and the earliest counts.
 */
public final class TimeLimit {
    /** Until a limit is set, calls do not look for one. */
    private static volatile boolean everSet;

    private static final Binding BINDING =
            Runtime.version().feature() >= 25 ? new ScopedBinding() : new ThreadBinding();

    private TimeLimit() {}

    /**
     * Code that runs within a limit.
     *
     * @param <T> the type of the result
     * @param <X> what the code may throw
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        /**
         * Runs the code.
         *
         * @return the result
         * @throws X if it fails
         */
        T run() throws X;
    }

    /**
     * Runs code whose calls share a limit. The limit does not stop the code, only its waiting for a gate.
     *
     * @param <T> the type of the result
     * @param <X> what the code may throw
     * @param limit how long from now on; zero or less has passed at once
     * @param body the code, run on this thread
     * @return what the code returned
     * @throws X what the code threw
     * @throws CallTimeoutException if the code did not catch one: within a limit every {@code call} and {@code submit} may throw it
     */
    public static <T extends @Nullable Object, X extends Exception> T within(
            Duration limit, Body<? extends T, ? extends X> body) throws X {
        Objects.requireNonNull(body, "body");
        StackReserve.require(); // the limit is to end with the body
        Deadline deadline = Deadline.after(limit).orEarlier(current());
        everSet = true;
        Outcome<T, X> outcome = new Outcome<>(body);
        BINDING.run(deadline, outcome);
        return outcome.get();
    }

    /** The limit of the current thread at this point. */
    static Deadline current() {
        return everSet ? BINDING.current().orEarlier(FanOut.deadlineOfBlock()) : Deadline.NEVER;
    }

    /** Loads what a caller near the end of its stack must not be the first to load. */
    static void rehearse() {
        BINDING.run(Deadline.NEVER, () -> {});
    }

    /** A block with a limit has been opened. */
    static void setByBlock() {
        everSet = true;
    }

    /** Carries the result or exception through a {@code Runnable}. */
    private static final class Outcome<T extends @Nullable Object, X extends Exception> implements Runnable {
        private final Body<? extends T, ? extends X> body;
        private @Nullable T result;
        private @Nullable Throwable thrown;

        Outcome(Body<? extends T, ? extends X> body) {
            this.body = body;
        }

        @Override
        public void run() {
            try {
                result = body.run();
            } catch (Throwable failure) {
                thrown = failure;
            }
        }

        @SuppressWarnings("NullAway") // null only if the body returned null, which T then allows
        T get() throws X {
            if (thrown != null) {
                throw Turnstile.<X>asThrown(thrown);
            }
            return result;
        }
    }

    /** Binds a limit to a piece of code. */
    private sealed interface Binding {
        void run(Deadline deadline, Runnable body);

        Deadline current();
    }

    /** Binds to the thread alone. */
    private static final class ThreadBinding implements Binding {
        private static final ThreadLocal<@Nullable Deadline> BOUND = new ThreadLocal<>();

        @Override
        public void run(Deadline deadline, Runnable body) {
            Deadline before = BOUND.get();
            BOUND.set(deadline);
            try {
                body.run();
            } finally {
                if (before == null) {
                    BOUND.remove();
                } else {
                    BOUND.set(before);
                }
            }
        }

        @Override
        public Deadline current() {
            Deadline deadline = BOUND.get();
            return deadline == null ? Deadline.NEVER : deadline;
        }
    }

    /** Binds to a {@code ScopedValue}, which the JDK's structured scopes inherit. JDK 21 does not have it, so it is found by name. */
    private static final class ScopedBinding implements Binding {
        private final Object key;
        private final MethodHandle where;
        private final MethodHandle run;
        private final MethodHandle orElse;

        ScopedBinding() {
            try {
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                Class<?> value = Class.forName("java.lang.ScopedValue");
                Class<?> carrier = Class.forName("java.lang.ScopedValue$Carrier");
                key = lookup.findStatic(value, "newInstance", MethodType.methodType(value))
                        .invoke();
                where = lookup.findStatic(value, "where", MethodType.methodType(carrier, value, Object.class))
                        .asType(MethodType.methodType(Object.class, Object.class, Object.class));
                run = lookup.findVirtual(carrier, "run", MethodType.methodType(void.class, Runnable.class))
                        .asType(MethodType.methodType(void.class, Object.class, Runnable.class));
                orElse = lookup.findVirtual(value, "orElse", MethodType.methodType(Object.class, Object.class))
                        .asType(MethodType.methodType(Object.class, Object.class, Object.class));
            } catch (Throwable missing) {
                throw new ExceptionInInitializerError(missing);
            }
        }

        @Override
        public void run(Deadline deadline, Runnable body) {
            try {
                run.invokeExact((Object) where.invokeExact(key, (Object) deadline), body);
            } catch (Throwable thrown) {
                throw Turnstile.<RuntimeException>asThrown(thrown);
            }
        }

        @Override
        public Deadline current() {
            try {
                return (Deadline) (Object) orElse.invokeExact(key, (Object) Deadline.NEVER);
            } catch (Throwable thrown) {
                throw Turnstile.<RuntimeException>asThrown(thrown);
            }
        }
    }
}
