package dev.turnstile.flink;

import dev.turnstile.CallGroup;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginRequest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.JoinFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the plugin beside the task's thread.
 *
 * <p>The protocol: the task's thread never waits. It makes a call if there is a place at once and nothing waits before it. Otherwise the call goes to the backlog, and one virtual thread waits for places, in the
 * order of the records. {@code outside} counts what is in the backlog, and goes down after a call has its place, so that no later call overtakes the one that the thread is at. Flink's own limit of records
 * in flight bounds the backlog.
 *
 * <p>When the subtask ends, it first gives up its own calls, which nobody wants any more: else closing would run all those in the line. What their futures say then is not told to Flink, for which the operator has ended.
 */
final class PluginAsyncFunction<I, R, O> extends RichAsyncFunction<I, Either<DeadLetter<I>, O>>
        implements CheckpointedFunction, ResultTypeQueryable<Either<DeadLetter<I>, O>> {
    private static final long serialVersionUID = 1L;
    private static final SafeLog log = new SafeLog(PluginAsyncFunction.class);

    private final String name;
    private final PluginDescription description;
    private final ErrorPolicy errorPolicy;
    private final PluginCall<I, R> call;
    private final JoinFunction<I, R, O> result;
    private final @Nullable KeySelector<I, ?> key;

    /** Only for the building of the job. */
    private final transient @Nullable TypeInformation<Either<DeadLetter<I>, O>> type;

    /** What there is while the subtask runs. */
    private transient @Nullable Open open;

    private transient boolean isRestored;

    PluginAsyncFunction(
            PluginOperator operator,
            PluginCall<I, R> call,
            JoinFunction<I, R, O> result,
            @Nullable KeySelector<I, ?> key,
            TypeInformation<Either<DeadLetter<I>, O>> type) {
        this.name = operator.name();
        this.description = operator.plugin();
        this.errorPolicy = operator.errorPolicy();
        this.call = call;
        this.result = result;
        this.key = key;
        this.type = type;
    }

    /** The response alone is the result. */
    static <I, O> JoinFunction<I, O, O> alone() {
        return (record, response) -> response;
    }

    @Override
    public TypeInformation<Either<DeadLetter<I>, O>> getProducedType() {
        return Objects.requireNonNull(type, "type");
    }

    /** A record whose call has no place yet. */
    private record Waiting<I, R, O>(
            I record, PluginRequest<@Nullable R> request, ResultFuture<Either<DeadLetter<I>, O>> to) {}

    @Override
    public void initializeState(FunctionInitializationContext context) {
        isRestored = context.isRestored();
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {} // Flink's operator has the records itself

    @Override
    public void open(OpenContext context) throws Exception {
        ClassLoader job = getRuntimeContext().getUserCodeClassLoader();
        if (description.shared().isPresent()) {
            // What has classes of the job is not to keep its class loader longer than Flink does.
            getRuntimeContext()
                    .registerUserCodeClassLoaderReleaseHookIfAbsent(
                            SharedPlugins.class.getName(), () -> SharedPlugins.OF_PROCESS.closeIdleOf(job));
        }
        PluginLease lease = PluginLease.take(description, job);
        try {
            open = new Open(lease, getRuntimeContext().getTaskInfo(), job);
        } finally {
            if (open == null) {
                lease.close();
            }
        }
    }

    @Override
    public void asyncInvoke(I record, ResultFuture<Either<DeadLetter<I>, O>> to) throws Exception {
        Objects.requireNonNull(open, "open").call(record, to);
    }

    @Override
    public void close() {
        Open ending = open;
        open = null;
        if (ending != null) {
            ending.close();
        }
    }

    /** One subtask that runs. */
    private final class Open {
        final PluginLease lease;
        final TaskInfo task;
        final CallGroup group;
        final PluginCalls calls;
        final BlockingQueue<Waiting<I, R, O>> backlog = new LinkedBlockingQueue<>();
        final AtomicInteger outside = new AtomicInteger();
        final LongAdder deadLetters = new LongAdder();
        final Thread feeder;
        volatile boolean isClosing;

        Open(PluginLease lease, TaskInfo task, ClassLoader job) {
            this.lease = lease;
            this.task = task;
            this.group = new CallGroup(name + " " + task.getTaskNameWithSubtasks());
            // A mapper keeps the classes that it has read, and so the job: a shared plugin is not to have it.
            this.calls = lease.plugin()
                    .withMapper(ofTheJob(lease.options().mapper(), job))
                    .inGroup(group);
            MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup(PluginGauges.GROUP);
            PluginGauges.add(metrics, lease.plugin());
            Gauge<Integer> backlogSize = outside::get;
            metrics.gauge("backlog", backlogSize);
            Gauge<Long> letters = deadLetters::sum;
            metrics.gauge("deadLetters", letters);
            this.feeder = Thread.ofVirtual()
                    .name("turnstile-feeder")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::feed);
            feeder.setContextClassLoader(job);
            feeder.start();
        }

        /** Classes that a response names are the job's, whatever thread reads it. */
        private static JsonMapper ofTheJob(JsonMapper mapper, ClassLoader job) {
            return mapper.rebuild()
                    .typeFactory(mapper.getTypeFactory().withClassLoader(job))
                    .build();
        }

        void call(I record, ResultFuture<Either<DeadLetter<I>, O>> to) throws Exception {
            PluginRequest<@Nullable R> request = call.request(calls, record).inGroup(group); // whatever it had
            if (key != null) {
                Object of = key.getKey(record);
                if (isRestored) {
                    requireOwn(of);
                }
                request = request.withKey(of);
            }
            if (outside.get() == 0) {
                try {
                    settle(record, request.trySubmit(), to);
                    return;
                } catch (TurnstileFullException full) {
                    log.trace("{}: the line is full", name); // the backlog has it from here on
                } catch (RuntimeException failure) {
                    finish(record, null, failure, to);
                    return;
                }
            }
            outside.incrementAndGet();
            backlog.add(new Waiting<>(record, request, to));
        }

        /**
         * A job that is restored with another parallelism gets its records in flight spread over the subtasks, whoever owns their keys. Called for here, they would run beside later records of their keys elsewhere.
         */
        private void requireOwn(Object of) {
            int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                    of, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks());
            if (owner != task.getIndexOfThisSubtask()) {
                throw new IllegalStateException("A record has come to subtask " + task.getIndexOfThisSubtask()
                        + " of the restored operator " + name + ", though subtask " + owner
                        + " has its key: the order within keys would break. Either the job was restored with another"
                        + " parallelism while records were in flight: restore it with the old one, stop it with"
                        + " --drain, and start it from that savepoint with the new one. Or the hash code of the key "
                        + of + " is not the same in each JVM, as that of an enum");
            }
        }

        private void feed() {
            while (!isClosing) {
                try {
                    submit(backlog.take());
                } catch (InterruptedException closing) {
                    log.trace("{}: the subtask ends", name);
                }
            }
        }

        /** Throws nothing: nobody else would go on with the records behind. */
        private void submit(Waiting<I, R, O> next) {
            try {
                settle(next.record(), next.request().submit(), next.to());
            } catch (RuntimeException failure) {
                finish(next.record(), null, failure, next.to());
            } catch (Throwable failure) { // an interrupt, too, of the request's own making unless the subtask ends
                failJob(failure, next.to());
            } finally {
                outside.decrementAndGet();
            }
        }

        private void settle(
                I record, CompletableFuture<@Nullable R> future, ResultFuture<Either<DeadLetter<I>, O>> to) {
            var unused = future.whenComplete((response, failure) -> finish(record, response, failure, to));
        }

        /** Tells Flink what became of a record; all of it is worked out by the task's thread, where whatever throws fails the job. */
        private void finish(
                I record,
                @Nullable R response,
                @Nullable Throwable failure,
                ResultFuture<Either<DeadLetter<I>, O>> to) {
            complete(to, () -> List.of(end(record, response, failure)));
        }

        /**
         * Fails the job. Not by {@link ResultFuture#completeExceptionally}: that ends the record with no result and lets the job fail a moment later, and a checkpoint in between would have lost it.
         */
        private void failJob(Throwable failure, ResultFuture<Either<DeadLetter<I>, O>> to) {
            complete(to, () -> {
                throw CallFailure.thrown(failure);
            });
        }

        private void complete(
                ResultFuture<Either<DeadLetter<I>, O>> to, CollectionSupplier<Either<DeadLetter<I>, O>> end) {
            if (isClosing) {
                return;
            }
            try {
                to.complete(end);
            } catch (RejectedExecutionException ended) { // the task takes nothing more before it closes its operators
                log.trace("{}: the task ends", name);
            }
        }

        private Either<DeadLetter<I>, O> end(I record, @Nullable R response, @Nullable Throwable failure)
                throws Exception {
            if (failure == null && response != null) {
                return Either.Right(result.join(record, response));
            }
            DeadLetter<I> letter = failure == null
                    ? CallFailure.noResponse(record, errorPolicy)
                    : CallFailure.letter(record, failure, errorPolicy);
            deadLetters.increment();
            return Either.Left(letter);
        }

        void close() {
            isClosing = true;
            feeder.interrupt();
            try {
                group.close();
            } finally {
                lease.close();
            }
        }
    }
}
