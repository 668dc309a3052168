package dev.turnstile.flink;

import dev.turnstile.RestartPolicy;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.JoinFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Calls the plugin on the task's own thread, which opens it, calls it and closes it, as an instance without a gate wants it.
 *
 * <p>An instance that panicked is replaced at once, as often as the settings' restarts allow within their time.
 */
final class PluginMapFunction<I, R, O> extends ProcessFunction<I, O> {
    private static final long serialVersionUID = 1L;
    private static final SafeLog log = new SafeLog(PluginMapFunction.class);

    private final String name;
    private final PluginDescription description;
    private final ErrorPolicy errorPolicy;
    private final DirectCall<I, R> call;
    private final JoinFunction<I, R, O> result;
    private final OutputTag<DeadLetter<I>> letters;

    private transient @Nullable Open open;

    PluginMapFunction(
            PluginOperator operator,
            DirectCall<I, R> call,
            JoinFunction<I, R, O> result,
            OutputTag<DeadLetter<I>> letters) {
        this.name = operator.name();
        this.description = operator.plugin();
        this.errorPolicy = operator.errorPolicy();
        this.call = call;
        this.result = result;
        this.letters = letters;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        PluginOptions options = description.optionsMade();
        requireDirect(options);
        open = new Open(options, getRuntimeContext().getUserCodeClassLoader());
    }

    private void requireDirect(PluginOptions options) {
        String without = null;
        if (description.kind() == PluginDescription.Kind.JAVA_PLUGIN) {
            without = "a plugin in Java";
        } else if (description.poolName() != null) {
            without = "sharedInProcess";
        } else if (description.instances() > 1) {
            without = "withInstances";
        } else if (options.isolation().isProcess()) {
            without = "a process of its own";
        } else if (!options.mapper().equals(PluginOptions.defaults().mapper())) {
            without = "a mapper of yours";
        }
        if (without != null) {
            throw new IllegalArgumentException("The operator " + name
                    + " makes direct calls, which have one native instance on the task's thread, and cannot have "
                    + without + ": use ordered instead of direct");
        }
    }

    @Override
    public void processElement(I record, Context context, Collector<O> results) throws Exception {
        Open running = Objects.requireNonNull(open, "open");
        R response;
        try {
            response = call.call(running.plugin, record);
        } catch (PluginException | CodecException failure) {
            context.output(letters, running.letter(record, failure));
            return;
        }
        if (response != null) {
            results.collect(result.join(record, response));
        } else {
            DeadLetter<I> letter = CallFailure.noResponse(record, errorPolicy);
            running.deadLetters.inc();
            context.output(letters, letter);
        }
    }

    @Override
    public void close() {
        Open ending = open;
        open = null;
        if (ending != null) {
            ending.plugin.close();
        }
    }

    /** The instance, and how often it was replaced. */
    private final class Open {
        final PluginOptions options;
        final ClassLoader job;
        final Deque<Long> restarts = new ArrayDeque<>();
        final Counter restarted;
        final Counter deadLetters;
        NativePlugin plugin;

        Open(PluginOptions options, ClassLoader job) throws IOException {
            this.options = options;
            this.job = job;
            MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup(PluginGauges.GROUP);
            this.restarted = metrics.counter("restarts");
            this.deadLetters = metrics.counter("deadLetters");
            this.plugin = PluginOpening.openDirectly(description, options, job);
        }

        /** Replaces the instance if it is dead; throws what the job is to fail with. */
        DeadLetter<I> letter(I record, RuntimeException failure) throws Exception {
            DeadLetter<I> letter = CallFailure.letter(record, failure, errorPolicy);
            if (CallFailure.isPanic(failure) && isDead()) {
                replace(failure);
            }
            deadLetters.inc();
            return letter;
        }

        private boolean isDead() {
            return !plugin.capabilities().contains(Capability.STATE)
                    || plugin.state().equals(PluginState.FAILED);
        }

        private void replace(RuntimeException failure) throws IOException {
            RestartPolicy policy = options.gate().restarts();
            long now = System.nanoTime();
            long within = TimeUnit.NANOSECONDS.convert(policy.within()); // whatever does not fit is for ever
            while (!restarts.isEmpty() && now - restarts.peekFirst() > within) {
                restarts.removeFirst();
            }
            if (restarts.size() >= policy.budget()) {
                throw new IllegalStateException(
                        "The plugin panicked, and was replaced " + restarts.size() + " times within " + policy.within()
                                + " before",
                        failure);
            }
            restarts.addLast(now);
            restarted.inc();
            log.warn("{}: the plugin is replaced: {}", name, failure.getMessage());
            closeQuietly();
            plugin = PluginOpening.openDirectly(description, options, job);
        }

        private void closeQuietly() {
            try {
                plugin.close();
            } catch (RuntimeException failure) { // it is dead
                log.debug("{}: the plugin that panicked was not closed properly", name, failure);
            }
        }
    }
}
