package dev.turnstile.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Short requests that the application hands over before it waits for their responses, in memory that both sides share. The child takes them one by one, in order.
 *
 * <p>The protocol. Each place has a word for its state. The application writes a request into the next place, if that is {@link #EMPTY}, and makes it {@link
 * #READY}. From there the child makes it {@link #RUNNING} and then {@link #DONE}; or {@link #EXPIRED}, if it may not begin any more. Or the application makes it {@link #TAKEN_BACK}; or {@link
 * #CONFIRMED}: its turn has come, so it may begin at any time. Each of these moves is a compare-and-set, so one side wins. The application makes the place EMPTY when it has
 * read the response, or has seen that the request expired; the child, when it comes by one that was taken back.
 *
 * <p>After a response that may tell of the plugin's end the child begins only what is CONFIRMED: the application first asks in what state the plugin is.
 *
 * <p>A response is in the same place if it is short, and otherwise in the area for responses, which the child does not use again before the application has read it.
 */
final class CallRing {
    static final int PLACES = 32;
    static final int PLACE_SIZE = 2048;

    static final int EMPTY = 0;
    static final int READY = 1;
    static final int RUNNING = 2;
    static final int DONE = 3;
    static final int TAKEN_BACK = 4;
    static final int EXPIRED = 5;
    static final int CONFIRMED = 6;

    // What lies where in a place, in bytes.
    static final int STATE = 0;
    static final int OPERATION = 4;
    static final int ID = 8;
    /** Tells the log lines of the call from others. */
    static final int NUMBER = 12;

    static final int HEAD_LENGTH = 16;
    static final int BODY_LENGTH = 20;
    /** The moment after which it is not to begin, by the system's monotonic clock; 0 for none. */
    static final int NOT_AFTER = 24;

    static final int KIND = 32;
    static final int CODE = 36;
    static final int LENGTH = 40;
    /** The size of the area for responses if the response is there; 0 if it is here. */
    static final int AREA = 44;
    /** How many log lines were sent before the response. */
    static final int LINES = 48;

    static final int REQUEST_AT = 64;
    static final int RESPONSE_AT = 1024;
    static final int LONGEST_REQUEST = RESPONSE_AT - REQUEST_AT;
    static final int LONGEST_RESPONSE = PLACE_SIZE - RESPONSE_AT;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();

    private final ByteBuffer bytes;

    /** @param bytes zeros at first */
    CallRing(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Returns the place after another one. */
    static int after(int place) {
        return (place + 1) % PLACES;
    }

    int state(int place) {
        return (int) INT.getVolatile(bytes, place * PLACE_SIZE + STATE);
    }

    /** Makes it that, and lets the other side see all that was written before. */
    void setState(int place, int state) {
        INT.setVolatile(bytes, place * PLACE_SIZE + STATE, state);
    }

    boolean move(int place, int from, int to) {
        return INT.compareAndSet(bytes, place * PLACE_SIZE + STATE, from, to);
    }

    int get(int place, int field) {
        return (int) INT.get(bytes, place * PLACE_SIZE + field);
    }

    void set(int place, int field, int value) {
        INT.set(bytes, place * PLACE_SIZE + field, value);
    }

    long notAfter(int place) {
        return (long) LONG.get(bytes, place * PLACE_SIZE + NOT_AFTER);
    }

    void setNotAfter(int place, long moment) {
        LONG.set(bytes, place * PLACE_SIZE + NOT_AFTER, moment);
    }

    /** Copies bytes into a place. */
    void write(int place, int at, byte[] from) {
        bytes.put(place * PLACE_SIZE + at, from);
    }

    /** Copies bytes out of a place. */
    byte[] read(int place, int at, int length) {
        byte[] copy = new byte[length];
        bytes.get(place * PLACE_SIZE + at, copy);
        return copy;
    }
}
