package dev.turnstile;

import dev.turnstile.internal.Relay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who look on at a gate: flight recordings, the log, and the listeners, each of which runs on a thread of its own. When
 * nobody does, all that a call pays is to ask.
 */
final class Observers {
    static final Observers NOBODY = new Observers("nobody", List.of());

    /** A run-time image need not have flight recordings; whoever runs there goes without. */
    static final boolean CAN_RECORD = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final Logger log = LoggerFactory.getLogger(Turnstile.class);

    private final String gate;
    private final List<ListenerRelay> listeners;

    /** @param gate the name of the worker */
    Observers(String gate, List<CallListener> listeners) {
        this.gate = gate;
        this.listeners = listeners.stream()
                .map(listener -> new ListenerRelay(gate, listener))
                .toList();
    }

    /**
     * Loads what a caller at the end of its stack must not be the first to load: a class whose initialization overflows is lost
     * for good. To be called on the worker, which has a stack of its own.
     */
    void load() {
        Observation unused = new Observation(resource -> resource, null);
        unused.report();
        log.trace("{}: calls are {}recorded", gate, isRecorded() ? "" : "not ");
    }

    /** Returns what is to be noted of a call; {@code null} when nobody looks. */
    @Nullable
    Observation begin(Action<?, ?, ?> action, @Nullable Map<String, String> context) {
        if (listeners.isEmpty() && !isRecorded()) {
            return null;
        }
        try {
            return new Observation(action, context);
        } catch (Throwable thrown) { // by the action's own methods: a call does not fail because somebody looks on
            log.error("{}: a call goes unobserved, since its action {} cannot describe itself", gate, action, thrown);
            return null;
        }
    }

    private static boolean isRecorded() {
        return CAN_RECORD && new CallEvent().isEnabled();
    }

    /** Reports calls that have ended. Throws nothing: their owners need not suffer for those who look on. */
    void ended(Observation chain) {
        Observation observation = chain;
        while (observation != null) {
            Observation others = observation.next;
            observation.next = null;
            try {
                report(observation);
            } catch (Throwable thrown) {
                log.error("{}: the end of a call could not be reported", gate, thrown);
            }
            observation = others;
        }
    }

    private void report(Observation ended) {
        ended.record(gate);
        tell(listener -> listener.onEnd(ended.report()), ended.context());
    }

    void stuck(StuckCall call) {
        String stack = call.stackTrace();
        log.warn(
                "{}: a call{} has been in the resource for {}; {} calls wait behind it, and {} callers outside. The"
                        + " worker:{}",
                gate,
                call.tag() == null ? "" : " of " + call.tag(),
                call.running(),
                call.pending(),
                call.waiting(),
                stack);
        if (CAN_RECORD) {
            StuckCallEvent.record(gate, call, stack);
        }
        tell(listener -> listener.onStuck(call), null);
    }

    void lost(String worker, int number, Throwable cause) {
        log.warn("{} lost its resource: {}", worker, String.valueOf(cause));
        record(number, "lost", cause);
        tell(listener -> listener.onLost(number, cause), null);
    }

    void restarted(String worker, int number) {
        log.info("{} has a fresh resource", worker);
        record(number, "restarted", null);
        tell(listener -> listener.onRestarted(number), null);
    }

    void swapped(String worker, int number) {
        log.info("{} has another resource in place of the one before", worker);
        record(number, "swapped", null);
        tell(listener -> listener.onSwapped(number), null);
    }

    private void record(int number, String change, @Nullable Throwable cause) {
        if (CAN_RECORD) {
            InstanceEvent.record(gate, number, change, cause);
        }
    }

    void notClosedInTime(CloseReport report, Duration limit) {
        log.warn("{} did not finish its calls within {}: {}", gate, limit, report);
        record(report);
    }

    void closed(CloseReport report) {
        record(report);
        tell(listener -> listener.onClosed(report), null);
    }

    private void record(CloseReport report) {
        if (CAN_RECORD) {
            CloseEvent.record(gate, report);
        }
    }

    private void tell(Consumer<CallListener> report, @Nullable Map<String, String> context) {
        for (ListenerRelay listener : listeners) {
            listener.offer(report, context);
        }
    }

    private static final class ListenerRelay extends Relay<Consumer<CallListener>> {
        private final String gate;
        private final CallListener listener;

        ListenerRelay(String gate, CallListener listener) {
            super("turnstile-listener");
            this.gate = gate;
            this.listener = listener;
        }

        @Override
        protected void receive(Consumer<CallListener> report) {
            report.accept(listener);
        }

        @Override
        protected void threw(Consumer<CallListener> report, Throwable thrown) {
            log.error("{}: the listener {} threw", gate, listener, thrown);
        }

        @Override
        protected void dropped(long count) {
            log.warn("{}: {} reports were dropped: they came faster than {} took them", gate, count, listener);
        }
    }
}
