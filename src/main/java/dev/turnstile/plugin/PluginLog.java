package dev.turnstile.plugin;

import dev.turnstile.abi.rb_log_callback;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The log callback of a library file. The plugin calls it on any thread, at any time, for ever; so it lives for ever, and
 * nothing that goes wrong in it reaches the plugin: what escapes an upcall ends the JVM.
 *
 * <p>It does as little as can be on the plugin's thread: it copies the line and hands it to the {@link LogRelay} of an
 * instance. The instances of one file share the callback, which does not say whose line it is: on a thread that owns an
 * instance it is that one's; elsewhere it goes to the instance that was started last of those that live, and when none
 * does, to the one that ended last.
 */
final class PluginLog {
    static final int LONGEST_TARGET = 1024;
    private static final long LONGEST_MESSAGE = 1 << 20;

    private final MemorySegment callback = rb_log_callback.allocate(this::line, Arena.global());
    private final CopyOnWriteArrayList<Owner> owners = new CopyOnWriteArrayList<>();
    private volatile LogRelay lastEnded = new LogRelay(PluginLogListener.slf4j());
    private final LongAdder lost = new LongAdder();

    /** The function pointer for {@code plugin_init}. */
    MemorySegment callback() {
        return callback;
    }

    /** From here on, lines from the current thread, and from threads that own no instance, go to this relay. */
    void attach(LogRelay relay) {
        owners.add(new Owner(Thread.currentThread(), relay));
    }

    /** The current thread's instance is gone, or never came to be; its lines that still come are as from any thread. */
    void detach(LogRelay relay) {
        lastEnded = relay;
        owners.remove(new Owner(Thread.currentThread(), relay));
    }

    private void line(byte level, MemorySegment target, MemorySegment message, long length) {
        try {
            Owner owner = owner();
            LogRelay relay = owner == null ? lastEnded : owner.relay;
            boolean onItsThread = owner != null && owner.thread.equals(Thread.currentThread());
            relay.offer(
                    new PluginLogLine(
                            LogLevel.ofLine(Byte.toUnsignedInt(level)),
                            cString(target, LONGEST_TARGET),
                            text(bytes(message, length)),
                            onItsThread ? relay.call().tag() : null),
                    MDC.getCopyOfContextMap());
        } catch (Throwable thrown) {
            lose();
        }
    }

    /** The one on the current thread, or else the newest; {@code null} if there is none. */
    private @Nullable Owner owner() {
        Thread current = Thread.currentThread();
        @Nullable Owner newest = null;
        @Nullable Owner own = null;
        for (Owner owner : owners) {
            newest = owner;
            own = owner.thread == current ? owner : own;
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

    private static byte[] bytes(MemorySegment message, long length) {
        if (message.address() == 0 || length == 0) {
            return new byte[0];
        }
        boolean cut = Long.compareUnsigned(length, LONGEST_MESSAGE) > 0;
        return message.reinterpret(cut ? LONGEST_MESSAGE : length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The thread that an instance is confined to, and where the instance's lines go. */
    private record Owner(Thread thread, LogRelay relay) {}
}
