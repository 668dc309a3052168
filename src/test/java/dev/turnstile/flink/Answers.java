package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Eventually;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.types.Either;

/** What Flink is told of one record. */
final class Answers<O> implements ResultFuture<Either<DeadLetter<String>, O>> {
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    @Override
    public void complete(Collection<Either<DeadLetter<String>, O>> result) {
        told.add(List.copyOf(result));
    }

    @Override
    public void complete(CollectionSupplier<Either<DeadLetter<String>, O>> supplier) {
        told.add(supplier);
    }

    /** Flink ends the record with no result, and lets the job fail a moment later: a checkpoint in between has lost it. */
    @Override
    public void completeExceptionally(Throwable failure) {
        told.add(new AssertionError("The record may be lost", failure));
    }

    boolean isEmpty() {
        return told.isEmpty();
    }

    /** As Flink's task thread does it. */
    private Either<DeadLetter<String>, O> only() throws Exception {
        Object next = Eventually.next("the end of a record", told);
        if (next instanceof AssertionError lost) {
            throw lost;
        }
        @SuppressWarnings("unchecked")
        Collection<Either<DeadLetter<String>, O>> all = next instanceof CollectionSupplier<?> supplier
                ? ((CollectionSupplier<Either<DeadLetter<String>, O>>) supplier).get()
                : (Collection<Either<DeadLetter<String>, O>>) next;
        if (all.size() != 1) {
            throw new AssertionError("Not one: " + all);
        }
        return all.iterator().next();
    }

    O result() throws Exception {
        return only().right();
    }

    DeadLetter<String> letter() throws Exception {
        return only().left();
    }

    /** What the job fails with. */
    Throwable failure() {
        return assertThrows(Throwable.class, this::only);
    }
}
