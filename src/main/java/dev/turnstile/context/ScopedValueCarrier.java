package dev.turnstile.context;

import dev.turnstile.ContextCarrier;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries the bindings of some {@code ScopedValue}s. The library runs on Java 21 and can name their class only as an object; they are final in Java 25.
 *
 * {@snippet :
 * static final ScopedValue<String> USER = ScopedValue.newInstance();
 *
 * TurnstileOptions options = TurnstileOptions.defaults().withContextCarriers(ScopedValueCarrier.of(USER));
 * }
 *
 * <p>It does not block, has no state, and may be used by any number of gates and threads. Where a caller has no binding, its code has none.
 */
public final class ScopedValueCarrier implements ContextCarrier {
    private static final int FIRST_VERSION = 25;

    private final Object[] values;

    private ScopedValueCarrier(Object[] values) {
        this.values = values;
    }

    /**
     * Returns a carrier of scoped values.
     *
     * @param scopedValues each a {@code java.lang.ScopedValue}
     * @return the carrier
     * @throws UnsupportedOperationException if this is Java 24 or older
     * @throws IllegalArgumentException if one is something else than a {@code ScopedValue}
     */
    public static ScopedValueCarrier of(Object... scopedValues) {
        Objects.requireNonNull(scopedValues, "scopedValues");
        for (int i = 0; i < scopedValues.length; i++) {
            Objects.requireNonNull(scopedValues[i], "scopedValues[" + i + "]");
        }
        requireVersion(Runtime.version().feature());
        for (int i = 0; i < scopedValues.length; i++) {
            if (!Calls.TYPE.isInstance(scopedValues[i])) {
                throw new IllegalArgumentException("scopedValues[" + i + "] is no ScopedValue, but a "
                        + scopedValues[i].getClass().getName());
            }
        }
        return new ScopedValueCarrier(scopedValues.clone());
    }

    static void requireVersion(int feature) {
        if (feature < FIRST_VERSION) {
            throw new UnsupportedOperationException("Scoped values are carried on Java " + FIRST_VERSION
                    + " and later, where they are no preview any more; this is Java " + feature);
        }
    }

    @Override
    public @Nullable Captured capture() {
        Object carrier = null;
        for (Object value : values) {
            if (Calls.isBound(value)) {
                carrier = Calls.where(carrier, value, Calls.get(value));
            }
        }
        return carrier == null ? null : new Bindings(carrier);
    }

    @Override
    public String toString() {
        return "ScopedValueCarrier" + Arrays.toString(values);
    }

    private record Bindings(Object carrier) implements Captured {
        @Override
        public void run(Runnable code) {
            Calls.run(carrier, code);
        }
    }

    /** The methods of {@code ScopedValue} and its {@code Carrier}, looked up once. */
    private static final class Calls {
        static final Class<?> TYPE = type("java.lang.ScopedValue");
        private static final Class<?> CARRIER = type("java.lang.ScopedValue$Carrier");
        private static final MethodHandle IS_BOUND = virtual(TYPE, "isBound", MethodType.methodType(boolean.class));
        private static final MethodHandle GET = virtual(TYPE, "get", MethodType.methodType(Object.class));
        private static final MethodHandle WHERE;
        private static final MethodHandle AND_WHERE =
                virtual(CARRIER, "where", MethodType.methodType(CARRIER, TYPE, Object.class));
        private static final MethodHandle RUN =
                virtual(CARRIER, "run", MethodType.methodType(void.class, Runnable.class));

        static {
            try {
                WHERE = MethodHandles.publicLookup()
                        .findStatic(TYPE, "where", MethodType.methodType(CARRIER, TYPE, Object.class))
                        .asType(MethodType.genericMethodType(2));
            } catch (ReflectiveOperationException missing) {
                throw new ExceptionInInitializerError(missing);
            }
        }

        private Calls() {}

        private static Class<?> type(String name) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException missing) {
                throw new ExceptionInInitializerError(missing);
            }
        }

        /** All that is no primitive, and not the code to run, becomes an object. */
        private static MethodHandle virtual(Class<?> owner, String name, MethodType type) {
            try {
                MethodHandle found = MethodHandles.publicLookup().findVirtual(owner, name, type);
                return found.asType(found.type().erase());
            } catch (ReflectiveOperationException missing) {
                throw new ExceptionInInitializerError(missing);
            }
        }

        static boolean isBound(Object value) {
            try {
                return (boolean) IS_BOUND.invokeExact(value);
            } catch (Throwable thrown) {
                throw asThrown(thrown);
            }
        }

        static Object get(Object value) {
            try {
                return (Object) GET.invokeExact(value);
            } catch (Throwable thrown) {
                throw asThrown(thrown);
            }
        }

        static Object where(@Nullable Object carrier, Object value, @Nullable Object bound) {
            try {
                return carrier == null
                        ? (Object) WHERE.invokeExact(value, bound)
                        : (Object) AND_WHERE.invokeExact(carrier, value, bound);
            } catch (Throwable thrown) {
                throw asThrown(thrown);
            }
        }

        static void run(Object carrier, Runnable code) {
            try {
                RUN.invokeExact(carrier, (Object) code);
            } catch (Throwable thrown) {
                throw asThrown(thrown);
            }
        }

        private static RuntimeException asThrown(Throwable thrown) {
            if (thrown instanceof Error error) {
                throw error;
            }
            return thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
        }
    }
}
