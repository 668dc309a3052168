package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * jox's {@code ActorRef}, in a {@code supervised} scope that lives until the gate is closed. jox has no futures: a virtual
 * thread a call. A limit is {@code Race.timeout}.
 *
 * <p>By reflection, since the class files of jox's {@code structured} are for Java 25 with its preview features only: no
 * other compiler reads them, and no other JVM runs them.
 */
final class JoxGate extends Gate {
    private static final String PACKAGE = "com.softwaremill.jox.structured.";

    private final Object actor;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Visitor<Object> scope;

    JoxGate(Supplier<Witness> opener, int capacity, Duration closeLimit) throws Exception {
        if (!isRunnable()) {
            throw new CannotException("runs on Java 25 with `--enable-preview` only");
        }
        CompletableFuture<Object> created = new CompletableFuture<>();
        Object body = lambda("Scoped", argument -> {
            Consumer<Witness> close = Witness::close;
            created.complete(invoke(method("ActorRef", "create", 3), null, argument, opener.get(), close));
            closing.await();
            return null;
        });
        this.scope = Visitor.start(() -> invoke(method("Scopes", "supervised", 1), null, body));
        scope.whenComplete((result, thrown) -> {
            if (thrown != null) {
                created.completeExceptionally(thrown);
            }
        });
        this.actor = created.get(30, TimeUnit.SECONDS);
    }

    private static boolean isRunnable() {
        try {
            type("Scope");
            return true;
        } catch (UnsupportedClassVersionError otherJava) {
            return false;
        }
    }

    @Override
    public <T> T call(Work<T> work) throws Exception {
        Object ask = lambda("ThrowingFunction", resource -> work.run((Witness) resource));
        return this.<T>result(invoke(method("ActorRef", "ask", 1), actor, ask));
    }

    @Override
    <T> T call(Work<T> work, Duration limit) throws Exception {
        Callable<T> call = () -> call(work);
        return this.<T>result(invoke(method("Race", "timeout", 2), null, limit.toMillis(), call));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what the work returned
    private <T> T result(Object result) {
        return (T) result;
    }

    @Override
    boolean isCloseable() {
        return true;
    }

    @Override
    void close() throws Exception {
        closing.countDown();
        scope.get();
    }

    @FunctionalInterface
    private interface Body {
        Object run(Object argument) throws Exception;
    }

    /** One of jox's functional interfaces; equals and the like are never asked for. */
    private static Object lambda(String name, Body body) {
        Class<?> type = type(name);
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> body.run(arguments[0]));
    }

    private static Object invoke(Method method, Object target, Object... arguments) throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown.getCause();
        }
    }

    private static Method method(String type, String name, int parameters) {
        for (Method method : type(type).getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                return method;
            }
        }
        throw new AssertionError("jox has no " + type + "." + name);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError("jox is not on the class path", missing);
        }
    }
}
