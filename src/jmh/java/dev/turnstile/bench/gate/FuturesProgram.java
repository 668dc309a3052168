package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/** In a JVM of its own: how fast many calls are made and joined in each {@linkplain Joined way}, which take turns. */
final class FuturesProgram {
    static final String SUBJECT = "FUTURES";

    /** Of the thread that makes the calls. */
    static final long PLATFORM = 0;

    static final long VIRTUAL = 1;

    private static final int TIMES = 3;

    private FuturesProgram() {}

    public static void main(String[] arguments) throws Exception {
        Extent extent = Extent.of(List.of(arguments));
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Joined.Subjects subjects = new Joined.Subjects(
                SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), TestPlugins.IN_PLACE),
                SynchronizedPlugin.load(
                        TestPlugins.demo(), PluginConfig.defaults(), TestPlugins.IN_PLACE.withCapacity(Joined.CALLS)),
                executor.submit(() -> NativePlugin.loadInPlace(TestPlugins.demo()))
                        .get(),
                executor,
                Executors.newVirtualThreadPerTaskExecutor());
        extent.warmUp().repeat(() -> {
            for (Joined way : Joined.values()) {
                way.run(subjects);
                virtually(way, subjects);
            }
        });
        for (int time = 0; time < TIMES; time++) {
            for (Joined way : Joined.values()) {
                Output output = new Output(way.name(), Integer.parseInt(arguments[1]));
                output.put(Measure.JOINED_PER_SECOND, PLATFORM, perSecond(() -> way.run(subjects)));
                output.put(Measure.JOINED_PER_SECOND, VIRTUAL, perSecond(() -> virtually(way, subjects)));
            }
        }
        System.exit(0);
    }

    private static void virtually(Joined way, Joined.Subjects subjects) throws Exception {
        FutureTask<?> task = new FutureTask<>(() -> {
            way.run(subjects);
            return null;
        });
        Thread.startVirtualThread(task);
        task.get();
    }

    private static double perSecond(WarmUp.Round calls) throws Exception {
        System.gc(); // or the futures of one way are collected in the time of another
        long begun = System.nanoTime();
        calls.run();
        return Joined.CALLS * 1e9 / (System.nanoTime() - begun);
    }
}
