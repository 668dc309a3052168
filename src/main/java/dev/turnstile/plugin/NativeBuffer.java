package dev.turnstile.plugin;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Native memory that one thread fills again and again. It grows as needed. If it is larger than {@link #LARGEST_KEPT}, it is freed when the
 * next smaller content comes, so that one huge request does not hold it for good.
 */
final class NativeBuffer implements AutoCloseable {
    static final long LARGEST_KEPT = 1 << 20;

    private static final long SMALLEST = 256;

    private @Nullable Arena arena;
    private MemorySegment memory = MemorySegment.NULL;
    private MemorySegment address = MemorySegment.NULL;

    /** Copies the bytes, followed by {@code zeros} zero bytes, to the start of the memory and returns the memory. */
    MemorySegment fill(byte[] bytes, int zeros) {
        long size = (long) bytes.length + zeros;
        reserve(size);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        for (long i = bytes.length; i < size; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
        }
        return memory;
    }

    /**
     * Encodes the text to the start of the memory and returns the number of bytes.
     *
     * @throws CodecException if it has a lone surrogate, which no UTF-8 can carry
     */
    int fill(String text) {
        int length = text.length();
        reserve(length);
        MemorySegment ascii = memory;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] bytes = Utf8.request(text);
                fill(bytes, 0);
                return bytes.length;
            }
            ascii.set(ValueLayout.JAVA_BYTE, i, (byte) c);
        }
        return length;
    }

    /**
     * The address of the memory for a native call, valid until the next content or {@link #close}. It is a bare address, whose memory the
     * JDK does not keep alive during the call. That is safe, since one thread fills, calls and closes.
     */
    MemorySegment address() {
        return address;
    }

    private void reserve(long size) {
        // Memory even for no bytes: a plugin may not accept NULL.
        if (arena == null || size > memory.byteSize() || (memory.byteSize() > LARGEST_KEPT && size <= LARGEST_KEPT)) {
            resize(Math.max(SMALLEST, size <= LARGEST_KEPT ? Long.highestOneBit(size - 1) << 1 : size));
        }
    }

    long byteSize() {
        return memory.byteSize();
    }

    @SuppressWarnings("MustBeClosedChecker") // closed by the next resize, or by close
    private void resize(long size) {
        close();
        Arena fresh = Arena.ofConfined();
        arena = fresh;
        memory = fresh.allocate(size);
        address = MemorySegment.ofAddress(memory.address());
    }

    @Override
    public void close() {
        Arena old = arena;
        arena = null;
        memory = MemorySegment.NULL;
        address = MemorySegment.NULL;
        if (old != null) {
            old.close();
        }
    }
}
