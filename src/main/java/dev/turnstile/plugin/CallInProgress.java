package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The call that a plugin's thread is making, so that lines logged meanwhile on that thread can name it. It is kept as a number, since a
 * reference would cost each call a memory barrier, and nearly all calls log nothing.
 */
final class CallInProgress {
    /** 0 for none, above it the address of a type tag that ends with a NUL, below it the complement of a message id. */
    private long call;

    void begins(MemorySegment tag) {
        call = tag.address();
    }

    void begins(int messageId) {
        call = ~Integer.toUnsignedLong(messageId);
    }

    void ends() {
        call = 0;
    }

    /** Only for the plugin's thread, like {@link #tag}. */
    boolean isMade() {
        return call != 0;
    }

    /** Returns what is called; {@code null} if no call is made. */
    @Nullable
    String tag() {
        if (!isMade()) {
            return null;
        }
        return call > 0
                ? PluginLog.cString(MemorySegment.ofAddress(call), PluginLog.LONGEST_TARGET)
                : ConfinedPlugin.target((int) ~call);
    }
}
