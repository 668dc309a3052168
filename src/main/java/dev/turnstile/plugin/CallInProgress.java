package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Which call a plugin's thread is making, so that the lines which the plugin logs meanwhile on that thread can tell. Kept as a
 * number, since a reference would cost each call a memory barrier: nearly all calls log nothing.
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

    /** To be asked on the plugin's thread, as what follows. */
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
