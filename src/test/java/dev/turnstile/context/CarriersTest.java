package dev.turnstile.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.ContextCarrier;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Witness;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ready carriers bring what a caller has to its action. */
class CarriersTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    @AfterEach
    void clear() {
        USER.remove();
        ContextRegistry.getInstance().removeThreadLocalAccessor("test.user");
    }

    private Turnstile<Witness> open(ContextCarrier carrier) throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withContextCarriers(carrier)));
    }

    @ParameterizedTest
    @EnumSource
    void registeredThreadLocal_followsTheCall(EntryPoint entry) throws Throwable {
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", USER);
        Turnstile<Witness> gate = open(SnapshotCarrier.create());
        USER.set("me");
        assertEquals("me", entry.run(gate, resource -> USER.get()));
        assertEquals(
                "me",
                audit.watch(gate.submit(resource -> 0).thenApplyAsync(unused -> USER.get(), Runnable::run))
                        .join());
        USER.remove();
        assertNull(entry.run(gate, resource -> USER.get()));
    }

    @Test
    void threadLocalThatAnActionLeaves_isMissingForACallerWithout() throws Exception {
        ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", USER);
        Turnstile<Witness> gate = open(SnapshotCarrier.create());
        gate.call(resource -> {
            USER.set("left");
            return 0;
        });
        assertNull(gate.call(resource -> USER.get()));
    }

    @Test
    void factoryOfOnesOwn_decidesWhatIsCarried() throws Exception {
        ContextRegistry registry = new ContextRegistry().registerThreadLocalAccessor("test.user", USER);
        Turnstile<Witness> gate = open(SnapshotCarrier.of(
                ContextSnapshotFactory.builder().contextRegistry(registry).build()));
        USER.set("me");
        assertEquals("me", gate.call(resource -> USER.get()));
    }

    // ---- scoped values ----

    private static boolean areScopedValuesFinal() {
        return Runtime.version().feature() >= 25;
    }

    @Test
    void scopedValues_onAnOlderJava_areRefusedClearly() {
        UnsupportedOperationException refusal =
                assertThrows(UnsupportedOperationException.class, () -> ScopedValueCarrier.requireVersion(24));
        assertTrue(refusal.getMessage().contains("this is Java 24"), refusal::getMessage);
    }

    @Test
    void somethingElse_isNoScopedValue() {
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> ScopedValueCarrier.of("text"));
        if (areScopedValuesFinal()) {
            assertInstanceOf(IllegalArgumentException.class, refusal);
            assertTrue(refusal.getMessage().contains("java.lang.String"), refusal::getMessage);
        } else {
            assertInstanceOf(UnsupportedOperationException.class, refusal);
        }
    }

    /** The tests are compiled by any JDK from 22 on, so they cannot name the class. */
    @ParameterizedTest
    @EnumSource
    void scopedValues_followTheCall(EntryPoint entry) throws Throwable {
        Object user = newScopedValue();
        Object tenant = newScopedValue();
        Object unbound = newScopedValue();
        if (!areScopedValuesFinal()) {
            assertThrows(UnsupportedOperationException.class, () -> ScopedValueCarrier.of(user, unbound, tenant));
            return;
        }
        Turnstile<Witness> gate = open(ScopedValueCarrier.of(user, unbound, tenant));
        AtomicReference<Object> seen = new AtomicReference<>();
        where(user, "me", () -> where(tenant, "us", () -> seen.set(ask(entry, gate, user, unbound, tenant))));
        assertEquals("me null us", seen.get());
        assertEquals("null null null", ask(entry, gate, user, unbound, tenant));
    }

    private static String ask(EntryPoint entry, Turnstile<Witness> gate, Object... values) {
        try {
            return entry.run(gate, resource -> value(values[0]) + " " + value(values[1]) + " " + value(values[2]));
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    private static Object newScopedValue() throws ReflectiveOperationException {
        return Class.forName("java.lang.ScopedValue").getMethod("newInstance").invoke(null);
    }

    private static Object value(Object scopedValue) {
        try {
            Class<?> type = Class.forName("java.lang.ScopedValue");
            boolean isBound = (boolean) type.getMethod("isBound").invoke(scopedValue);
            return isBound ? type.getMethod("get").invoke(scopedValue) : null;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("ScopedValue", e);
        }
    }

    private static void where(Object scopedValue, Object bound, Runnable code) {
        try {
            Class<?> type = Class.forName("java.lang.ScopedValue");
            Object carrier = type.getMethod("where", type, Object.class).invoke(null, scopedValue, bound);
            Method run = Class.forName("java.lang.ScopedValue$Carrier").getMethod("run", Runnable.class);
            run.invoke(carrier, code);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("ScopedValue", e);
        }
    }
}
