package dev.turnstile.plugin;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Loads a plugin while the process has no thread-local key left, with just too few, with just enough, and often after that. */
final class ThreadLocalKeysProgram {
    private static final int ENOUGH = 16;

    private ThreadLocalKeysProgram() {}

    public static void main(String[] arguments) throws Throwable {
        Path library = Path.of(arguments[0]);
        NativePlugin.load(library).close(); // the first one is not checked
        Linker linker = Linker.nativeLinker();
        MethodHandle create = linker.downcallHandle(
                linker.defaultLookup().find("pthread_key_create").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        MethodHandle delete = linker.downcallHandle(
                linker.defaultLookup().find("pthread_key_delete").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        Deque<Integer> taken = new ArrayDeque<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
            while ((int) create.invokeExact(key, MemorySegment.NULL) == 0) {
                taken.add(key.get(ValueLayout.JAVA_INT, 0));
            }
        }
        System.out.println("none left: " + LoadOutcome.of(library));
        for (int left = 1; left <= ENOUGH; left++) {
            int unused = (int) delete.invokeExact((int) taken.remove());
            if (left >= ENOUGH - 1) {
                System.out.println(left + " left: " + LoadOutcome.of(library));
            }
        }
        for (int again = 0; again < 2 * ENOUGH; again++) {
            NativePlugin.load(library).close(); // the check keeps none
        }
        System.out.println("all loaded");
    }
}
