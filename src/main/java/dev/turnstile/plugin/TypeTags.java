package dev.turnstile.plugin;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;

/**
 * The type tags of a plugin's calls in native memory, each encoded and ended with a NUL once. Programs have few tags. A bound is for
 * programs that generate tags; beyond it a tag lasts until the next one is asked for.
 */
final class TypeTags implements AutoCloseable {
    static final int MOST_KEPT = 64;
    static final int LONGEST_KEPT = 256;

    private final Arena arena = Arena.ofConfined();
    private final HashMap<String, MemorySegment> kept = new HashMap<>();
    private final NativeBuffer other = new NativeBuffer();

    /**
     * Returns the address of the tag for a native call, a bare one as of a {@link NativeBuffer}.
     *
     * @throws IllegalArgumentException if the tag is empty, has a NUL or a lone surrogate
     */
    MemorySegment address(String tag) {
        MemorySegment found = kept.get(tag);
        return found != null ? found : encode(tag);
    }

    private MemorySegment encode(String tag) {
        byte[] bytes = Utf8.tag(tag);
        if (bytes.length > LONGEST_KEPT || kept.size() == MOST_KEPT) {
            other.fill(bytes, 1);
            return other.address();
        }
        MemorySegment memory = arena.allocate(bytes.length + 1L); // zeros, so the NUL is there
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        MemorySegment address = MemorySegment.ofAddress(memory.address());
        kept.put(tag, address);
        return address;
    }

    @Override
    public void close() {
        other.close();
        arena.close();
    }
}
