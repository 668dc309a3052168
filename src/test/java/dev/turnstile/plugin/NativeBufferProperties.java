package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** The memory that requests and tags are copied to: holds whatever comes, in any order, and keeps no huge one for good. */
class NativeBufferProperties {
    private static final int LARGEST_KEPT = (int) NativeBuffer.LARGEST_KEPT;

    /** What was there before is longer, shorter, or of the same length: none of it may be seen. */
    @Property(tries = 200)
    void fill_afterAnyOthers_holdsTheBytesAndTheZeros(
            @ForAll @Size(min = 1, max = 12) List<byte[]> contents, @ForAll @IntRange(max = 3) int zeros) {
        try (NativeBuffer buffer = new NativeBuffer()) {
            for (byte[] content : contents) {
                assertHolds(content, zeros, buffer.fill(content, zeros));
            }
        }
    }

    /** Lengths around those at which the memory grows, and is given back. */
    @Property(tries = 100)
    void fill_aroundTheSizesAtWhichItGrows_holdsTheBytesAndTheZeros(
            @ForAll("lengths") List<Integer> lengths, @ForAll @IntRange(max = 3) int zeros, @ForAll long seed) {
        Random random = new Random(seed);
        try (NativeBuffer buffer = new NativeBuffer()) {
            for (int length : lengths) {
                byte[] content = new byte[length];
                random.nextBytes(content);

                assertHolds(content, zeros, buffer.fill(content, zeros));
                assertTrue(
                        length + zeros > LARGEST_KEPT || buffer.byteSize() <= LARGEST_KEPT,
                        () -> buffer.byteSize() + " bytes are kept for " + length);
            }
        }
    }

    @Provide
    Arbitrary<List<Integer>> lengths() {
        return Lengths.around(LARGEST_KEPT);
    }

    @Property
    void fill_withAText_holdsItsUtf8(
            @ForAll @Size(min = 1, max = 6) List<@StringLength(max = 600) String> texts,
            @ForAll @IntRange(max = 2) int repeat) {
        try (NativeBuffer buffer = new NativeBuffer()) {
            for (String text : texts) {
                String longer = text.repeat(1 + repeat * 500);
                byte[] bytes = longer.getBytes(UTF_8);
                if (!new String(bytes, UTF_8).equals(longer)) {
                    assertThrows(CodecException.class, () -> buffer.fill(longer));
                    continue;
                }
                assertEquals(bytes.length, buffer.fill(longer));
                assertHolds(bytes, 0, buffer.address().reinterpret(buffer.byteSize()));
            }
        }
    }

    @Property(tries = 200)
    void fill_withATextThatIsAsciiUpToSomewhere_holdsItsUtf8(
            @ForAll @IntRange(max = 700) int ascii, @ForAll @IntRange(max = 700) int more) {
        String text = "x".repeat(ascii) + "ü\u0000😀" + "y".repeat(more);
        try (NativeBuffer buffer = new NativeBuffer()) {
            byte[] bytes = text.getBytes(UTF_8);
            assertEquals(bytes.length, buffer.fill(text));
            assertHolds(bytes, 0, buffer.address().reinterpret(buffer.byteSize()));
            assertThrows(CodecException.class, () -> buffer.fill(text + "\udc00"));
            assertEquals(0, buffer.fill(""));
            assertTrue(buffer.address().address() != 0);
        }
    }

    /** One call after another of a like size finds its memory there: no allocation. */
    @Property(tries = 100)
    void fill_withWhatFits_keepsTheMemory(
            @ForAll @IntRange(max = (1 << 20) - 1) int first, @ForAll @IntRange(max = (1 << 20) - 1) int next) {
        try (NativeBuffer buffer = new NativeBuffer()) {
            MemorySegment before = buffer.fill(new byte[Math.max(first, next)], 1);
            MemorySegment after = buffer.fill(new byte[Math.min(first, next)], 1);

            assertEquals(before, after);
            assertTrue(before.scope().isAlive());
        }
    }

    @Property(tries = 20)
    void smallContent_afterAHugeOne_givesTheMemoryBack(
            @ForAll @IntRange(min = (1 << 20) + 1, max = 1 << 24) int huge,
            @ForAll @IntRange(max = 1 << 18) int small) {
        try (NativeBuffer buffer = new NativeBuffer()) {
            MemorySegment before = buffer.fill(new byte[huge], 0);
            assertTrue(buffer.byteSize() >= huge);

            byte[] content = filled(small);
            assertHolds(content, 1, buffer.fill(content, 1));
            assertFalse(before.scope().isAlive(), "the huge memory is freed");
            assertTrue(buffer.byteSize() <= LARGEST_KEPT, () -> buffer.byteSize() + " bytes are kept");
        }
    }

    @Property(tries = 20)
    void growth_givesTheOldMemoryBack(@ForAll @IntRange(max = 1 << 16) int length) {
        try (NativeBuffer buffer = new NativeBuffer()) {
            MemorySegment before = buffer.fill(filled(length), 0);
            MemorySegment after = buffer.fill(filled((int) buffer.byteSize() + 1), 0);

            assertFalse(before.scope().isAlive());
            assertTrue(after.scope().isAlive());
        }
    }

    @Example
    void close_givesTheMemoryBackAndCanBeRepeated() {
        NativeBuffer buffer = new NativeBuffer();
        MemorySegment memory = buffer.fill(filled(1000), 1);

        buffer.close();
        buffer.close();

        assertFalse(memory.scope().isAlive());
        assertEquals(0, buffer.byteSize());
    }

    @Example
    void close_ofABufferThatWasNeverFilled_doesNothing() {
        NativeBuffer buffer = new NativeBuffer();

        buffer.close();

        assertEquals(0, buffer.byteSize());
    }

    /** Not NULL, whatever came before: a plugin may take that amiss. */
    @Example
    void emptyContent_hasAnAddress() {
        try (NativeBuffer buffer = new NativeBuffer()) {
            assertTrue(buffer.fill(new byte[0], 0).address() != 0);
        }
    }

    private static byte[] filled(int length) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 0x55);
        return content;
    }

    private static void assertHolds(byte[] content, int zeros, MemorySegment memory) {
        assertArrayEquals(
                Arrays.copyOf(content, content.length + zeros),
                memory.asSlice(0, (long) content.length + zeros).toArray(ValueLayout.JAVA_BYTE));
    }
}
