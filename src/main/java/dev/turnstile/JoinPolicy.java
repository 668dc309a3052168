package dev.turnstile;

/** What decides a {@link FanOut}: when its join has what it waits for, and the forks that are left are cancelled. */
public enum JoinPolicy {
    /** All have to succeed. The first failure decides; the others are cancelled, and {@code join} throws it. */
    ALL_OR_CANCEL {
        @Override
        boolean isDecidedBy(CallState end) {
            return end != CallState.COMPLETED;
        }
    },
    /** One has to succeed. The first success decides, and the others are cancelled; {@code join} throws if all have failed. */
    FIRST_SUCCESS {
        @Override
        boolean isDecidedBy(CallState end) {
            return end == CallState.COMPLETED;
        }
    },
    /** Each runs to its end, whatever becomes of the others; {@code join} throws for none of them. */
    ALL_OUTCOMES {
        @Override
        boolean isDecidedBy(CallState end) {
            return false;
        }
    };

    abstract boolean isDecidedBy(CallState end);
}
