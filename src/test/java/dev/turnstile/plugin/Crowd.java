package dev.turnstile.plugin;

import dev.turnstile.TurnstileFullException;
import dev.turnstile.testing.Caller;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Virtual threads that make one call each, by the 24 entry points in turn, and say in words what came of it: so that what each
 * of them got can be compared with what it must get. Who would not wait for a place and finds none comes again and waits.
 */
final class Crowd {
    private static final JsonEntry[] JSON = JsonEntry.values();
    private static final RawEntry[] RAW = RawEntry.values();
    private static final CodecTest.TypedEntry[] TYPED = CodecTest.TypedEntry.values();

    private final SynchronizedPlugin plugin;
    private final AtomicInteger foundNoPlace = new AtomicInteger();
    private final List<Caller<String>> callers = new ArrayList<>();

    Crowd(SynchronizedPlugin plugin) {
        this.plugin = plugin;
    }

    interface Call {
        Object make(Crowd crowd, int number) throws Throwable;
    }

    /** Starts the next caller; its number is how many came before it. */
    void send(Call call) {
        int number = callers.size();
        callers.add(Caller.start(() -> outcome(() -> call.make(this, number))));
    }

    /** What the callers got, in the order in which they were sent. */
    List<String> outcomes() {
        return callers.stream().map(Caller::result).toList();
    }

    /** How often a caller was refused because the line was full. */
    int foundNoPlace() {
        return foundNoPlace.get();
    }

    // ---- calls ----

    /** A call that nothing is wrong with; what it must return is {@link #healthyOutcome}. */
    Object healthy(int number) throws Throwable {
        return number % 4 == 3
                ? raw(number / 4, 1, ("raw " + number).getBytes(StandardCharsets.UTF_8))
                : json(number, "echo", Map.of("message", "healthy " + number));
    }

    static String healthyOutcome(int number) {
        return number % 4 == 3
                ? returned(("raw " + number).getBytes(StandardCharsets.UTF_8))
                : returned(Map.of("message", "healthy " + number, "length", ("healthy " + number).length()));
    }

    Object json(int number, String tag, Object request) throws Throwable {
        JsonEntry entry = JSON[number % JSON.length];
        return placed(
                () -> entry.call(plugin, tag, request),
                () -> JsonEntry.valueOf(waiting(entry)).call(plugin, tag, request));
    }

    Object raw(int number, int messageId, byte[] request) throws Throwable {
        RawEntry entry = RAW[number % RAW.length];
        return placed(
                () -> entry.call(plugin, messageId, request),
                () -> RawEntry.valueOf(waiting(entry)).call(plugin, messageId, request));
    }

    Object typed(int number, String tag, Object request, Class<?> type) throws Throwable {
        CodecTest.TypedEntry entry = TYPED[number % TYPED.length];
        return placed(
                () -> entry.call(plugin, tag, request, type),
                () -> CodecTest.TypedEntry.valueOf(waiting(entry)).call(plugin, tag, request, type));
    }

    private static String waiting(Enum<?> entry) {
        return entry.name().replace("TRY_", "");
    }

    private interface Attempt {
        Object make() throws Throwable;
    }

    private Object placed(Attempt first, Attempt waiting) throws Throwable {
        try {
            return first.make();
        } catch (TurnstileFullException full) {
            foundNoPlace.incrementAndGet();
            return waiting.make();
        }
    }

    // ---- outcomes, in words ----

    private static String outcome(Attempt attempt) {
        try {
            return returned(attempt.make());
        } catch (PluginException error) {
            return error(error.errorCode().value(), error.pluginMessage());
        } catch (CodecException refused) {
            return codecRefused(refused.pluginRan());
        } catch (Throwable thrown) {
            return threw(thrown.getClass(), thrown.getMessage());
        }
    }

    /** Long results by their length and a hash, so that a test that fails can be read. */
    static String returned(Object result) {
        String text = "returned "
                + switch (result) {
                    case byte[] bytes -> Arrays.toString(bytes);
                    case Map<?, ?> members -> new TreeMap<>(members);
                    case null, default -> result;
                };
        return text.length() < 1000 ? text : text.length() + " characters, hash " + text.hashCode();
    }

    static String error(long code, String message) {
        return "error " + code + ": " + (message.length() < 1000 ? message : returned(message));
    }

    static String codecRefused(boolean pluginRan) {
        return "the codec refused, " + (pluginRan ? "the plugin ran" : "the plugin did not run");
    }

    static String threw(Class<?> type, String message) {
        return "threw " + type.getSimpleName() + ": " + message;
    }
}
