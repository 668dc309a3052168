package dev.turnstile.plugin;

import dev.turnstile.abi.rb_log_callback;
import dev.turnstile.internal.CarriedContext;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The log callback of a library file. The plugin may call it on any thread at any time, so it is never freed; but it keeps nothing of this library (see
 * {@link WeakUpcall}). It catches everything, since an exception that escapes an upcall ends the JVM.
 *
 * <p>On the plugin's thread it does as little as possible: it copies the line and hands it to the {@link LogRelay} of an instance. The
 * instances of one file share the callback, which does not say whose line it is. On a thread that is bound to one instance, the line is
 * that instance's; on a thread bound to several, it belongs to the one that is being called. On any other thread it goes to the instance
 * that was bound last, and if none is bound, to the one that ended last.
 */
final class PluginLog {
    static final int LONGEST_TARGET = 1024;
    private static final long LONGEST_MESSAGE = 1 << 20;

    /** What the callback calls, and does not keep. */
    private final MethodHandle line = target();

    private final MemorySegment callback = WeakUpcall.allocate(line, rb_log_callback.descriptor());
    private final CopyOnWriteArrayList<Binding> bindings = new CopyOnWriteArrayList<>();
    private volatile @Nullable LogRelay lastEnded;
    private final LongAdder lost = new LongAdder();

    private MethodHandle target() {
        rb_log_callback.Function function = this::line;
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            rb_log_callback.Function.class,
                            "apply",
                            rb_log_callback.descriptor().toMethodType())
                    .bindTo(function);
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError(missing.getMessage(), missing);
        }
    }

    /** The function pointer for {@code plugin_init}. */
    MemorySegment callback() {
        return callback;
    }

    /**
     * From here on, this relay gets lines from the current thread, with the call that it makes, and lines from threads that are bound to no instance.
     */
    void attach(LogRelay relay, CallInProgress call) {
        bindings.add(new Binding(Thread.currentThread(), relay, call));
    }

    /** Unbinds the current thread, also if its instance did not start. Its lines are then treated as those of any thread. */
    void detach(LogRelay relay, CallInProgress call) {
        lastEnded = relay;
        for (Binding binding : bindings) {
            if (binding.thread == Thread.currentThread() && binding.relay == relay && binding.call == call) {
                bindings.remove(binding);
                return;
            }
        }
    }

    private void line(byte level, MemorySegment target, MemorySegment message, long length) {
        try {
            Binding binding = binding();
            LogRelay relay = binding == null ? lastEnded : binding.relay;
            if (relay == null) {
                lose(); // nobody has ever been attached
                return;
            }
            String tag = binding != null && binding.thread.equals(Thread.currentThread()) ? binding.call.tag() : null;
            relay.offer(
                    new PluginLogLine(
                            LogLevel.ofLine(Byte.toUnsignedInt(level)),
                            cString(target, LONGEST_TARGET),
                            message(message, length),
                            tag),
                    CarriedContext.ofThisAction());
        } catch (Throwable thrown) {
            lose();
        }
    }

    /** The current thread's own binding, preferably one that is calling; else the newest; {@code null} if there is none. */
    private @Nullable Binding binding() {
        Thread current = Thread.currentThread();
        @Nullable Binding newest = null;
        @Nullable Binding own = null;
        for (Binding binding : bindings) {
            newest = binding;
            if (binding.thread == current && (own == null || !own.call.isMade())) {
                own = binding;
            }
        }
        return own != null ? own : newest;
    }

    private void lose() {
        try {
            lost.increment();
        } catch (Throwable alsoNoMemory) {
            // Not even a count is possible, and there is nobody to tell. The JVM lives.
        }
    }

    /** Copies a C string of at most {@code limit} bytes; NULL is empty. */
    static String cString(MemorySegment string, int limit) {
        if (string.address() == 0) {
            return "";
        }
        MemorySegment bounded = string.reinterpret(limit);
        int length = 0;
        while (length < limit && bounded.get(ValueLayout.JAVA_BYTE, length) != 0) {
            length++;
        }
        return text(bounded.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Copies a message; of a long one the beginning, with how much is missing. */
    private static String message(MemorySegment message, long length) {
        if (message.address() == 0 || length == 0) {
            return "";
        }
        if (Long.compareUnsigned(length, LONGEST_MESSAGE) <= 0) {
            return text(message.reinterpret(length).toArray(ValueLayout.JAVA_BYTE));
        }
        byte[] begin = message.reinterpret(LONGEST_MESSAGE + 1).toArray(ValueLayout.JAVA_BYTE);
        int end = Utf8.lastBoundary(begin);
        return new String(begin, 0, end, StandardCharsets.UTF_8) + "… (" + Long.toUnsignedString(length - end)
                + " bytes more)";
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** A thread that calls an instance, where the instance's lines go, and what the thread calls. */
    private static final class Binding {
        private final Thread thread;
        private final LogRelay relay;
        private final CallInProgress call;

        Binding(Thread thread, LogRelay relay, CallInProgress call) {
            this.thread = thread;
            this.relay = relay;
            this.call = call;
        }
    }
}
