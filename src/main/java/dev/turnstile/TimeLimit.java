package dev.turnstile;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A limit in time that all calls inside of a piece of code share: none of them waits longer than what is left of it, whatever its
 * own limit, and a {@link FanOut} that is opened there ends with it.
 *
 * <p>It holds for the thread that runs the code; on JDK 25 and later also for what that forks in a {@code StructuredTaskScope}, since
 * there it is a {@code ScopedValue}. Limits nest, and the earliest counts.
 */
public final class TimeLimit {
    /** As long as nobody has set a limit, no call pays for looking. */
    private static volatile boolean everSet;

    private static final Binding BINDING =
            Runtime.version().feature() >= 25 ? new ScopedBinding() : new ThreadBinding();

    private TimeLimit() {}

    /**
     * What is done within a limit.
     *
     * @param <T> the type of the result
     * @param <X> what the code may throw
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        /**
         * Does it.
         *
         * @return the result
         * @throws X if that fails
         */
        T run() throws X;
    }

    /**
     * Runs code whose calls have a limit together. It does not end the code itself, only its waiting for a gate.
     *
     * @param <T> the type of the result
     * @param <X> what the code may throw
     * @param limit how long from now on; zero or less has passed at once
     * @param body the code, run on this thread
     * @return what the code returned
     * @throws X what the code threw
     * @throws CallTimeoutException if the code let one pass. Inside of a limit {@code call} and {@code submit} throw it also in the
     *     forms that do not declare it
     */
    public static <T extends @Nullable Object, X extends Exception> T within(
            Duration limit, Body<? extends T, ? extends X> body) throws X, CallTimeoutException {
        Objects.requireNonNull(body, "body");
        Deadline deadline = Deadline.after(limit).orEarlier(current());
        everSet = true;
        Outcome<T, X> outcome = new Outcome<>(body);
        BINDING.run(deadline, outcome);
        return outcome.get();
    }

    /** The limit for what the current thread does now. */
    static Deadline current() {
        return everSet ? BINDING.current().orEarlier(FanOut.deadlineOfBlock()) : Deadline.NEVER;
    }

    /** A block with a limit has been opened. */
    static void setByBlock() {
        everSet = true;
    }

    /** Carries result or exception past an interface that knows neither. */
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

    /** How a limit is tied to a piece of code. */
    private sealed interface Binding {
        void run(Deadline deadline, Runnable body);

        Deadline current();
    }

    /** To the thread alone. */
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

    /** To a {@code ScopedValue}, which the JDK's structured scopes pass on. Not in JDK 21's API, so by name. */
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
