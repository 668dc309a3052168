package dev.turnstile;

/** When a {@link FanOut} is decided: {@code join} stops waiting, and the remaining forks are cancelled. */
public enum JoinPolicy {
    /** All forks must succeed. The first failure decides; the others are cancelled, and {@code join} throws that failure. */
    ALL_OR_CANCEL {
        @Override
        boolean isDecidedBy(CallState end) {
            return end != CallState.COMPLETED;
        }
    },
    /** One fork must succeed. The first success decides, and the others are cancelled; {@code join} throws if all have failed. */
    FIRST_SUCCESS {
        @Override
        boolean isDecidedBy(CallState end) {
            return end == CallState.COMPLETED;
        }
    },
    /** Each fork runs to its end, whether others succeed or fail; {@code join} does not throw if they fail. */
    ALL_OUTCOMES {
        @Override
        boolean isDecidedBy(CallState end) {
            return false;
        }
    };

    abstract boolean isDecidedBy(CallState end);
}
