package dev.turnstile.plugin;

import dev.turnstile.bundle.ExtractedLibrary;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A started instance of a library file, shared by the {@link NativePlugin}s that are bound to it, each on a thread of its own.
 *
 * <p>The protocol: the count of bindings is 1 from the start, and goes up only from above 0. Whoever takes it down to 0 shuts
 * the instance down: by then nobody uses the handle, and nobody gets it any more.
 */
final class NativeInstance {
    private static final Logger log = LoggerFactory.getLogger(NativeInstance.class);

    private final PluginLibrary library;
    private final LogRelay relay;
    private final MemorySegment handle;
    private final @Nullable ExtractedLibrary own;
    private final AtomicInteger bindings = new AtomicInteger(1);

    private NativeInstance(
            PluginLibrary library, LogRelay relay, MemorySegment handle, @Nullable ExtractedLibrary own) {
        this.library = library;
        this.relay = relay;
        this.handle = handle;
        this.own = own;
    }

    /**
     * Starts an instance and binds the current thread to it.
     *
     * @param library the file, which errors name
     * @param own what is loaded in its place, if the instance has that for itself: removed when it ends, or does not start
     * @param call tells what the current thread calls
     */
    static NativeInstance start(
            Path library,
            @Nullable ExtractedLibrary own,
            PluginConfig config,
            PluginLogListener listener,
            CallInProgress call) {
        boolean started = false;
        try {
            Objects.requireNonNull(listener, "listener");
            byte[] json = config.toJson(JsonCodec.SNAKE_CASE); // before there is an instance, which nothing can destroy
            PluginLibrary loaded = PluginLibrary.load(own == null ? library : own.file(), library);
            NativeInstance instance = start(loaded, own, json, new LogRelay(listener), call);
            started = true;
            return instance;
        } finally {
            if (!started && own != null) {
                own.close();
            }
        }
    }

    private static NativeInstance start(
            PluginLibrary library, @Nullable ExtractedLibrary own, byte[] json, LogRelay relay, CallInProgress call) {
        library.log().attach(relay, call);
        boolean started = false;
        try (NativeBuffer config = new NativeBuffer()) {
            MemorySegment handle = handle(library, config.fill(json, 1), json.length, relay);
            NativeInstance instance = new NativeInstance(library, relay, handle, own);
            started = true;
            return instance;
        } finally {
            relay.endStart();
            if (!started) {
                library.log().detach(relay, call);
            }
        }
    }

    private static MemorySegment handle(PluginLibrary library, MemorySegment config, int length, LogRelay relay) {
        MemorySegment instance = library.create(config, length);
        if (instance.address() == 0) {
            throw notStarted(library, "could not create an instance", relay);
        }
        MemorySegment handle = library.init(instance, config, length);
        if (handle.address() == 0) {
            throw notStarted(library, "did not start", relay);
        }
        return handle;
    }

    private static PluginLoadException notStarted(PluginLibrary library, String what, LogRelay relay) {
        return PluginLoadException.notStarted("The plugin " + library.name() + " " + what, relay.endStart());
    }

    PluginLibrary library() {
        return library;
    }

    /** For those who are bound only. */
    MemorySegment handle() {
        return handle;
    }

    /**
     * Binds the current thread too.
     *
     * @param call tells what it calls
     * @throws IllegalStateException if the last one bound has gone
     */
    void bind(CallInProgress call) {
        if (bindings.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw closed();
        }
        library.log().attach(relay, call);
    }

    /** Frees the current thread from its binding; if no other is left, shuts the instance down, as long as that takes. */
    void unbind(CallInProgress call) {
        boolean last = bindings.decrementAndGet() == 0;
        try {
            if (last && !library.shutdown(handle)) {
                log.warn("The plugin {} says that it did not shut down properly", library.name());
            }
        } finally {
            library.log().detach(relay, call);
            if (last && own != null) {
                own.close();
            }
        }
    }

    IllegalStateException closed() {
        return new IllegalStateException("The plugin " + library.name() + " is closed");
    }
}
