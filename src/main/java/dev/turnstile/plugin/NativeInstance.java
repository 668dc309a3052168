package dev.turnstile.plugin;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.internal.PluginExports;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A started instance of a library file, shared by the {@link NativePlugin}s that are bound to it, each on a thread of its own.
 *
 * <p>The protocol: the count of bindings starts at 1, and goes up only from above 0. The thread that takes it to 0 shuts the instance down:
 * by then nobody uses the handle, and nobody can get it.
 */
final class NativeInstance {
    private final PluginLibrary library;
    private final LogRelay relay;
    private final MemorySegment handle;
    private final @Nullable ExtractedLibrary own;
    private final UniqueState state;
    private final AtomicInteger bindings = new AtomicInteger(1);

    private NativeInstance(
            PluginLibrary library,
            LogRelay relay,
            MemorySegment handle,
            @Nullable ExtractedLibrary own,
            UniqueState state) {
        this.library = library;
        this.relay = relay;
        this.handle = handle;
        this.own = own;
        this.state = state;
    }

    /**
     * Starts an instance and binds the current thread to it.
     *
     * @param check checks the file that is to be loaded
     * @param own the private copy that is loaded, if any; removed when the instance ends or does not start
     * @param config writes what it is started with
     * @param log delivers what the instance logs
     * @param rule what to do about state that the library would share with others
     * @param call tells what the current thread calls
     */
    static NativeInstance start(
            Supplier<CheckedLibrary> check,
            @Nullable ExtractedLibrary own,
            Supplier<StartConfig> config,
            LogDelivery log,
            UniqueState.Rule rule,
            CallInProgress call) {
        boolean started = false;
        UniqueState state = null;
        try {
            StartConfig written = config.get(); // before there is an instance, which nothing can destroy
            CheckedLibrary library = check.get();
            state = UniqueState.claim(library, rule);
            PluginLibrary loaded = PluginLibrary.load(library, state::loaded);
            NativeInstance instance = start(loaded, own, state, written.json(), new LogRelay(log), call);
            started = true; // the instance closes its own file and gives up its claim now
            try {
                instance.setLogLevel(written.level());
                state.warn();
                return instance;
            } catch (Throwable failure) {
                try {
                    instance.unbind(call);
                } catch (Throwable alsoFailed) {
                    failure.addSuppressed(alsoFailed);
                }
                throw failure;
            }
        } finally {
            if (!started) {
                end(state, own);
            }
        }
    }

    private static NativeInstance start(
            PluginLibrary library,
            @Nullable ExtractedLibrary own,
            UniqueState state,
            byte[] json,
            LogRelay relay,
            CallInProgress call) {
        library.log().attach(relay, call);
        boolean started = false;
        try (NativeBuffer config = new NativeBuffer()) {
            MemorySegment handle = handle(library, config.fill(json, 1), json.length, relay);
            NativeInstance instance = new NativeInstance(library, relay, handle, own, state);
            started = true;
            return instance;
        } finally {
            relay.endRecord();
            if (!started) {
                library.log().detach(relay, call);
                relay.end();
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
        return PluginLoadException.notStarted("The plugin " + library.name() + " " + what, relay.endRecord());
    }

    /** Some plugins ignore the level at the start; others heed it only for the first instance of a file. */
    private void setLogLevel(@Nullable LogLevel level) {
        if (level != null && library.capabilities().contains(Capability.LOG_LEVEL)) {
            library.setLogLevel(handle, level);
        }
    }

    PluginLibrary library() {
        return library;
    }

    /** Only for bound threads. */
    MemorySegment handle() {
        return handle;
    }

    /**
     * Binds the current thread too.
     *
     * @param call tells what it calls
     * @throws IllegalStateException if the last binding is gone
     */
    void bind(CallInProgress call) {
        if (bindings.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw closed();
        }
        library.log().attach(relay, call);
    }

    /**
     * Unbinds the current thread. If no binding is left, shuts the instance down, which takes as long as the plugin takes.
     *
     * @throws PluginException if the plugin says that its shutdown failed; the instance has ended nevertheless
     */
    void unbind(CallInProgress call) {
        boolean last = bindings.decrementAndGet() == 0;
        try {
            if (last) {
                shutDown();
            }
        } finally {
            library.log().detach(relay, call);
            if (last) {
                relay.end();
                end(state, own);
            }
        }
    }

    private void shutDown() {
        relay.beginRecord();
        boolean isStopped;
        List<PluginLogLine> logged;
        try {
            isStopped = library.shutdown(handle);
        } finally {
            logged = relay.endRecord();
        }
        if (!isStopped) {
            throw notStopped(library.name(), logged);
        }
    }

    /** Makes the exception for a plugin that says that it did not stop properly, and what it logged meanwhile. */
    static PluginException notStopped(Path name, List<PluginLogLine> logged) {
        StringBuilder words = new StringBuilder("the plugin " + name + " says that it did not stop properly");
        if (!logged.isEmpty()) {
            PluginLogLine.appendAll(words, logged);
        }
        return new PluginException(ErrorCode.SHUTDOWN_FAILED, PluginExports.SHUTDOWN, words.toString());
    }

    private static void end(@Nullable UniqueState state, @Nullable ExtractedLibrary own) {
        try {
            if (state != null) {
                state.close();
            }
        } finally {
            if (own != null) {
                own.close();
            }
        }
    }

    IllegalStateException closed() {
        return new IllegalStateException("The plugin " + library.name() + " is closed");
    }
}
