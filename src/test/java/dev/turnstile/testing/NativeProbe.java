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
 * a plugin was shut down. The counters belong to the library file, all instances together; in a process of their own, to that process, which tells the last of them when it
 * ends.
 */
public final class NativeProbe {
    private final Function function;

    /** Any exported function that takes unsigned 32-bit numbers. */
    @FunctionalInterface
    private interface Function {
        long call(String name, boolean returns, int... arguments);
    }

    public NativeProbe(Path library) {
        this(SymbolLookup.libraryLookup(library, Arena.global()));
    }

    private NativeProbe(SymbolLookup symbols) {
        this((name, returns, arguments) -> call(symbols, name, returns, arguments));
    }

    private NativeProbe(Function function) {
        this.function = function;
    }

    /** Looks into the process that {@code probe_server.c} is preloaded in. */
    public static NativeProbe atSocket(Path socket) {
        return new NativeProbe((name, returns, arguments) -> ProbeClient.ask(socket, name, arguments));
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
        return function.call(name, true, arguments);
    }

    /** Calls any exported function that takes unsigned 32-bit numbers and returns nothing. */
    public void callVoid(String name, int... arguments) {
        var unused = function.call(name, false, arguments);
    }

    private static long call(SymbolLookup symbols, String name, boolean returns, int... arguments) {
        FunctionDescriptor descriptor = returns
                ? FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts(arguments))
                : FunctionDescriptor.ofVoid(layouts(arguments));
        try {
            Object result = handle(symbols, name, descriptor).invokeWithArguments(boxed(arguments));
            return returns ? (long) result : 0;
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    private static MethodHandle handle(SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
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
