package dev.turnstile.plugin;

import dev.turnstile.abi.FfiBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * The binding of {@link NativePlugin}, text calls only, without an owner: for those contestants that let each caller make its
 * call itself, under a lock of theirs. Never closed.
 */
public final class UnconfinedPlugin {
    private static final int LONGEST = 1 << 16;

    private final PluginLibrary library;
    private final MemorySegment handle;
    private final JsonCodec codec = new JsonCodec();
    private final MemorySegment ffiBuffer = FfiBuffer.allocate(Arena.global());
    private final SegmentAllocator slot = (size, alignment) -> ffiBuffer;
    private final MemorySegment tagBuffer = Arena.global().allocate(256);
    private final MemorySegment requestBuffer = Arena.global().allocate(LONGEST);

    private UnconfinedPlugin(PluginLibrary library, MemorySegment handle) {
        this.library = library;
        this.handle = handle;
    }

    public static UnconfinedPlugin load(Path file) {
        PluginLibrary library = PluginLibrary.load(file);
        MemorySegment handle = library.init(
                library.create(MemorySegment.NULL, 0), Arena.global().allocate(1), 0);
        if (handle.address() == 0) {
            throw new IllegalStateException("The plugin " + file + " did not start");
        }
        return new UnconfinedPlugin(library, handle);
    }

    /** By one thread at a time. */
    public String call(String tag, String json) {
        byte[] tagBytes = Utf8.tag(tag);
        byte[] request = Utf8.request(json);
        MemorySegment.copy(tagBytes, 0, tagBuffer, ValueLayout.JAVA_BYTE, 0, tagBytes.length);
        tagBuffer.set(ValueLayout.JAVA_BYTE, tagBytes.length, (byte) 0);
        MemorySegment.copy(request, 0, requestBuffer, ValueLayout.JAVA_BYTE, 0, request.length);
        MemorySegment reply = library.call(slot, handle, tagBuffer, requestBuffer, request.length);
        try {
            byte[] body = new byte[(int) FfiBuffer.len(reply)];
            MemorySegment.copy(FfiBuffer.data(reply), ValueLayout.JAVA_BYTE, 0, body, 0, body.length);
            if (FfiBuffer.error_code(reply) != 0) {
                throw codec.error(tag, new ErrorReply(FfiBuffer.error_code(reply), body));
            }
            return codec.payloadText(tag, body);
        } finally {
            library.freeBuffer(reply);
        }
    }
}
