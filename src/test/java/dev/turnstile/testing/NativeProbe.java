package dev.turnstile.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Reads the counters, and works the gates, that the C demo plugin keeps beside the ABI: what the native side saw, also after
 * a plugin was shut down. The counters belong to the library file, all instances together.
 */
public final class NativeProbe {
    private final SymbolLookup symbols;

    public NativeProbe(Path library) {
        this(SymbolLookup.libraryLookup(library, Arena.global()));
    }

    private NativeProbe(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** Looks into a library that is loaded, although its file may be gone: the system's loader knows it by its name. */
    public static NativeProbe ofLoaded(String file) {
        return new NativeProbe(SymbolLookup.libraryLookup(file, Arena.global()));
    }

    /** Returns the counter {@code turnstile_probe_<name>}. */
    public long count(String name) {
        return call("turnstile_probe_" + name);
    }

    public void reset() {
        callVoid("turnstile_probe_reset");
    }

    /** Lets the calls in {@code block} go, and those still to come. */
    public void openGate(int gate) {
        callVoid("turnstile_gate_open", gate);
    }

    /** Makes the next call of {@code block} wait. */
    public void closeGate(int gate) {
        callVoid("turnstile_gate_close", gate);
    }

    /** Waits until this many calls have come to the gate since it was closed. */
    public void awaitEntered(int gate, long calls) {
        Eventually.isTrue(calls + " calls in gate " + gate, () -> call("turnstile_gate_entered", gate) >= calls);
    }

    /** Calls any exported function that takes unsigned 32-bit numbers and returns a 64-bit one. */
    public long call(String name, int... arguments) {
        try {
            return (long) handle(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts(arguments)))
                    .invokeWithArguments(boxed(arguments));
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    /** Calls any exported function that takes unsigned 32-bit numbers and returns nothing. */
    public void callVoid(String name, int... arguments) {
        try {
            handle(name, FunctionDescriptor.ofVoid(layouts(arguments))).invokeWithArguments(boxed(arguments));
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    private MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor);
    }

    private static MemoryLayout[] layouts(int... arguments) {
        MemoryLayout[] layouts = new MemoryLayout[arguments.length];
        java.util.Arrays.fill(layouts, ValueLayout.JAVA_INT);
        return layouts;
    }

    private static Object[] boxed(int... arguments) {
        return java.util.Arrays.stream(arguments).boxed().toArray();
    }
}
