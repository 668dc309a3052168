package dev.turnstile.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of Linux that Java has no method for, where this JVM may make them. All go through libc's {@code syscall}, since each function that is linked
 * takes some of a process's start. The numbers are those of the kernel's headers.
 */
final class LinuxCalls {
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int RLIMIT_DATA = 2;
    private static final int RLIMIT_CORE = 4;
    private static final long NANOS_OF_A_SECOND = 1_000_000_000L;

    private final MethodHandle syscall;
    private final long futex;
    private final long setsid;
    private final long prlimit;

    private LinuxCalls(MethodHandle syscall, long futex, long setsid, long prlimit) {
        this.syscall = syscall;
        this.futex = futex;
        this.setsid = setsid;
        this.prlimit = prlimit;
    }

    /** The calls, or {@code null} where there are none: another system or processor, or code that may not call native functions without a warning. */
    static @Nullable LinuxCalls orNull() {
        return Made.CALLS;
    }

    /** What {@code syscall} takes and returns. */
    static FunctionDescriptor descriptor() {
        return FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG);
    }

    /** Made when they are first asked for. */
    private static final class Made {
        private static final @Nullable LinuxCalls CALLS = make();

        private static @Nullable LinuxCalls make() {
            boolean isLinux =
                    System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
            if (!isLinux || !LinuxCalls.class.getModule().isNativeAccessEnabled()) {
                return null;
            }
            return switch (System.getProperty("os.arch", "")) {
                case "amd64" -> new LinuxCalls(link(), 202, 112, 302);
                case "aarch64" -> new LinuxCalls(link(), 98, 157, 261);
                default -> null;
            };
        }

        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find("syscall").orElseThrow(), descriptor());
        }
    }

    private long call(long number, long first, long second, long third, long fourth) {
        try {
            return (long) syscall.invokeExact(number, first, second, third, fourth);
        } catch (Throwable impossible) {
            throw new AssertionError("A system call throws nothing", impossible);
        }
    }

    /** Words in memory that other processes see, too, on which a thread can sleep. */
    final class Futex implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment limit = arena.allocate(2 * Long.BYTES, Long.BYTES);
        private final MemorySegment words;

        Futex(ByteBuffer words) {
            this.words = MemorySegment.ofBuffer(words);
        }

        /** Sleeps while the word has this value, but no longer than some nanoseconds; may end early. Only on the thread that made this. */
        void sleep(int at, int value, long nanos) {
            limit.set(ValueLayout.JAVA_LONG, 0, nanos / NANOS_OF_A_SECOND);
            limit.set(ValueLayout.JAVA_LONG, Long.BYTES, nanos % NANOS_OF_A_SECOND);
            var unused = call(futex, words.address() + at, FUTEX_WAIT, value, limit.address());
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** Wakes who sleeps on a word. */
    void wake(ByteBuffer words, int at) {
        var unused = call(futex, MemorySegment.ofBuffer(words).address() + at, FUTEX_WAKE, 1, 0);
    }

    /** Leaves the session of the parent: what a terminal sends to a group of processes, such as Ctrl-C, does not reach this one. */
    void leaveSession() {
        var unused = call(setsid, 0, 0, 0, 0);
    }

    /** Limits the private memory of this process that can be written, for good; a limit that it has already stays if it is lower. Returns whether the system did so. */
    boolean limitData(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits =
                    arena.allocate(2 * Long.BYTES, Long.BYTES); // that which counts, and the most that it may be
            if (call(prlimit, 0, RLIMIT_DATA, 0, limits.address()) != 0) {
                return false;
            }
            for (int at = 0; at <= Long.BYTES; at += Long.BYTES) {
                long present = limits.get(ValueLayout.JAVA_LONG, at);
                limits.set(ValueLayout.JAVA_LONG, at, Long.compareUnsigned(present, bytes) < 0 ? present : bytes);
            }
            return call(prlimit, 0, RLIMIT_DATA, limits.address(), 0) == 0;
        }
    }

    /** Has no core dumped when this process crashes. */
    void dumpNoCore() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(2 * Long.BYTES, Long.BYTES);
            var unused = call(prlimit, 0, RLIMIT_CORE, none.address(), 0);
        }
    }
}
