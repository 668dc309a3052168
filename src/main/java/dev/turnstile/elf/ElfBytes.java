package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

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

    /** Makes something of the bytes. */
    interface Use<T extends @Nullable Object> {
        T of(ElfBytes bytes) throws IOException;
    }

    /**
     * Makes something of the bytes of a file. An interrupt neither ends it, as it would with a channel of its own, nor is lost.
     *
     * @param use is begun anew after an interrupt
     */
    static <T extends @Nullable Object> T readFrom(Path file, Use<T> use) throws IOException {
        boolean isInterrupted = false;
        try {
            while (true) {
                isInterrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return use.of(new ElfBytes(channel::read, channel.size()));
                } catch (ClosedByInterruptException interrupted) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
