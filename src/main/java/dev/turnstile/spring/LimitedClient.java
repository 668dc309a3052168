package dev.turnstile.spring;

import dev.turnstile.TimeLimit;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A view of a plugin whose calls have a limit, besides that which a call has itself. */
final class LimitedClient implements InvocationHandler {
    /** Called in the view's place: the methods of an interface that is not public cannot be called from here. */
    private final InvocationHandler calls;

    private final Duration limit;

    private LimitedClient(InvocationHandler calls, Duration limit) {
        this.calls = calls;
        this.limit = limit;
    }

    static Object of(Class<?> type, Object view, Duration limit) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                new LimitedClient(Proxy.getInvocationHandler(view), limit));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (!Modifier.isAbstract(method.getModifiers())) {
            return calls.invoke(proxy, method, arguments); // the calls that a default method makes are limited
        }
        return TimeLimit.<@Nullable Object, Exception>within(limit, () -> call(proxy, method, arguments));
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Exception {
        try {
            return calls.invoke(proxy, method, arguments);
        } catch (Exception | Error thrown) {
            throw thrown;
        } catch (Throwable other) {
            throw new UndeclaredThrowableException(other);
        }
    }
}
