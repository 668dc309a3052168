package dev.turnstile.plugin;

/**
 * An array that one thread copies replies to again and again. It grows to what is needed; beyond {@link #LARGEST_KEPT} it is
 * dropped when the next smaller reply comes, as {@link NativeBuffer} does.
 */
final class ReplyBytes {
    static final int LARGEST_KEPT = 1 << 16;

    private static final int SMALLEST = 256;

    private byte[] bytes = new byte[SMALLEST];

    /** Returns the array with room for that many bytes. */
    byte[] withRoomFor(int length) {
        if (length > bytes.length || (bytes.length > LARGEST_KEPT && length <= LARGEST_KEPT)) {
            int wanted = Math.max(SMALLEST, length);
            bytes = new byte[length <= LARGEST_KEPT ? Integer.highestOneBit(wanted - 1) << 1 : length];
        }
        return bytes;
    }

    byte[] array() {
        return bytes;
    }
}
