package dev.turnstile;

/**
 * Says whether to look for something for a moment before parking, by whether that has paid lately. Where it does not (no processor is free for the thread that is waited
 * for, or that comes late), one of three times is enough to notice when it pays again. A hint: read and written without a lock.
 */
final class SpinCredit {
    private static final int MOST = 8;
    private static final int PRICE = 2;

    private int credit = MOST;

    boolean allows() {
        if (credit > 0) {
            return true;
        }
        credit++;
        return false;
    }

    void paid() {
        credit = Math.min(credit + 1, MOST);
    }

    void didNotPay() {
        credit -= PRICE;
    }
}
