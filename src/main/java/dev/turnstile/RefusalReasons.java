package dev.turnstile;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Makes the exceptions for refused callers, on the callers' threads. Deaths of workers are recorded under the {@link Monitor}. */
final class RefusalReasons {
    /** Why the gate has no worker any more; {@code null} while it has one, or if it was closed. */
    private volatile @Nullable Throwable end;

    private volatile @Nullable Throwable lastDeath;

    void workerDied(Throwable death) {
        lastDeath = death;
    }

    void lastWorkerIsGone(@Nullable Throwable cause) {
        end = cause;
    }

    /** Returns the exception for the owner of a refused call. */
    RejectedExecutionException of(Call<?, ?> call) {
        Refusal why = call.refusal();
        String fate = call.started()
                ? "; the call was running, its result will be dropped"
                : "; the call was refused and never reached the resource";
        if (why == Refusal.DOWN) {
            return new TurnstileDownException("The resource failed and is being replaced" + fate);
        }
        if (why == Refusal.WORKER_DIED) {
            Throwable death = lastDeath;
            return new TurnstileClosedException(
                    "The worker died (" + GateLog.describe(death) + ")" + fate, call.started(), death);
        }
        if (why == Refusal.SLOT_GONE) {
            return new TurnstileClosedException(
                    "Instance " + call.slotNumber() + " has gone" + fate, call.started(), null);
        }
        return new TurnstileClosedException(whyClosed() + fate, call.started(), end);
    }

    /** Returns the exception for anything but a call on a closed gate. */
    TurnstileClosedException closed() {
        return new TurnstileClosedException(whyClosed(), false, end);
    }

    String whyClosed() {
        Throwable cause = end;
        return cause == null ? "The gate is closed" : "The worker died (" + GateLog.describe(cause) + ")";
    }
}
