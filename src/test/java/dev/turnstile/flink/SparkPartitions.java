package dev.turnstile.flink;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.StreamSupport;

/** The snippet of the guide for Spark, without Spark. */
final class SparkPartitions {
    static String bundle;

    /** One pool for each executor, opened when its first task needs it. */
    private static final class OfExecutor {
        static final PluginPool POOL = open();

        private static PluginPool open() {
            try {
                Bundle bundle = Bundle.open(Path.of(SparkPartitions.bundle), BundleTrust.checksumsOnly());
                return PluginPool.load(bundle, 4, PluginConfig.defaults(), PluginOptions.defaults());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
    }

    /** orders.mapPartitions((MapPartitionsFunction<String, String>) SparkPartitions::answers, Encoders.STRING()) */
    static Iterator<String> answers(Iterator<String> orders) {
        Iterable<String> all = () -> orders;
        return StreamSupport.stream(all.spliterator(), false)
                .map(SparkPartitions::answer)
                .iterator();
    }

    private static String answer(String order) {
        try {
            return OfExecutor.POOL.call("echo", order);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cancelled);
        }
    }

    /** For the test; an executor ends with its JVM. */
    static void close() {
        OfExecutor.POOL.close();
    }

    private SparkPartitions() {}
}
