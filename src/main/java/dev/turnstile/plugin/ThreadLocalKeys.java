package dev.turnstile.plugin;

import dev.turnstile.bundle.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The thread-local keys of the process ({@code pthread_key_create}), of which Linux has 1,024. Rust's runtime takes one for each loaded copy of a plugin and
 * keeps it; if there is none left, it ends the JVM.
 */
final class ThreadLocalKeys {
    /** What must be left: a load may take some, and other threads of the process as well. */
    private static final int RESERVE = 16;

    /**
     * Whether the next load is the first one, and the application's own: nothing has taken keys before it, and it need not wait until the functions can be
     * called.
     */
    private static final AtomicBoolean IS_FIRST =
            new AtomicBoolean(ClassLoader.getSystemClassLoader().equals(ThreadLocalKeys.class.getClassLoader()));

    private ThreadLocalKeys() {}

    /**
     * Passes if the process has keys for one more load.
     *
     * @throws PluginLoadException with the way out, if it has not
     */
    static void require() {
        boolean isKnown = Addresses.CREATE.isPresent() && Addresses.DELETE.isPresent();
        if (isKnown && !IS_FIRST.getAndSet(false) && !canTake(RESERVE)) {
            throw new PluginLoadException("The plugin is not loaded: the process has fewer than " + RESERVE
                    + " thread-local keys left. A plugin in Rust takes one with each load, restart and swap, keeps it"
                    + " until the process ends, and would end the JVM if there were none. Restart the JVM, and load a"
                    + " plugin once instead of for each use");
        }
    }

    /** Takes so many keys, if there are as many, and gives them back. */
    private static boolean canTake(int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys =
                    arena.allocate(count * ValueLayout.JAVA_INT.byteSize(), ValueLayout.JAVA_INT.byteAlignment());
            int taken = 0;
            try {
                while (taken < count && take(keys.asSlice(taken * ValueLayout.JAVA_INT.byteSize()))) {
                    taken++;
                }
                return taken == count;
            } finally {
                for (int i = 0; i < taken; i++) {
                    giveBack(keys.getAtIndex(ValueLayout.JAVA_INT, i));
                }
            }
        }
    }

    private static boolean take(MemorySegment key) {
        try {
            return (int) Functions.CREATE.invokeExact(key, MemorySegment.NULL) == 0;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void giveBack(int key) {
        try {
            int unused = (int) Functions.DELETE.invokeExact(key);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Where the functions are. They are looked for at the first load, which has descriptors left. */
    private static final class Addresses {
        private static final Optional<MemorySegment> CREATE = find("pthread_key_create");
        private static final Optional<MemorySegment> DELETE = find("pthread_key_delete");

        /** Elsewhere keys are no numbers of 32 bits. */
        private static Optional<MemorySegment> find(String function) {
            return Platform.host().system().equals("linux")
                    ? Linker.nativeLinker().defaultLookup().find(function)
                    : Optional.empty();
        }
    }

    /** What {@code pthread_key_create} takes and returns. */
    static FunctionDescriptor createDescriptor() {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    }

    /** What {@code pthread_key_delete} takes and returns. */
    static FunctionDescriptor deleteDescriptor() {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    }

    /** The functions, if their addresses are known. */
    static final class Functions {
        private static final MethodHandle CREATE = function(Addresses.CREATE, createDescriptor());
        private static final MethodHandle DELETE = function(Addresses.DELETE, deleteDescriptor());

        private static MethodHandle function(Optional<MemorySegment> address, FunctionDescriptor descriptor) {
            return Linker.nativeLinker().downcallHandle(address.orElseThrow(), descriptor);
        }
    }
}
