package dev.turnstile.bench.binding;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.turnstile.abi.plugin_call_fn;
import dev.turnstile.abi.plugin_call_raw_fn;
import dev.turnstile.abi.plugin_create_fn;
import dev.turnstile.abi.plugin_free_buffer_fn;
import dev.turnstile.abi.plugin_init_fn;
import dev.turnstile.abi.plugin_shutdown_fn;
import dev.turnstile.abi.rb_response_free_fn;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plugin bound the way rustbridge's own Java library binds one, written anew from a description of it, for comparison only.
 * The method handles lie in instance fields, so that no call of them is compiled into its caller. Each call has an arena of its own for
 * what it passes in. The body of an answer becomes a text, the text an object with a tree in it, and the tree a text
 * again; a typed call goes through the text. Theirs uses Jackson 2; this one our Jackson 3.
 */
public final class RustbridgeBinding implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Arena arena = Arena.ofShared();
    private final MethodHandle call;
    private final MethodHandle freeBuffer;
    private final MethodHandle callRaw;
    private final MethodHandle freeResponse;
    private final MethodHandle shutdown;
    private final MemorySegment handle;
    private volatile boolean closed;

    public RustbridgeBinding(Path library) {
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, arena);
        this.call = bind(symbols, "plugin_call", plugin_call_fn.descriptor());
        this.freeBuffer = bind(symbols, "plugin_free_buffer", plugin_free_buffer_fn.descriptor());
        this.callRaw = bind(symbols, "plugin_call_raw", plugin_call_raw_fn.descriptor());
        this.freeResponse = bind(symbols, "rb_response_free", rb_response_free_fn.descriptor());
        this.shutdown = bind(symbols, "plugin_shutdown", plugin_shutdown_fn.descriptor());
        MethodHandle create = bind(symbols, "plugin_create", plugin_create_fn.descriptor());
        MethodHandle init = bind(symbols, "plugin_init", plugin_init_fn.descriptor());
        try {
            MemorySegment instance = (MemorySegment) create.invoke();
            this.handle = (MemorySegment) init.invoke(instance, MemorySegment.NULL, 0L, MemorySegment.NULL);
        } catch (Throwable thrown) {
            throw new IllegalStateException("The plugin cannot be started", thrown);
        }
    }

    private static MethodHandle bind(SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor);
    }

    private record Envelope(
            String status,
            JsonNode payload,
            @JsonProperty("error_code") Integer errorCode,
            @JsonProperty("error_message") String errorMessage,
            @JsonProperty("request_id") Long requestId) {}

    /** A text call. */
    public String call(String tag, String request) {
        checkOpen();
        try (Arena own = Arena.ofConfined()) {
            byte[] tagBytes = tag.getBytes(UTF_8);
            MemorySegment nativeTag = own.allocate(tagBytes.length + 1L);
            MemorySegment.copy(tagBytes, 0, nativeTag, ValueLayout.JAVA_BYTE, 0, tagBytes.length);
            byte[] bytes = request.getBytes(UTF_8);
            MemorySegment nativeRequest = own.allocate(bytes.length);
            nativeRequest.copyFrom(MemorySegment.ofArray(bytes));
            MemorySegment buffer =
                    (MemorySegment) call.invoke(own, handle, nativeTag, nativeRequest, (long) bytes.length);
            return payload(buffer);
        } catch (Throwable thrown) {
            throw new IllegalStateException("The call failed", thrown);
        }
    }

    /** A typed call. */
    <T> T call(String tag, Object request, Class<T> responseType) {
        return MAPPER.readValue(call(tag, MAPPER.writeValueAsString(request)), responseType);
    }

    /** A raw call; the request is in native memory already. */
    byte[] callRaw(int messageId, MemorySegment request) {
        checkOpen();
        try (Arena own = Arena.ofConfined()) {
            MemorySegment response =
                    (MemorySegment) callRaw.invoke(own, handle, messageId, request, request.byteSize());
            return bytes(response);
        } catch (Throwable thrown) {
            throw new IllegalStateException("The raw call failed", thrown);
        }
    }

    private String payload(MemorySegment buffer) throws Throwable {
        MemorySegment data = buffer.get(ValueLayout.ADDRESS, 0);
        long length = buffer.get(ValueLayout.JAVA_LONG, 8);
        int code = buffer.get(ValueLayout.JAVA_INT, 24);
        try {
            String body = new String(data.reinterpret(length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
            Envelope envelope = MAPPER.readValue(body, Envelope.class);
            if (code != 0 || !"success".equals(envelope.status())) {
                throw new IllegalStateException(body);
            }
            return MAPPER.writeValueAsString(envelope.payload());
        } finally {
            freeBuffer.invoke(buffer);
        }
    }

    private byte[] bytes(MemorySegment response) throws Throwable {
        int code = response.get(ValueLayout.JAVA_INT, 0);
        int length = response.get(ValueLayout.JAVA_INT, 4);
        MemorySegment data = response.get(ValueLayout.ADDRESS, 16);
        try {
            if (code != 0 || length == 0) {
                throw new IllegalStateException("code " + code);
            }
            return data.reinterpret(length).toArray(ValueLayout.JAVA_BYTE);
        } finally {
            freeResponse.invoke(response);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The plugin is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            boolean done = (boolean) shutdown.invoke(handle);
            if (!done) {
                throw new IllegalStateException("The plugin says that it did not shut down properly");
            }
        } catch (Throwable thrown) {
            throw new IllegalStateException("The plugin cannot be shut down", thrown);
        } finally {
            arena.close();
        }
    }
}
