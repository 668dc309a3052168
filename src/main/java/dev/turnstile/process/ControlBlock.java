package dev.turnstile.process;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The page of memory that both sides share: numbers in the machine's byte order, each of those that are waited for on a cache line of its own.
 *
 * <p>What the other side has written is not believed: whoever reads a length checks it.
 */
final class ControlBlock {
    static final int SIZE = 4096;

    /** "TRNS", to tell this file from any other. */
    static final int MAGIC = 0x54524E53;

    /** To be raised with every change of what lies where, or of what it means. */
    static final int VERSION = 2;

    // What lies where, in bytes.
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 4;
    /** The number of the last request, and that of the last response. */
    static final int REQUEST = 64;

    static final int RESPONSE = 128;
    /** How often a side was woken, and whether it sleeps, or is about to. */
    static final int CHILD_WOKEN = 192;

    static final int PARENT_WOKEN = 256;
    static final int CHILD_SLEEPS = 320;
    static final int PARENT_SLEEPS = 384;
    /** The number of the request that the child has begun to carry out. */
    static final int BEGUN = 448;
    /** The head of the request. */
    static final int OPERATION = 512;

    static final int ID = 516;
    static final int HEAD_LENGTH = 520;
    static final int BODY_LENGTH = 524;
    static final int REQUEST_AREA = 528;
    /** Tells the log lines of the call from others. */
    static final int NUMBER = 532;
    /** The head of the response. */
    static final int KIND = 576;

    static final int CODE = 580;
    static final int LENGTH = 584;
    static final int RESPONSE_AREA = 588;
    /** How many log lines were sent before it. */
    static final int LINES = 592;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();

    private final ByteBuffer bytes;

    private ControlBlock(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static ControlBlock create(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            SharedArea.writeZeros(channel, 0, SIZE);
            ControlBlock made = new ControlBlock(map(channel));
            made.set(VERSION_AT, VERSION);
            made.set(MAGIC_AT, MAGIC);
            return made;
        }
    }

    static ControlBlock open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ControlBlock found = new ControlBlock(map(channel));
            if (found.get(MAGIC_AT) != MAGIC || found.get(VERSION_AT) != VERSION) {
                throw new IOException(file + " is not of this version of Turnstile: it has the mark "
                        + Integer.toHexString(found.get(MAGIC_AT)) + " and the version " + found.get(VERSION_AT)
                        + " instead of " + Integer.toHexString(MAGIC) + " and " + VERSION);
            }
            return found;
        }
    }

    private static MappedByteBuffer map(FileChannel channel) throws IOException {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Reads what was written before the other side let this one see it. */
    int get(int at) {
        return (int) INT.getVolatile(bytes, at);
    }

    /** Writes, and lets the other side see all that was written before. */
    void set(int at, int value) {
        INT.setVolatile(bytes, at, value);
    }

    int getAndSet(int at, int value) {
        return (int) INT.getAndSet(bytes, at, value);
    }

    void increment(int at) {
        int unused = (int) INT.getAndAdd(bytes, at, 1);
    }

    /** Reads what was written before a number that has been read by {@link #get}. */
    int plain(int at) {
        return (int) INT.get(bytes, at);
    }

    /** Writes what the other side is to see by a later {@link #set}. */
    void setPlain(int at, int value) {
        INT.set(bytes, at, value);
    }
}
