package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** A library of which some bytes are others is read, or refused as {@link ElfFuzzTest} has it, in bounded memory. */
class ElfProperties {
    private static final long MOST_MEMORY = 96 << 20;
    private static final long[] NUMBERS = {0, 1, -1, 8, 16, 4096, 1 << 20, Long.MAX_VALUE, Long.MIN_VALUE};

    private byte @Nullable [] library;

    @BeforeTry
    void read() throws IOException {
        if (library == null) {
            Path cpp = TestPlugins.library("header_state");
            library = Files.readAllBytes(Files.exists(cpp) ? cpp : TestPlugins.demo());
        }
        Assume.that(ByteBuffer.wrap(library).getInt() == 0x7f454c46);
    }

    /** Most of the changes are where the reader looks: in the head, and in the tables that follow it. */
    @Property(tries = 2000)
    void library_withRandomChanges_isReadOrRefused(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int changes) {
        Random random = new Random(seed);
        byte[] bytes = library.clone();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int end = random.nextBoolean() ? 64 + 56 * 12 : bytes.length;
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(Math.min(end, bytes.length) - 8);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> file.putLong(at & ~7, NUMBERS[random.nextInt(NUMBERS.length)]);
                default -> file.putLong(at & ~7, random.nextInt(bytes.length));
            }
        }
        readInBoundedMemory(random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
    }

    /** Entries of the dynamic section that are what they are not: its tables are elsewhere, its names another's. */
    @Property(tries = 2000)
    void library_withRandomEntries_isReadOrRefused(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes)
            throws IOException {
        Random random = new Random(seed);
        byte[] bytes = library.clone();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        ElfBytes whole = ElfBytes.of(bytes);
        ElfSegment dynamic = ElfHeader.read(whole).segments().stream()
                .filter(segment -> segment.type() == ElfSegment.DYNAMIC)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < changes; i++) {
            int at = (int) dynamic.offset() + 16 * random.nextInt((int) dynamic.fileSize() / 16);
            if (random.nextBoolean()) {
                file.putLong(at, random.nextInt(36));
            }
            if (random.nextBoolean()) {
                file.putLong(at + 8, random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(bytes.length));
            }
        }
        readInBoundedMemory(bytes);
    }

    private static void readInBoundedMemory(byte[] bytes) {
        long before = Allocated.bytes();
        ElfFuzzTest.readOrRefused(bytes);
        long used = Allocated.bytes() - before;
        assertTrue(used < MOST_MEMORY, () -> used + " bytes were allocated");
    }
}
