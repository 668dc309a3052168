package dev.turnstile.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Log lines as they go through a socket: the number of the call, the level, and the lengths and bytes of three texts in UTF-8. Numbers are big-endian. */
final class LogFrames {
    private static final int NO_TEXT = -1;

    /** Longer ones are none of ours. */
    private static final int LONGEST = 64 << 20;

    private LogFrames() {}

    static void write(WritableByteChannel to, int call, int level, String target, String message, @Nullable String tag)
            throws IOException {
        byte[] targetBytes = target.getBytes(StandardCharsets.UTF_8);
        byte[] messageBytes = message.getBytes(StandardCharsets.UTF_8);
        byte[] tagBytes = tag == null ? new byte[0] : tag.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame =
                ByteBuffer.allocate(5 * Integer.BYTES + targetBytes.length + messageBytes.length + tagBytes.length);
        frame.putInt(call);
        frame.putInt(level);
        frame.putInt(targetBytes.length).put(targetBytes);
        frame.putInt(messageBytes.length).put(messageBytes);
        frame.putInt(tag == null ? NO_TEXT : tagBytes.length).put(tagBytes);
        frame.flip();
        while (frame.hasRemaining()) {
            var unused = to.write(frame);
        }
    }

    /** Reads one line and hands it over; {@code false} if there will be no more. */
    static boolean read(DataInputStream from, HostLog log) throws IOException {
        int first = from.read();
        if (first < 0) {
            return false;
        }
        int call = (first << 24) | (from.readUnsignedByte() << 16) | from.readUnsignedShort();
        int level = from.readInt();
        String target = text(from, from.readInt());
        String message = text(from, from.readInt());
        int tagLength = from.readInt();
        log.line(call, level, target, message, tagLength == NO_TEXT ? null : text(from, tagLength));
        return true;
    }

    private static String text(InputStream from, int length) throws IOException {
        if (length < 0 || length > LONGEST) {
            throw new IOException("a log line with a text of " + length + " bytes");
        }
        byte[] bytes = from.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("a log line that ends in the middle");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
