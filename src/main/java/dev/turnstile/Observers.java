package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.internal.Relay;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The observers of a gate: flight recordings, the log, and the listeners, each of which runs on a thread of its own. If there
 * are none, a call only pays for asking.
 */
final class Observers {
    static final Observers NOBODY = new Observers("nobody", List.of());

    /** False in a run-time image without flight recordings. */
    static final boolean CAN_RECORD = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

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
     * Loads the classes that a caller at the end of its stack must not be the first to load: a class whose initialization overflows
     * is lost for good. To be called on the worker, which has a stack of its own.
     */
    void load() {
        Rehearsal.once();
        CallTrace example = describe(resource -> resource, null, CAN_RECORD);
        if (example != null) {
            example.report();
        }
        GateLog.trace("{}: calls are {}recorded", gate, isRecorded() ? "" : "not ");
    }

    /** Returns the trace for a call; {@code null} if nobody observes. */
    @Nullable
    CallTrace begin(Action<?, ?, ?> action, @Nullable CarriedContext context) {
        boolean isRecorded = isRecorded();
        return listeners.isEmpty() && !isRecorded ? null : describe(action, context, isRecorded);
    }

    private @Nullable CallTrace describe(Action<?, ?, ?> action, @Nullable CarriedContext context, boolean isRecorded) {
        try {
            return new CallTrace(action, context, isRecorded);
        } catch (Throwable thrown) { // by the action's own methods: a call must not fail because it is observed
            GateLog.error("{}: a call goes unobserved, since its action cannot describe itself", gate, thrown);
            return null;
        }
    }

    private static boolean isRecorded() {
        return CAN_RECORD && CallEvent.isRecorded();
    }

    /** Reports calls that have ended. Throws nothing: observers must not disturb the owners of calls. */
    void ended(CallTrace chain) {
        CallTrace observation = chain;
        while (observation != null) {
            CallTrace others = observation.next;
            observation.next = null;
            try {
                observation.record(gate);
                tell(observation, observation.context());
            } catch (Throwable thrown) {
                GateLog.error("{}: the end of a call could not be reported", gate, thrown);
            }
            observation = others;
        }
    }

    void stuck(StuckCall call) {
        String stack = call.stackTrace();
        GateLog.warn(
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
        tell(new Stuck(call), null);
    }

    void lost(String worker, int number, Throwable cause, boolean isServed) {
        GateLog.warn(
                isServed
                        ? "{} lost its resource: {}"
                        : "{} lost its resource, and no restart is left for it: its calls fail until a swap: {}",
                worker,
                GateLog.describe(cause));
        changed(number, "lost", cause, new Lost(number, cause));
    }

    void restarted(String worker, int number) {
        GateLog.info("{} has a fresh resource", worker);
        changed(number, "restarted", null, new Restarted(number));
    }

    void swapped(String worker, int number) {
        GateLog.info("{} has another resource in place of the one before", worker);
        changed(number, "swapped", null, new Swapped(number));
    }

    void renewed(String worker, int number) {
        GateLog.info("{} has a fresh resource in place of one that was worn out", worker);
        changed(number, "renewed", null, new Renewed(number));
    }

    /** Throws nothing: observers must not disturb workers. */
    private void changed(int number, String change, @Nullable Throwable cause, Consumer<CallListener> report) {
        try {
            record(number, change, cause);
            tell(report, null);
        } catch (Throwable thrown) {
            GateLog.error("{}: it could not be reported that an instance was " + change, gate, thrown);
        }
    }

    private void record(int number, String change, @Nullable Throwable cause) {
        if (CAN_RECORD) {
            InstanceEvent.record(gate, number, change, cause);
        }
    }

    void notClosedInTime(CloseReport report, Duration limit) {
        GateLog.warn("{} did not finish within {}: {}", gate, limit, report);
        try {
            record(report);
        } catch (Throwable thrown) {
            GateLog.error("{}: it could not be recorded that the gate is not closed in time", gate, thrown);
        }
    }

    void closed(CloseReport report) {
        try {
            record(report);
            tell(new Closed(report), null);
        } catch (Throwable thrown) {
            GateLog.error("{}: it could not be reported that the gate is closed", gate, thrown);
        }
    }

    private void record(CloseReport report) {
        if (CAN_RECORD) {
            CloseEvent.record(gate, report);
        }
    }

    private void tell(Consumer<CallListener> report, @Nullable CarriedContext context) {
        for (ListenerRelay listener : listeners) {
            listener.offer(report, context);
        }
    }

    // No lambdas: the thread that ends a call may be the first to use one, and may be at the end of its stack.

    private record Stuck(StuckCall call) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onStuck(call);
        }
    }

    private record Lost(int number, Throwable cause) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onLost(number, cause);
        }
    }

    private record Restarted(int number) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onRestarted(number);
        }
    }

    private record Swapped(int number) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onSwapped(number);
        }
    }

    private record Renewed(int number) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onRenewed(number);
        }
    }

    private record Closed(CloseReport report) implements Consumer<CallListener> {
        @Override
        public void accept(CallListener listener) {
            listener.onClosed(report);
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
            GateLog.error("{}: a listener threw", gate, thrown);
        }

        @Override
        protected void dropped(long count) {
            GateLog.warn(
                    "{}: {} reports were dropped: they came faster than a {} took them",
                    gate,
                    count,
                    listener.getClass().getName());
            try {
                listener.onDropped(count);
            } catch (Throwable thrown) {
                GateLog.error("{}: a listener threw when it was told that reports were dropped", gate, thrown);
            }
        }
    }
}
