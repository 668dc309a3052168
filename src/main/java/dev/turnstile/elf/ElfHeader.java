package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of an ELF file.
 *
 * @param isBigEndian whether its numbers are of that order
 * @param type such as {@link #SHARED}
 * @param machine the number of its processor's architecture
 * @param segments its parts, in the order of the file
 */
record ElfHeader(boolean isBigEndian, int type, int machine, List<ElfSegment> segments) {
    /** The type of a shared library. An executable that may lie anywhere in memory has it as well. */
    static final int SHARED = 3;

    private static final int MAGIC = 0x7f454c46;
    private static final int SIZE = 64;
    private static final int SEGMENT = 56;
    private static final int IS_64_BIT = 2;
    private static final int MOST_SEGMENTS = 256;

    /**
     * Reads the head of a file, and sets the order of the numbers that are read after it. A file that is shorter than the segments that it declares is
     * refused: Linux's loader does not check that. It maps what is missing, and the JVM ends with a SIGBUS.
     */
    static ElfHeader read(ElfBytes bytes) throws IOException {
        if (bytes.size() < SIZE) {
            throw new ElfException("it is no ELF file: it has only " + bytes.size() + " bytes");
        }
        ByteBuffer header = bytes.read("the header", 0, SIZE);
        if (header.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC || header.get(4) != IS_64_BIT) {
            throw new ElfException("it is no 64-bit ELF file");
        }
        boolean isBigEndian = header.get(5) == 2;
        ByteOrder order = isBigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        bytes.setOrder(order);
        header.order(order);
        return new ElfHeader(
                isBigEndian, header.getShort(16) & 0xffff, header.getShort(18) & 0xffff, segments(bytes, header));
    }

    private static List<ElfSegment> segments(ElfBytes bytes, ByteBuffer header) throws IOException {
        long at = header.getLong(32);
        int size = header.getShort(54) & 0xffff;
        int count = header.getShort(56) & 0xffff;
        if (count > MOST_SEGMENTS || (count > 0 && size != SEGMENT)) {
            throw new ElfException(
                    "it is a malformed ELF file: it describes " + count + " segments in " + size + " bytes each");
        }
        List<ElfSegment> segments = new ArrayList<>();
        long needed = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = bytes.read("a segment's description", at + (long) i * SEGMENT, SEGMENT);
            ElfSegment segment = new ElfSegment(
                    entry.getInt(0),
                    entry.getInt(4),
                    entry.getLong(8),
                    entry.getLong(16),
                    entry.getLong(32),
                    entry.getLong(40));
            if (segment.type() == ElfSegment.LOAD) {
                long end = segment.offset() + segment.fileSize();
                if (segment.offset() < 0 || segment.fileSize() < 0 || end < 0) {
                    throw new ElfException("it is a malformed ELF file: segment " + i + " is not all in the file");
                }
                needed = Math.max(needed, end);
            }
            segments.add(segment);
        }
        if (needed > bytes.size()) {
            throw new ElfException(
                    "it is cut off: it has " + bytes.size() + " bytes, and " + needed + " are to be loaded");
        }
        return segments;
    }
}
