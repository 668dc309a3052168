package dev.turnstile.process;

/** The child's end of a {@link CallRing}. For the one thread that carries requests out. */
final class PrefetchReceiver {
    private static final int NONE = -1;

    private final CallRing ring;

    /** Where the next request comes. */
    private int next;

    /** The request that is carried out. */
    private int current = NONE;

    /** The last one whose response is in the area for responses. */
    private int large = NONE;

    /** The next request begins only when its turn has come at the application: it has something to decide before. */
    private boolean isCautious;

    PrefetchReceiver(CallRing ring) {
        this.ring = ring;
    }

    /** Says whether there is a request, past those that were taken back, or that may not begin any more. */
    boolean isAsked() {
        while (true) {
            int state = ring.state(next);
            boolean isPassed = false;
            if (state == CallRing.CONFIRMED || (state == CallRing.READY && !isCautious && !isTooLate())) {
                return true;
            } else if (state == CallRing.READY && !isCautious) {
                isPassed = ring.move(next, CallRing.READY, CallRing.EXPIRED);
            } else if (state == CallRing.TAKEN_BACK) {
                ring.setState(next, CallRing.EMPTY);
                isPassed = true;
            } else {
                return false;
            }
            if (isPassed) {
                next = CallRing.after(next);
            }
        }
    }

    private boolean isTooLate() {
        long notAfter = ring.notAfter(next);
        return notAfter != 0 && System.nanoTime() - notAfter >= 0;
    }

    /** Begins the request that {@link #isAsked} has seen; {@code false} if it was taken back meanwhile, or there was none. */
    boolean begin() {
        if ((isCautious || !ring.move(next, CallRing.READY, CallRing.RUNNING))
                && !ring.move(next, CallRing.CONFIRMED, CallRing.RUNNING)) {
            return false;
        }
        isCautious = false;
        current = next;
        next = CallRing.after(next);
        return true;
    }

    /** From the response to this request on, the next one waits until its turn has come. */
    void beCautious() {
        isCautious = true;
    }

    /** Says whether the request that is carried out came this way. */
    boolean isCurrent() {
        return current != NONE;
    }

    int get(int field) {
        return ring.get(current, field);
    }

    byte[] read(int at, int length) {
        return ring.read(current, CallRing.REQUEST_AT + at, length);
    }

    /** Says whether the area for responses holds one that was not read. */
    boolean isLargeUnread() {
        return large != NONE && ring.state(large) == CallRing.DONE;
    }

    /** Answers. A response that is not in the place is in an area of the given size. */
    void reply(int kind, int code, byte[] answer, int area, int lines) {
        if (area == 0) {
            ring.write(current, CallRing.RESPONSE_AT, answer);
            large = large == current ? NONE : large; // that was another response, which was read long ago
        } else {
            large = current;
        }
        ring.set(current, CallRing.KIND, kind);
        ring.set(current, CallRing.CODE, code);
        ring.set(current, CallRing.LENGTH, answer.length);
        ring.set(current, CallRing.AREA, area);
        ring.set(current, CallRing.LINES, lines);
        ring.setState(current, CallRing.DONE);
        current = NONE;
    }
}
