package dev.turnstile.spring;

import dev.turnstile.TimeLimit;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A view of a plugin whose calls have a limit, besides that which a call has itself. */
final class LimitedClient implements InvocationHandler {
    private final Object view;
    private final Duration limit;

    private LimitedClient(Object view, Duration limit) {
        this.view = view;
        this.limit = limit;
    }

    static Object of(Class<?> type, Object view, Duration limit) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new LimitedClient(view, limit));
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a client equals itself alone
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.getName().equals("equals")
                    ? proxy == Objects.requireNonNull(arguments)[0]
                    : method.invoke(view, arguments);
        }
        if (!Modifier.isAbstract(method.getModifiers())) {
            return InvocationHandler.invokeDefault(proxy, method, arguments); // the calls that it makes are limited
        }
        try {
            return TimeLimit.<@Nullable Object, Exception>within(limit, () -> method.invoke(view, arguments));
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }
}
