package dev.turnstile.faults.play;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.faults.Fault;
import dev.turnstile.faults.Watch;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a caller may be told. */
final class Truth {
    private final Watch watch;

    Truth(Watch watch) {
        this.watch = watch;
    }

    /** What the caller was told of whether the call had been started; {@code null} if nothing. */
    static Boolean started(Throwable thrown) {
        if (thrown instanceof TurnstileClosedException closed) {
            return closed.started();
        }
        if (thrown instanceof CallTimeoutException timeout) {
            return timeout.started();
        }
        if (thrown instanceof CallCancelledException cancelled) {
            return cancelled.started();
        }
        return thrown instanceof CallInterruptedException interrupted ? interrupted.started() : null;
    }

    /** Says whether it is what was injected, or comes of it, or is what the gate says. */
    boolean is(Throwable thrown, boolean isInterrupted) {
        if (isInjected(thrown)) {
            return true;
        }
        if (isAsked(thrown)) {
            return false;
        }
        Throwable bare = withoutWrapping(thrown);
        return bare instanceof Failure
                || bare.getCause() instanceof Failure
                || bare.getClass().getPackageName().equals("dev.turnstile")
                || (isInterrupted && bare instanceof InterruptedException);
    }

    static Throwable withoutWrapping(Throwable thrown) {
        boolean isWrapping = thrown instanceof ExecutionException || thrown instanceof CompletionException;
        return isWrapping && thrown.getCause() != null ? withoutWrapping(thrown.getCause()) : thrown;
    }

    /** Says whether it tells what an exception threw that was asked what it says. */
    static boolean isAsked(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (Fault.isAsked(cause)) {
                return true;
            }
        }
        return false;
    }

    boolean isInjected(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return watch.thrown() != null && isInjected(thrown, seen);
    }

    private boolean isInjected(Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return false;
        }
        if (thrown.equals(watch.thrown()) || isInjected(thrown.getCause(), seen)) {
            return true;
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (isInjected(suppressed, seen)) {
                return true;
            }
        }
        return false;
    }
}
