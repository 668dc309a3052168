package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** The hash of what is signed: the vectors of others, and Bouncy Castle's answer to whatever comes in whatever parts. */
class Blake2bProperties {
    private static String hash(int length, String text) {
        return HexFormat.of().formatHex(Blake2b.hash(length, text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** RFC 7693, appendix A; the others are of the reference implementation's b2sum. */
    @Example
    void vectors() {
        assertEquals(
                "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
                hash(64, "abc"));
        assertEquals(
                "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
                        + "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
                hash(64, ""));
        assertEquals("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8", hash(32, ""));
    }

    /** RFC 7693, appendix E: a hash over the hashes of many lengths, of outputs of several lengths. Those without a key. */
    @Example
    void selfTest_withoutKeys_isThatOfBouncyCastle() {
        for (int output : new int[] {20, 32, 48, 64}) {
            for (int input : new int[] {0, 3, 128, 129, 255, 1024}) {
                byte[] data = new byte[input];
                int a = 0xdead4bad * input;
                int b = 1;
                for (int i = 0; i < input; i++) {
                    int t = a + b;
                    a = b;
                    b = t;
                    data[i] = (byte) (t >>> 24);
                }
                assertArrayEquals(bouncyCastle(output, data), Blake2b.hash(output, data));
            }
        }
    }

    @Property(tries = 500)
    void hash_ofAnyBytesInAnyParts_isThatOfBouncyCastle(
            @ForAll @IntRange(min = 1, max = 64) int length,
            @ForAll @IntRange(max = 1_100) int size,
            @ForAll long seed,
            @ForAll @Size(max = 8) List<@IntRange(max = 1_100) Integer> cuts) {
        byte[] data = new byte[size];
        new Random(seed).nextBytes(data);
        TreeSet<Integer> at = new TreeSet<>(cuts);
        at.removeIf(cut -> cut > size);
        at.add(size);
        byte[][] parts = new byte[at.size()][];
        int from = 0;
        int part = 0;
        for (int to : at) {
            parts[part++] = Arrays.copyOfRange(data, from, to);
            from = to;
        }

        assertArrayEquals(bouncyCastle(length, data), Blake2b.hash(length, parts));
    }

    /** Both sides of every end of a block. */
    @Property
    void hash_ofEachLength_isThatOfBouncyCastle(@ForAll @IntRange(max = 520) int size) {
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) size);
        assertArrayEquals(bouncyCastle(64, data), Blake2b.hash(64, data));
    }

    private static byte[] bouncyCastle(int length, byte[] data) {
        Blake2bDigest digest = new Blake2bDigest(length * Byte.SIZE);
        digest.update(data, 0, data.length);
        byte[] hash = new byte[length];
        digest.doFinal(hash, 0);
        return hash;
    }
}
