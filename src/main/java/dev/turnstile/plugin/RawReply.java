package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The response of a raw call in the plugin's own memory. It can be read only inside the {@link RawReader} that gets it, by the thread that
 * made the call. A read out of bounds, after the reader has returned, or by another thread throws, and never touches other memory. Numbers
 * are in the byte order of the machine, as in a C struct, and need not be aligned.
 *
 * <p>The plugin reuses the object for its next call: a reference that was kept shows the response that is being read at that time, if any.
 */
public final class RawReply {
    /** All memory there is; each access is checked in this class. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Thread owner = Thread.currentThread();
    private long address;
    private long byteSize = -1;

    RawReply() {}

    void begin(MemorySegment data, long length) {
        address = data.address();
        byteSize = address == 0 ? 0 : length;
    }

    void end() {
        byteSize = -1;
    }

    boolean isBeingRead() {
        return byteSize >= 0;
    }

    /**
     * Returns how many bytes the response has.
     *
     * @return 0 or more
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public long byteSize() {
        checkReadable();
        return byteSize;
    }

    /**
     * Reads a byte.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public byte getByte(long offset) {
        return MEMORY.get(ValueLayout.JAVA_BYTE, place(offset, Byte.BYTES));
    }

    /**
     * Reads two bytes.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public short getShort(long offset) {
        return MEMORY.get(ValueLayout.JAVA_SHORT_UNALIGNED, place(offset, Short.BYTES));
    }

    /**
     * Reads four bytes.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public int getInt(long offset) {
        return MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, place(offset, Integer.BYTES));
    }

    /**
     * Reads eight bytes.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public long getLong(long offset) {
        return MEMORY.get(ValueLayout.JAVA_LONG_UNALIGNED, place(offset, Long.BYTES));
    }

    /**
     * Reads four bytes.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public float getFloat(long offset) {
        return MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, place(offset, Float.BYTES));
    }

    /**
     * Reads eight bytes.
     *
     * @param offset where it begins
     * @return the value
     * @throws IndexOutOfBoundsException if it is not within the response
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public double getDouble(long offset) {
        return MEMORY.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, place(offset, Double.BYTES));
    }

    /**
     * Copies bytes out of the response.
     *
     * @param offset where they begin
     * @param target the array to copy them to
     * @param start the index in it of the first one
     * @param length how many
     * @throws IndexOutOfBoundsException if they are not within the response, or do not fit into the array
     * @throws IllegalStateException if the response is not being read
     * @throws WrongThreadException if the current thread did not make the call
     */
    public void copyTo(long offset, byte[] target, int start, int length) {
        Objects.checkFromIndexSize(start, length, target.length);
        MemorySegment.copy(MEMORY, ValueLayout.JAVA_BYTE, place(offset, length), target, start, length);
    }

    /** Returns how long the response is, or that it is not being read. */
    @Override
    public String toString() {
        return byteSize < 0 ? "RawReply[not being read]" : "RawReply[" + byteSize + " bytes]";
    }

    private long place(long offset, long bytes) {
        checkReadable();
        return address + Objects.checkFromIndexSize(offset, bytes, byteSize);
    }

    private void checkReadable() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("The response is read by thread " + owner.getName() + "; thread "
                    + Thread.currentThread().getName() + " may not read it");
        }
        if (byteSize < 0) {
            throw new IllegalStateException("The response is readable only inside the reader that it was given to");
        }
    }
}
