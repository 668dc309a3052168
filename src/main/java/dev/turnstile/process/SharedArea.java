package dev.turnstile.process;

import dev.turnstile.internal.SafeLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that both sides share, for the bytes that go in one direction. Only the side that writes there changes its size, which it tells the
 * other side with each message.
 *
 * <p>What grows is filled with zeros, so that a file system without room is an {@link IOException}: memory behind which there is no room ends the process that
 * touches it.
 */
final class SharedArea implements AutoCloseable {
    private static final SafeLog log = new SafeLog(SharedArea.class);

    private static final int SMALLEST = CallRing.PLACES * CallRing.PLACE_SIZE;

    /** A larger area is made the smallest again when that would have been enough for a while. */
    private static final int LARGEST_KEPT = 1 << 20;

    private static final int WHILE = 64;

    /** The most that Java maps as one. */
    private static final int LARGEST = Integer.MAX_VALUE;

    private final FileChannel channel;
    private ByteBuffer bytes;

    /** How many messages in a row would have fitted into the smallest area. */
    private int small;

    private SharedArea(FileChannel channel, ByteBuffer bytes) {
        this.channel = channel;
        this.bytes = bytes;
    }

    @SuppressWarnings("MustBeClosedChecker") // the channel is closed with the area
    static SharedArea create(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean isMade = false;
        try {
            writeZeros(channel, 0, SMALLEST);
            SharedArea made = new SharedArea(channel, map(channel, SMALLEST));
            isMade = true;
            return made;
        } finally {
            if (!isMade) {
                channel.close();
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the channel is closed with the area
    static SharedArea open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean isMade = false;
        try {
            SharedArea made = new SharedArea(channel, map(channel, SMALLEST));
            isMade = true;
            return made;
        } finally {
            if (!isMade) {
                channel.close();
            }
        }
    }

    private static ByteBuffer map(FileChannel channel, int size) throws IOException {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
    }

    /** Does nothing if there is nothing in between. */
    static void writeZeros(FileChannel channel, long from, long to) throws IOException {
        if (from >= to) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(to - from, SMALLEST));
        long at = from;
        while (at < to) {
            zeros.position(0).limit((int) Math.min(zeros.capacity(), to - at));
            at += channel.write(zeros, at);
        }
    }

    /**
     * For its writer: makes room for a message.
     *
     * @throws IOException if there is no room for it; the area is as it was
     */
    ByteBuffer withRoomFor(long length) throws IOException {
        if (length > LARGEST) {
            throw new IOException("a message of " + length + " bytes: the most is " + LARGEST);
        }
        small = length <= SMALLEST ? small + 1 : 0;
        if (length > bytes.capacity()) {
            resize((int) Math.min(LARGEST, Long.highestOneBit(length - 1) << 1));
        } else if (bytes.capacity() > LARGEST_KEPT && small >= WHILE) {
            resize(SMALLEST);
        }
        return bytes;
    }

    private void resize(int size) throws IOException {
        long before = bytes.capacity();
        boolean isDone = false;
        try {
            writeZeros(channel, before, size);
            bytes = map(channel, size);
            isDone = true;
        } finally {
            cutOff(isDone ? size : before);
        }
    }

    /** Gives back what lies behind. Windows refuses that while it is mapped: it is given back with the file then. */
    private void cutOff(long size) {
        try {
            channel.truncate(size);
        } catch (IOException stillMapped) {
            log.debug("What lies behind {} bytes of shared memory is kept", size, stillMapped);
        }
    }

    /** Takes it for a ring, which has just the size that it was made with. */
    CallRing ring() {
        return new CallRing(bytes);
    }

    int size() {
        return bytes.capacity();
    }

    /**
     * For its reader: looks at a message.
     *
     * @param size how large the writer says that the area is
     * @param length the length of the message
     * @throws IOException if the writer says what cannot be
     */
    ByteBuffer message(int size, long length) throws IOException {
        if (length < 0 || size < SMALLEST || length > size || channel.size() < size) {
            throw new IOException("a message of " + length + " bytes in an area of " + size
                    + " bytes, of which there are " + channel.size());
        }
        if (size != bytes.capacity()) {
            bytes = map(channel, size);
        }
        return bytes;
    }

    /** For the side that made it, when there is no other any more: gives the memory back, which would be held until the mapping is collected. */
    @Override
    public void close() throws IOException {
        try (channel) {
            cutOff(0);
        }
    }
}
