package dev.turnstile;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the resource: it opens it, runs the calls of the {@link Line} one by one, and closes it
 * after the last one. Whatever happens on the way, everybody in the line is told and {@link #awaitEnd} returns.
 */
final class Worker<R> implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final Line<R> line;
    private final Observers observers;
    private final ResourceOpener<? extends R, ?> opener;
    private final ResourceCloser<? super R> closer;
    private final long spinNanos;
    private final Thread thread;
    private final Watchdog watchdog;
    private final Waker<R> waker = new Waker<>();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Throwable openFailure;

    Worker(
            Line<R> line,
            Observers observers,
            ResourceOpener<? extends R, ?> opener,
            ResourceCloser<? super R> closer,
            TurnstileOptions options) {
        this.line = line;
        this.observers = observers;
        this.opener = opener;
        this.closer = closer;
        this.spinNanos = Deadline.nanos(options.idleSpin());
        this.thread = Thread.ofPlatform()
                .name(options.workerName())
                .daemon(options.workerDaemon())
                .stackSize(options.workerStackSize())
                .inheritInheritableThreadLocals(false)
                .unstarted(this);
        this.watchdog = new Watchdog(line, thread, options.stuckAfter(), observers);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    /** Waits until the resource is there; returns why it is not, or {@code null} if it is. */
    @Nullable
    Throwable awaitOpen() throws InterruptedException {
        opened.await();
        return openFailure;
    }

    boolean awaitEnd(Deadline limit) throws InterruptedException {
        return limit.await(ended);
    }

    @Override
    public void run() {
        Throwable failureToClose = null;
        try (waker) {
            R resource = open();
            if (resource != null) {
                try {
                    serve(resource);
                } finally {
                    failureToClose = close(resource);
                }
            }
        } finally {
            watchdog.stop();
            line.ended(failureToClose);
            try {
                if (openFailure == null) {
                    observers.closed(line.report());
                }
            } finally {
                ended.countDown();
            }
        }
    }

    private @Nullable R open() {
        R resource = null;
        try {
            observers.load();
            resource = opener.open();
            if (resource == null) {
                openFailure = new NullPointerException("The opener returned null instead of a resource");
            }
        } catch (Throwable thrown) {
            openFailure = thrown;
        } finally {
            opened.countDown();
        }
        return resource;
    }

    private void serve(R resource) {
        try {
            Call<R, ?> call = await();
            while (call != null) {
                Call<R, ?> next = line.end(call, call.run(resource), waker);
                call = next == null ? await() : next;
            }
        } catch (Throwable death) {
            // What an action throws never comes here: this is the gate's own trouble, out of memory for one.
            line.die(death);
            log.error("{} died; its gate is closed", thread.getName(), death);
        }
    }

    /** Waits for the next call that is to run, and starts it; {@code null} at the end of the line. */
    private @Nullable Call<R, ?> await() {
        Call<R, ?> call = line.take(spinNanos);
        while (call != null && !line.start(call)) {
            call = line.take(spinNanos);
        }
        if (call != null) {
            watchdog.workBegins();
        }
        return call;
    }

    private @Nullable Throwable close(R resource) {
        try {
            closer.close(resource);
            return null;
        } catch (Throwable thrown) {
            log.error("{} could not close its resource", thread.getName(), thrown);
            return thrown;
        }
    }
}
