package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.testing.TestPlugins;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The least that hands a call from a virtual thread to one other thread and back: a queue, a worker that never sleeps, and a
 * virtual thread that wakes. No bound, no time limit, no cancel, no close, no counts; nothing for users. What a gate takes
 * longer than this is its own; what this takes longer than the direct call is the JDK's parking and waking of threads.
 */
final class BareHandOver implements Entrance {
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Request> answered = new ConcurrentLinkedQueue<>();
    private final Thread waker = Thread.ofVirtual().unstarted(this::wake);
    private volatile boolean wakerSleeps;

    BareHandOver() {
        Thread worker = new Thread(this::answer, "bare-worker");
        worker.setDaemon(true);
        worker.start();
        waker.start();
    }

    @Override
    public String call(String tag, String json) throws Exception {
        Request request = new Request(Thread.currentThread(), tag, json);
        requests.add(request);
        String answer = request.answer;
        while (answer == null) {
            LockSupport.park(request);
            answer = request.answer;
        }
        return answer;
    }

    private void answer() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            while (true) {
                Request request = requests.poll();
                if (request == null) {
                    Thread.onSpinWait();
                    continue;
                }
                request.answer = plugin.call(request.tag, request.json);
                answered.add(request);
                if (wakerSleeps) {
                    wakerSleeps = false;
                    LockSupport.unpark(waker);
                }
            }
        }
    }

    private void wake() {
        while (true) {
            wakeAnswered();
            wakerSleeps = true;
            if (answered.isEmpty()) {
                LockSupport.park(this);
            }
            wakerSleeps = false;
        }
    }

    private void wakeAnswered() {
        Request request;
        while ((request = answered.poll()) != null) {
            LockSupport.unpark(request.caller);
        }
    }

    private static final class Request {
        private final Thread caller;
        private final String tag;
        private final String json;
        private volatile @Nullable String answer;

        Request(Thread caller, String tag, String json) {
            this.caller = caller;
            this.tag = tag;
            this.json = json;
        }
    }
}
