package dev.turnstile.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * BLAKE2b (RFC 7693) without a key, by which minisign hashes what it signs. The JDK does not have it. The names are those of the RFC.
 *
 * <p>For one hash, of one thread.
 */
final class Blake2b {
    private static final int BLOCK = 128;

    private static final long[] IV = {
        0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
    };

    private static final byte[][] SIGMA = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}
    };

    private final int length;
    private final long[] h = IV.clone();
    private final long[] v = new long[16];
    private final long[] m = new long[16];

    /** What was put in and is not compressed yet. The last block is compressed differently, so a full one stays until more comes. */
    private final byte[] block = new byte[BLOCK];

    private int filled;
    private long compressed;

    private Blake2b(int length) {
        this.length = length;
        h[0] ^= 0x01010000 ^ length;
    }

    /**
     * Hashes the concatenation of some parts.
     *
     * @param length of the hash: 1 to 64 bytes
     */
    static byte[] hash(int length, byte[]... parts) {
        Blake2b hash = new Blake2b(length);
        for (byte[] part : parts) {
            hash.update(part);
        }
        return hash.end();
    }

    private void update(byte[] part) {
        int at = 0;
        while (at < part.length) {
            if (filled == BLOCK) {
                compressed += BLOCK;
                compress(0);
                filled = 0;
            }
            int step = Math.min(BLOCK - filled, part.length - at);
            System.arraycopy(part, at, block, filled, step);
            filled += step;
            at += step;
        }
    }

    private byte[] end() {
        Arrays.fill(block, filled, BLOCK, (byte) 0);
        compressed += filled;
        compress(-1);
        ByteBuffer hash = ByteBuffer.allocate(h.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : h) {
            hash.putLong(word);
        }
        return Arrays.copyOf(hash.array(), length);
    }

    /**
     * The function F. A hash of 2^64 bytes and more, which needs the upper half of the counter, has no array.
     *
     * @param last all bits set for the last block, else 0
     */
    private void compress(long last) {
        ByteBuffer words = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < m.length; i++) {
            m[i] = words.getLong(i * Long.BYTES);
        }
        System.arraycopy(h, 0, v, 0, h.length);
        System.arraycopy(IV, 0, v, h.length, IV.length);
        v[12] ^= compressed;
        v[14] ^= last;
        for (byte[] s : SIGMA) {
            mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
            mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
            mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
            mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
            mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
            mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
            mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
            mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
        }
        for (int i = 0; i < h.length; i++) {
            h[i] ^= v[i] ^ v[i + h.length];
        }
    }

    /** The function G. */
    private void mix(int a, int b, int c, int d, long x, long y) {
        v[a] += v[b] + x;
        v[d] = Long.rotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = Long.rotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = Long.rotateRight(v[b] ^ v[c], 63);
    }
}
