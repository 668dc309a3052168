package dev.turnstile.plugin;

import dev.turnstile.abi.FfiBuffer;
import dev.turnstile.abi.RbResponse;
import dev.turnstile.abi.plugin_call_fn;
import dev.turnstile.abi.plugin_call_raw_fn;
import dev.turnstile.abi.plugin_create_fn;
import dev.turnstile.abi.plugin_create_with_config_fn;
import dev.turnstile.abi.plugin_free_buffer_fn;
import dev.turnstile.abi.plugin_get_rejected_count_fn;
import dev.turnstile.abi.plugin_get_state_fn;
import dev.turnstile.abi.plugin_init_fn;
import dev.turnstile.abi.plugin_set_log_level_fn;
import dev.turnstile.abi.plugin_shutdown_fn;
import dev.turnstile.abi.rb_response_free_fn;
import dev.turnstile.internal.PluginExports;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A loaded library file: its exports, and the one log callback that its instances share, since a plugin keeps its callback
 * in a static of the file.
 *
 * <p>A library is never unloaded: a plugin may log from a thread of its own at any time, also after it was shut down, and a call of code or
 * of a callback that is gone ends the JVM. So there is one such object for each file, for good; loading the file again finds it.
 */
final class PluginLibrary {
    /** By {@link CheckedLibrary#identity}. */
    private static final ConcurrentHashMap<Object, PluginLibrary> LOADED = new ConcurrentHashMap<>();

    /**
     * Which file was loaded from a path. The system's loader goes by paths: it finds the one that it loaded first, also when there is another file by
     * now. What is loaded keeps its identity, so no later file can have the same.
     */
    private static final ConcurrentHashMap<Path, Object> BY_PATH = new ConcurrentHashMap<>();

    private final Path name;
    private final PluginLog log;
    private final Set<Capability> capabilities;

    private final MemorySegment create;
    private final @Nullable MemorySegment createWithConfig;
    private final MemorySegment init;
    private final MemorySegment call;
    private final MemorySegment freeBuffer;
    private final MemorySegment shutdown;
    private final @Nullable MemorySegment callRaw;
    private final @Nullable MemorySegment responseFree;
    private final @Nullable MemorySegment setLogLevel;
    private final @Nullable MemorySegment getState;
    private final @Nullable MemorySegment getRejectedCount;

    private PluginLibrary(Path name, SymbolLookup symbols) {
        this.name = name;
        Required required = new Required(symbols);
        this.create = required.find(PluginExports.CREATE);
        this.init = required.find(PluginExports.INIT);
        this.call = required.find(PluginExports.CALL);
        this.freeBuffer = required.find(PluginExports.FREE_BUFFER);
        this.shutdown = required.find(PluginExports.SHUTDOWN);
        required.check(name);
        this.createWithConfig = optional(symbols, PluginExports.CREATE_WITH_CONFIG);
        MemorySegment raw = optional(symbols, PluginExports.CALL_RAW);
        MemorySegment rawFree = optional(symbols, PluginExports.RESPONSE_FREE);
        boolean pair = raw != null && rawFree != null;
        this.callRaw = pair ? raw : null;
        this.responseFree = pair ? rawFree : null;
        this.setLogLevel = optional(symbols, PluginExports.SET_LOG_LEVEL);
        this.getState = optional(symbols, PluginExports.GET_STATE);
        this.getRejectedCount = optional(symbols, PluginExports.GET_REJECTED_COUNT);
        Set<Capability> found = EnumSet.noneOf(Capability.class);
        addIf(pair, Capability.RAW_CALLS, found);
        addIf(setLogLevel != null, Capability.LOG_LEVEL, found);
        addIf(getState != null, Capability.STATE, found);
        addIf(getRejectedCount != null, Capability.REJECTED_COUNT, found);
        this.capabilities = Collections.unmodifiableSet(found);
        this.log = new PluginLog();
    }

    /**
     * Loads a file, or finds it loaded.
     *
     * @throws PluginLoadException naming the file and the reason
     */
    static PluginLibrary load(Path library) {
        return load(CheckedLibrary.inPlace(library), () -> {});
    }

    /**
     * The same for a file that was checked.
     *
     * @param onMapped runs when the system's loader has it, so that code of it may have run, also if it is no plugin
     */
    static PluginLibrary load(CheckedLibrary library, Runnable onMapped) {
        NativeAccess.require();
        PluginLibrary loaded = LOADED.computeIfAbsent(library.identity(), identity -> {
            SymbolLookup symbols = open(library, identity);
            onMapped.run();
            return new PluginLibrary(library.name(), symbols);
        });
        onMapped.run();
        return loaded;
    }

    private static SymbolLookup open(CheckedLibrary library, Object identity) {
        Object before = BY_PATH.putIfAbsent(library.file(), identity);
        if (before != null && !before.equals(identity)) {
            throw library.failed(
                    "cannot be loaded: another file was loaded from this path, and stays loaded until the JVM ends;"
                            + " the system's loader would find that one. Load a private copy, which is the default, put"
                            + " each version under a path of its own, or restart the JVM",
                    null);
        }
        boolean isOpen = false;
        try {
            SymbolLookup symbols = open(library);
            isOpen = true;
            return symbols;
        } finally {
            if (!isOpen && before == null) {
                BY_PATH.remove(library.file());
            }
        }
    }

    private static SymbolLookup open(CheckedLibrary library) {
        Path file = library.file();
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException refused) {
            throw library.failed(
                    "cannot be loaded: the system's loader refused it (" + loadersReason(file) + ")"
                            + (library.isCopy() ? ". " + aboutTheCopy(file) : ""),
                    refused);
        }
    }

    private static String aboutTheCopy(Path copy) {
        return "It was loaded from its copy " + copy
                + ". Libraries beside the original are found from there if it names"
                + " them by $ORIGIN (Linux), or if they are in the same directory (macOS). To load the file itself use"
                + " PluginOptions.withLibraryInPlace(true), or NativePlugin.loadInPlace";
    }

    /** The loader's message, which the foreign-function API drops and {@link System#load} gives. */
    private static String loadersReason(Path file) {
        try {
            System.load(file.toString());
            return "it gave no reason";
        } catch (UnsatisfiedLinkError told) {
            return Objects.requireNonNullElse(told.getMessage(), "it gave no reason");
        }
    }

    private static @Nullable MemorySegment optional(SymbolLookup symbols, String name) {
        Optional<MemorySegment> found = symbols.find(name);
        return found.isPresent() ? found.get() : null;
    }

    private static void addIf(boolean there, Capability capability, Set<Capability> capabilities) {
        if (there) {
            capabilities.add(capability);
        }
    }

    /** The name of the file in messages. */
    Path name() {
        return name;
    }

    PluginLog log() {
        return log;
    }

    Set<Capability> capabilities() {
        return capabilities;
    }

    // ---- the exports ----

    /** Creates an instance; NULL if the plugin cannot. Only a plugin with a factory gets {@code configJson}. */
    MemorySegment create(MemorySegment configJson, long length) {
        MemorySegment factory = createWithConfig;
        try {
            return factory == null
                    ? plugin_create_fn.invoke(create)
                    : plugin_create_with_config_fn.invoke(factory, configJson, length);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    /** Starts a created instance, which belongs to the plugin from here on; returns its handle, or NULL. */
    MemorySegment init(MemorySegment instance, MemorySegment configJson, long length) {
        try {
            return plugin_init_fn.invoke(init, instance, configJson, length, log.callback());
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    /** Makes a JSON call; {@code slot} allocates the {@link FfiBuffer} that is returned and owned by the caller. */
    MemorySegment call(
            SegmentAllocator slot, MemorySegment handle, MemorySegment tag, MemorySegment request, long length) {
        try {
            return plugin_call_fn.invoke(call, slot, handle, tag, request, length);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    void freeBuffer(MemorySegment buffer) {
        try {
            plugin_free_buffer_fn.invoke(freeBuffer, buffer);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    /** Makes a raw call; {@code slot} allocates the {@link RbResponse} that is returned and owned by the caller. */
    MemorySegment callRaw(SegmentAllocator slot, MemorySegment handle, int id, MemorySegment request, long length) {
        MemorySegment function = require(callRaw, Capability.RAW_CALLS);
        try {
            return plugin_call_raw_fn.invoke(function, slot, handle, id, request, length);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    void freeResponse(MemorySegment response) {
        MemorySegment function = require(responseFree, Capability.RAW_CALLS);
        try {
            rb_response_free_fn.invoke(function, response);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    boolean shutdown(MemorySegment handle) {
        try {
            return plugin_shutdown_fn.invoke(shutdown, handle);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    void setLogLevel(MemorySegment handle, LogLevel level) {
        MemorySegment function = require(setLogLevel, Capability.LOG_LEVEL);
        try {
            plugin_set_log_level_fn.invoke(function, handle, (byte) level.code());
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    PluginState state(MemorySegment handle) {
        MemorySegment function = require(getState, Capability.STATE);
        try {
            return new PluginState(Byte.toUnsignedInt(plugin_get_state_fn.invoke(function, handle)));
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    long rejectedCount(MemorySegment handle) {
        MemorySegment function = require(getRejectedCount, Capability.REJECTED_COUNT);
        try {
            return plugin_get_rejected_count_fn.invoke(function, handle);
        } catch (AssertionError wrapped) {
            throw unwrap(wrapped);
        }
    }

    private MemorySegment require(@Nullable MemorySegment function, Capability capability) {
        if (function == null) {
            throw new UnsupportedOperationException(
                    "The plugin " + name.getFileName() + " does not export " + capability.exports());
        }
        return function;
    }

    /** The generated bindings wrap what goes wrong before the native call, such as a stack overflow, in an {@code AssertionError}. */
    private static Error unwrap(AssertionError wrapped) {
        Throwable cause = wrapped.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return cause instanceof Error error ? error : wrapped;
    }

    /** Collects all missing exports, so that one message names them all. */
    private static final class Required {
        private final SymbolLookup symbols;
        private final List<String> missing = new ArrayList<>();

        Required(SymbolLookup symbols) {
            this.symbols = symbols;
        }

        MemorySegment find(String name) {
            MemorySegment found = optional(symbols, name);
            if (found == null) {
                missing.add(name);
                return MemorySegment.NULL;
            }
            return found;
        }

        void check(Path name) {
            if (!missing.isEmpty()) {
                throw new PluginLoadException("The library " + name + " " + PluginExports.whyNotPlugin(missing));
            }
        }
    }
}
