package dev.turnstile.plugin;

import dev.turnstile.testing.Caller;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes very many calls, of all kinds and sizes, and looks at the memory outside the heap: what the allocator has given out, whoever
 * asked (the plugin, the binding, the JVM), and what the system says the process has. Exit code 1 when it grew.
 */
final class NativeGrowthProgram {
    /**
     * What may be in use at the end that once was not: this much, and {@link #ALLOWED_PER_CALL}. The JVM allocates
     * for itself, now and then: compiled code, class data, its own bookkeeping.
     */
    private static final long ALLOWED = 512 << 10;

    /** A block of malloc is 32 bytes or more: if one were lost in every tenth call, that would be three times as much. */
    private static final long ALLOWED_PER_CALL = 1;

    private static final int CALLERS = 64;
    private static final int WARM_UP = 200_000;

    private final SynchronizedPlugin plugin;
    private final NativeProbe probe = new NativeProbe(TestPlugins.demo());
    private final NativeProbe heap = new NativeProbe(TestPlugins.library("heap"));
    /** From nothing to 64 KiB, each four times the one before. */
    private final List<String> texts = new ArrayList<>(List.of(""));

    private NativeGrowthProgram(SynchronizedPlugin plugin) {
        this.plugin = plugin;
        for (int size = 1; size <= 1 << 16; size *= 4) {
            texts.add("x".repeat(size));
        }
    }

    public static void main(String[] arguments) throws Exception {
        long calls = Long.parseLong(arguments[0]);
        boolean grew;
        try (SynchronizedPlugin plugin = TestPlugins.loadInPlace(TestPlugins.demo())) {
            grew = new NativeGrowthProgram(plugin).measure(calls);
        }
        System.exit(grew ? 1 : 0);
    }

    private boolean measure(long calls) throws Exception {
        make(0, WARM_UP);
        long inUse = look("after the warm-up", WARM_UP);
        // Of the second half: the JVM comes to rest only after a while, the later the busier the machine.
        long least = Long.MAX_VALUE;
        long step = Math.max(1, calls / 10);
        for (long made = 0; made < calls; made += step) {
            make(made, Math.min(step, calls - made));
            inUse = look("", made + step);
            if (2 * made >= calls) {
                least = Math.min(least, inUse);
            }
        }
        long grown = inUse - least;
        long outstanding = probe.count("outstanding_buffers");
        long doubleFrees = probe.count("double_frees");
        long allowed = ALLOWED + ALLOWED_PER_CALL * calls / 2;
        System.out.printf(
                "growth: %d calls, %d bytes more in use (allowed: %d), buffers outstanding %d, freed twice %d%n",
                calls, grown, allowed, outstanding, doubleFrees);
        return grown > allowed || outstanding != 0 || doubleFrees != 0;
    }

    /** Prints what is in use, and returns it. */
    private long look(String when, long calls) throws IOException {
        long inUse = heap.call("heap_bytes_in_use");
        System.out.printf("%,12d calls: %,12d bytes in use, resident %s %s%n", calls, inUse, resident(), when);
        return inUse;
    }

    private static String resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status)
                ? "unknown"
                : Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .map(line -> line.substring("VmRSS:".length()).strip())
                        .findAny()
                        .orElse("unknown");
    }

    private void make(long first, long calls) throws Exception {
        AtomicLong next = new AtomicLong(first);
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Caller.start(() -> {
                for (long number = next.getAndIncrement(); number < first + calls; number = next.getAndIncrement()) {
                    make(number);
                }
                return "done";
            }));
        }
        callers.forEach(Caller::result);
    }

    /** The eight kinds by turns, and within each the smaller sizes more often than the larger ones. */
    private void make(long number) throws InterruptedException {
        long turn = number / 8;
        String text = texts.get(Math.min(Long.numberOfTrailingZeros(turn + 1), texts.size() - 1));
        switch ((int) (number % 8)) {
            case 0 -> plugin.call("echo", "{\"message\":\"" + text + "\"}");
            case 1 -> plugin.call("echo", Map.of("message", text), Map.class);
            case 2 -> plugin.callRaw(1, text.getBytes(StandardCharsets.UTF_8));
            case 3 -> fails(() -> plugin.call("fail", Map.of("code", 7, "message", text), Map.class));
            case 4 -> fails(() -> plugin.call("fail", "{\"code\":3,\"body\":\"text\",\"message\":\"" + text + "\"}"));
            case 5 -> fails(() -> plugin.callRaw(6, ("code" + text).getBytes(StandardCharsets.UTF_8)));
            case 6 -> fails(() -> plugin.call("envelope", Map.of("raw", "{" + text), Map.class));
            default -> plugin.call("nothing", "{}");
        }
    }

    private static void fails(Callable<?> call) {
        try {
            call.call();
        } catch (PluginException | CodecException asAsked) {
            return;
        } catch (Exception other) {
            throw new AssertionError(other);
        }
        throw new AssertionError("There was no error");
    }
}
