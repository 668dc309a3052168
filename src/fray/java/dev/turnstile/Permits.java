package dev.turnstile;

import java.util.concurrent.Semaphore;

/** {@link Semaphore#tryAcquire()} as the JDK has it: Fray lets an interrupt end it with an exception. */
final class Permits {
    private Permits() {}

    static boolean tryAcquire(Semaphore permits) {
        boolean interrupted = false;
        while (true) {
            try {
                boolean acquired = permits.tryAcquire();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return acquired;
            } catch (Throwable thrown) {
                if (!(thrown instanceof InterruptedException)) { // which the compiler does not expect here
                    throw thrown;
                }
                interrupted = true;
            }
        }
    }
}
