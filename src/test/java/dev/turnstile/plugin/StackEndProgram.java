package dev.turnstile.plugin;

import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.testing.TestPlugins;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/**
 * Run by {@link StackEndTest} in a JVM in which a plugin has been loaded and nothing done with it: uses it at the end of a stack in all ways, in one of
 * them for the first time on each level, and then prints what each way gives on a whole stack.
 */
final class StackEndProgram {
    private static final long STACK = 512 * 1024;
    private static final int LEVELS = 300;
    private static final Map<String, String> REQUEST = Map.of("message", "hi");
    private static final byte[] BYTES = {1};

    private final SynchronizedPlugin plugin = SynchronizedPlugin.load(TestPlugins.demo());
    private final Use[] uses = uses().values().toArray(Use[]::new);
    private int levels;
    private int overflows;
    private int next;

    private StackEndProgram() throws InterruptedException {}

    public static void main(String[] arguments) throws Exception {
        JsonMapper others = JsonMapper.builder().build(); // its classes are not ours to load
        others.readValue(others.writeValueAsBytes(REQUEST), Map.class);
        for (JsonEntry entry : JsonEntry.values()) { // so that the test's own classes are there
            result(() -> entry.call(null, "echo", REQUEST));
        }
        for (RawEntry entry : RawEntry.values()) {
            result(() -> entry.call(null, 1, BYTES));
        }
        StackEndProgram program = new StackEndProgram();
        for (int attempt = 0; attempt < 20; attempt++) {
            program.next = attempt;
            Thread deep = new Thread(null, program::descendToTheEnd, "deep", STACK + attempt * 1016L);
            deep.start();
            deep.join();
        }
        System.out.println("overflows: " + (program.overflows > 0));
        for (Map.Entry<String, Use> use : program.uses().entrySet()) {
            System.out.println(use.getKey() + ": " + result(use.getValue()));
        }
        System.out.println("running: " + program.plugin.stats().running());
        program.plugin.close();
        System.out.println("closed: " + program.plugin.gateState());
    }

    interface Use {
        Object make() throws Throwable;
    }

    private Map<String, Use> uses() {
        Map<String, Use> uses = new LinkedHashMap<>();
        for (JsonEntry entry : JsonEntry.values()) {
            uses.put(entry.name(), () -> entry.call(plugin, "echo", REQUEST));
        }
        for (RawEntry entry : RawEntry.values()) {
            uses.put("RAW_" + entry.name(), () -> entry.call(plugin, 1, BYTES).length);
        }
        uses.put("FAILING_CALL", () -> plugin.call("fail", "{\"code\":7}"));
        uses.put("FAILING_SUBMIT", () -> plugin.submit("fail", "{\"code\":7}").get());
        uses.put("FORK", this::fork);
        uses.put("CANCEL", () -> {
            CompletableFuture<String> future = plugin.submit("echo", "{\"message\":\"hi\"}");
            return future.cancel(true) || future.isDone();
        });
        uses.put("STATS", () -> plugin.stats().capacity());
        uses.put("STATE", plugin::state);
        uses.put("LEVEL", () -> {
            plugin.setLogLevel(LogLevel.ERROR);
            return "set";
        });
        uses.put("REJECTED", plugin::rejectedCount);
        return uses;
    }

    private Object fork() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            Fork<String> fork = block.fork("echo", "{\"message\":\"hi\"}");
            block.join();
            return fork.get();
        }
    }

    private void descendToTheEnd() {
        levels = LEVELS;
        try {
            descend();
        } catch (StackOverflowError asMeant) {
            overflows++;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private void descend() {
        try {
            descend();
        } finally {
            use();
        }
    }

    /** On each of the last levels another one. */
    private void use() {
        if (levels > 0) {
            levels--;
            try {
                Object unused = uses[next++ % uses.length].make();
            } catch (StackOverflowError tooDeep) {
                overflows++;
            } catch (Throwable whatever) {
                Thread.onSpinWait(); // it is looked at below
            }
        }
    }

    private static Object result(Use use) {
        try {
            return use.make();
        } catch (Throwable thrown) {
            return thrown;
        }
    }
}
