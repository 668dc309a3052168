package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** The bytes of an ELF file, of which pieces are read. A piece that is not all in the file is refused. */
final class ElfBytes {
    /** The largest piece that is held in memory. */
    static final int LARGEST_PIECE = 1 << 16;

    private interface Reader {
        /** Returns how many bytes were read, or -1 at the end of the file. */
        int read(ByteBuffer piece, long offset) throws IOException;
    }

    private final Reader reader;
    private final long size;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private ElfBytes(Reader reader, long size) {
        this.reader = reader;
        this.size = size;
    }

    static ElfBytes of(FileChannel file) throws IOException {
        return new ElfBytes(file::read, file.size());
    }

    static ElfBytes of(byte[] bytes) {
        return new ElfBytes(
                (piece, offset) -> {
                    int length = piece.remaining();
                    piece.put(bytes, Math.toIntExact(offset), length);
                    return length;
                },
                bytes.length);
    }

    long size() {
        return size;
    }

    /** Sets the order of numbers in the pieces that are read from here on. */
    void setOrder(ByteOrder newOrder) {
        order = newOrder;
    }

    /** Says whether a range is in the file; any two numbers are allowed. */
    boolean contains(long offset, long length) {
        return offset >= 0 && length >= 0 && length <= size && offset <= size - length;
    }

    /**
     * Reads a piece.
     *
     * @param what names the piece in the refusal
     */
    ByteBuffer read(String what, long offset, int length) throws IOException {
        if (!contains(offset, length) || length > LARGEST_PIECE) {
            throw new ElfException("it is a malformed ELF file: " + what + " at " + Long.toUnsignedString(offset)
                    + " is not in the file, which has " + size + " bytes");
        }
        ByteBuffer piece = ByteBuffer.allocate(length).order(order);
        while (piece.hasRemaining()) {
            if (reader.read(piece, offset + piece.position()) < 0) {
                throw new ElfException("it became shorter while it was read");
            }
        }
        return piece.flip();
    }
}
