package dev.turnstile.testing;

import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Values of any type that a setting or a result has: for each place the same one, and another one. */
public final class Samples {
    private static final Map<List<Object>, Object> made = new ConcurrentHashMap<>();

    private Samples() {}

    /** Returns a value for a place; always the same. */
    public static Object one(Class<?> type, int place) {
        List<Object> key = List.of(type, place);
        if (!made.containsKey(key)) {
            made.putIfAbsent(key, of(type, place, false)); // which needs other samples
        }
        return made.get(key);
    }

    /** Returns a value that does not equal the one for this place. */
    public static Object other(Class<?> type, int place) {
        return of(type, place, true);
    }

    private static Object of(Class<?> type, int place, boolean isOther) {
        int number = isOther ? place : place + 1;
        if (type == int.class) {
            return isOther ? place + 100 : number;
        } else if (type == long.class) {
            return isOther ? place + 100L : (long) number;
        } else if (type == boolean.class) {
            return !isOther;
        } else if (type == String.class || type == Object.class) {
            return "text " + number;
        } else if (type == Duration.class) {
            return Duration.ofMillis(number);
        } else if (type == Instant.class) {
            return Instant.ofEpochMilli(number);
        } else if (type == Optional.class) {
            return isOther ? Optional.empty() : Optional.of("text");
        } else if (type == OptionalInt.class) {
            return OptionalInt.of(number);
        } else if (type == OptionalLong.class) {
            return OptionalLong.of(number);
        } else if (type == List.class) {
            return isOther ? List.of() : List.of("an element");
        } else if (type == Map.class) {
            return isOther ? Map.of() : Map.of("name", "value");
        } else if (type == SequencedMap.class) {
            return new TreeMap<>(isOther ? Map.of() : Map.of("name", "value"));
        } else if (type == Throwable.class) {
            return new IllegalStateException("a failure");
        } else if (type == JsonMapper.class) {
            return isOther ? new JsonMapper() : JsonMapper.shared();
        } else if (type.isEnum()) {
            return type.getEnumConstants()[isOther ? 1 : 0];
        } else if (type.isInterface()) {
            return proxy(type);
        }
        return made(type, isOther);
    }

    @SuppressWarnings("ReferenceEquality") // it is what equals is
    private static Object proxy(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "a " + type.getSimpleName();
                });
    }

    /** Makes a record, or one of the library's own types, of samples. */
    private static Object made(Class<?> type, boolean isOther) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            Class<?>[] types = constructor.getParameterTypes();
            return constructor.newInstance(IntStream.range(0, types.length)
                    .mapToObj(i -> isOther ? other(types[i], i) : one(types[i], i))
                    .toArray());
        } catch (ReflectiveOperationException unusable) {
            throw new LinkageError("No sample of " + type, unusable);
        }
    }
}
