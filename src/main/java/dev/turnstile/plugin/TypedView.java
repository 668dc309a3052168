package dev.turnstile.plugin;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/** A user's interface over the calls of a plugin, see {@link PluginCalls#as}: whatever is wrong with it is found when it is made. */
final class TypedView implements InvocationHandler {
    private final PluginCalls calls;
    private final Class<?> view;
    private final Map<Method, Call> made = new HashMap<>();

    /** Default methods of interfaces that are not public, which only a lookup of their own can call. */
    private final Map<Method, MethodHandle> hidden = new HashMap<>();

    private TypedView(PluginCalls calls, Class<?> view) {
        this.calls = calls;
        this.view = view;
        for (Method method : view.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !isOfObject(method)) {
                made.put(method, new Call(method));
            } else if (method.isDefault() && !isPublic(method.getDeclaringClass())) {
                hidden.put(method, hidden(method));
            }
        }
    }

    static <V> V of(PluginCalls calls, Class<V> view) {
        if (!view.isInterface() || view.isAnnotation()) {
            throw new IllegalArgumentException(
                    view.getName() + " is not an interface: a view is one, with a method for each call");
        }
        if (view.isSealed() || view.isHidden()) {
            throw new IllegalArgumentException(view.getName() + " is sealed or hidden: nobody else can implement it");
        }
        TypedView handler = new TypedView(calls, view);
        try {
            return view.cast(Proxy.newProxyInstance(view.getClassLoader(), new Class<?>[] {view}, handler));
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    view.getName() + " cannot be implemented: " + refused.getMessage(), refused);
        }
    }

    /** An interface may declare methods that every object has. */
    private static boolean isOfObject(Method method) {
        return Arrays.stream(Object.class.getMethods())
                .anyMatch(known -> known.getName().equals(method.getName())
                        && Arrays.equals(known.getParameterTypes(), method.getParameterTypes()));
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && type.getModule().isExported(type.getPackageName(), TypedView.class.getModule());
    }

    private static MethodHandle hidden(Method method) {
        Class<?> type = method.getDeclaringClass();
        Module unused = TypedView.class.getModule().addReads(type.getModule());
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup()).unreflectSpecial(method, type);
        } catch (IllegalAccessException closed) {
            throw new IllegalArgumentException(
                    type.getSimpleName() + "." + method.getName()
                            + " is a default method that cannot be called: the package " + type.getPackageName()
                            + " has to be open to dev.turnstile",
                    closed);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a view equals itself alone
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Call call = made.get(method);
        if (call != null) {
            return call.make(arguments == null ? new Object[0] : arguments);
        }
        MethodHandle own = hidden.get(method);
        if (own != null) {
            return own.bindTo(proxy).invokeWithArguments(arguments == null ? new Object[0] : arguments);
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return switch (method.getName()) {
            case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> view.getName() + " of " + calls;
        };
    }

    /** The call that a method makes. */
    private final class Call {
        private final String name;
        private final String tag;
        private final boolean isSubmitted;

        private final JavaType response;

        /** The index of the request's parameter; -1 for none. */
        private int request = -1;

        private int limit = -1;

        Call(Method method) {
            this.name = view.getSimpleName() + "." + method.getName() + parameters(method);
            Tag annotation = method.getAnnotation(Tag.class);
            if (annotation == null) {
                throw wrong("has no @Tag, which says what it calls");
            }
            this.tag = annotation.value();
            try {
                Utf8.checkTag(tag);
            } catch (IllegalArgumentException unusable) {
                throw wrong("calls nothing: " + unusable.getMessage());
            }
            Class<?>[] types = method.getParameterTypes();
            for (int i = 0; i < types.length; i++) {
                if (types[i] != Duration.class) {
                    request = only(request, i, "requests");
                } else {
                    limit = only(limit, i, "limits");
                }
            }
            if (Arrays.stream(method.getExceptionTypes())
                    .noneMatch(declared -> declared.isAssignableFrom(InterruptedException.class))) {
                throw wrong("has to declare InterruptedException: it waits");
            }
            Class<?> returned = method.getReturnType();
            this.isSubmitted = returned == CompletableFuture.class || returned == CompletionStage.class;
            if (!isSubmitted && Future.class.isAssignableFrom(returned)) {
                throw wrong("returns a " + returned.getSimpleName() + "; a call is submitted for a CompletableFuture");
            }
            this.response = response(isSubmitted ? submitted(method) : method.getGenericReturnType());
        }

        private int only(int before, int now, String what) {
            if (before >= 0) {
                throw wrong("has two " + what + ", the parameters " + (before + 1) + " and " + (now + 1)
                        + "; one can be sent");
            }
            return now;
        }

        private Type submitted(Method method) {
            if (method.getGenericReturnType() instanceof ParameterizedType future) {
                return future.getActualTypeArguments()[0];
            }
            throw wrong("returns a future, and does not say of what");
        }

        private JavaType response(Type type) {
            if (hasVariable(type)) {
                throw wrong("returns " + type.getTypeName()
                        + ", which depends on a type variable: nothing says what to read");
            }
            try {
                return calls.codec.type(type == void.class ? Void.class : type);
            } catch (RuntimeException unusable) {
                throw wrong("returns " + type.getTypeName() + ", which no response can be read as: "
                        + unusable.getMessage());
            }
        }

        private static boolean hasVariable(Type type) {
            return type instanceof TypeVariable
                    || (type instanceof ParameterizedType generic
                            && Arrays.stream(generic.getActualTypeArguments()).anyMatch(Call::hasVariable))
                    || (type instanceof GenericArrayType array && hasVariable(array.getGenericComponentType()));
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException(name + " " + what);
        }

        private static String parameters(Method method) {
            return Arrays.stream(method.getParameterTypes())
                    .map(Class::getSimpleName)
                    .collect(Collectors.joining(", ", "(", ")"));
        }

        @Nullable
        @SuppressWarnings("FutureReturnValueIgnored") // it is what the user's method returns
        Object make(Object[] arguments) throws InterruptedException {
            PluginRequest<?> made = calls.request(tag, request < 0 ? Map.of() : arguments[request])
                    .as(response);
            if (limit >= 0) {
                made = made.within((Duration) Objects.requireNonNull(arguments[limit], name + ": the limit"));
            }
            if (isSubmitted) {
                return made.submit();
            }
            return made.call();
        }
    }
}
