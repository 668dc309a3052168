package dev.turnstile.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/** Writes ZIP archives with whatever lies in their headers; {@link java.util.zip.ZipOutputStream} tells only the truth. */
final class RawZip {
    static final int UTF_8 = 1 << 11;
    static final int SIZES_FOLLOW = 1 << 3;

    /**
     * What 64 KiB of zeros deflate to, up to a full flush, so that it can be repeated; and the empty last block. Constants,
     * since not every zlib compresses alike.
     */
    private static final byte[] ZEROS =
            HexFormat.of().parseHex("ecc101010000008090feafee080a" + "00".repeat(63) + "6a000000ffff");

    private static final byte[] LAST = {0x03, 0x00};

    /** One of the two headers of an entry: the one before its data, or the one in the directory. */
    static final class Header {
        byte[] name;
        int flags = UTF_8;
        int method;
        int crc;
        long compressed;
        long size;

        private Header copy() {
            Header copy = new Header();
            copy.name = name;
            copy.flags = flags;
            copy.method = method;
            copy.crc = crc;
            copy.compressed = compressed;
            copy.size = size;
            return copy;
        }
    }

    /** An entry: its data, and what is said of it in both places. */
    static final class Entry {
        final Header local;
        final Header directory;
        private final byte[] data;
        private byte[] extra = new byte[0];
        private long attributes;
        /** Where the directory says that the header is; negative for where it is. */
        private long header = -1;
        /** Whether there is no header and no data, only the directory's word. */
        private boolean phantom;

        private Entry(Header header, byte[] data) {
            this.local = header;
            this.directory = header.copy();
            this.data = data;
        }

        /** Tells the same lie in both places. */
        Entry says(Consumer<Header> lie) {
            lie.accept(local);
            lie.accept(directory);
            return this;
        }

        Entry directorySays(Consumer<Header> lie) {
            lie.accept(directory);
            return this;
        }

        Entry headerSays(Consumer<Header> lie) {
            lie.accept(local);
            return this;
        }

        /** Is of a Unix file type and mode. */
        Entry mode(int mode) {
            attributes = (long) mode << 16;
            return this;
        }

        Entry extra(byte[] field) {
            extra = field;
            return this;
        }

        Entry headerAt(long offset) {
            header = offset;
            return this;
        }

        /** Is in the directory only, and says that its header is there. */
        Entry onlyInDirectory(long offset) {
            phantom = true;
            return headerAt(offset);
        }

        /** The header and the data, as they are in an archive. */
        byte[] record() {
            ByteBuffer header = ByteBuffer.allocate(30 + local.name.length + data.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0x04034b50)
                    .putShort((short) 20);
            put(header, local);
            return header.putShort((short) local.name.length)
                    .putShort((short) 0)
                    .put(local.name)
                    .put(data)
                    .array();
        }

        private byte[] directoryRecord(long offset) {
            ByteBuffer record = ByteBuffer.allocate(46 + directory.name.length + extra.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0x02014b50)
                    .putShort((short) 0x314) // Unix, 2.0
                    .putShort((short) 20);
            put(record, directory);
            return record.putShort((short) directory.name.length)
                    .putShort((short) extra.length)
                    .putShort((short) 0) // comment
                    .putShort((short) 0) // disk
                    .putShort((short) 0) // internal attributes
                    .putInt((int) attributes)
                    .putInt((int) offset)
                    .put(directory.name)
                    .put(extra)
                    .array();
        }

        private static void put(ByteBuffer record, Header header) {
            record.putShort((short) header.flags)
                    .putShort((short) header.method)
                    .putShort((short) 0) // time
                    .putShort((short) 0x21) // 1980-01-01
                    .putInt(header.crc)
                    .putInt((int) header.compressed)
                    .putInt((int) header.size);
        }
    }

    /** The end record, as it is unless changed. */
    static final class End {
        int disk;
        int entriesHere;
        int entries;
        long directorySize;
        long directoryAt;
        byte[] comment = new byte[0];
    }

    private final List<Entry> entries = new ArrayList<>();
    private Consumer<End> lie = end -> {};

    /** An entry that is stored as it is. */
    static Entry stored(String name, byte[] content) {
        Header header = header(name, content);
        header.compressed = content.length;
        return new Entry(header, content);
    }

    /** An entry of zeros, deflated 800 to 1. */
    static Entry zeros(String name, int chunksOf64KiB) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        CRC32 crc = new CRC32();
        byte[] chunk = new byte[1 << 16];
        for (int i = 0; i < chunksOf64KiB; i++) {
            data.writeBytes(ZEROS);
            crc.update(chunk);
        }
        data.writeBytes(LAST);
        Header header = header(name, new byte[0]);
        header.method = 8;
        header.crc = (int) crc.getValue();
        header.size = (long) chunksOf64KiB << 16;
        header.compressed = data.size();
        return new Entry(header, data.toByteArray());
    }

    private static Header header(String name, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        Header header = new Header();
        header.name = name.getBytes(StandardCharsets.UTF_8);
        header.size = content.length;
        header.crc = (int) crc.getValue();
        return header;
    }

    RawZip add(Entry entry) {
        entries.add(entry);
        return this;
    }

    Entry entry(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        return entries.stream()
                .filter(entry -> Arrays.equals(entry.local.name, wanted))
                .findFirst()
                .orElseThrow();
    }

    /** How many bytes precede what is added next. */
    int size() {
        return entries.stream()
                .filter(entry -> !entry.phantom)
                .mapToInt(entry -> entry.record().length)
                .sum();
    }

    RawZip endSays(Consumer<End> change) {
        lie = change;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            directory.writeBytes(entry.directoryRecord(entry.header < 0 ? zip.size() : entry.header));
            if (!entry.phantom) {
                zip.writeBytes(entry.record());
            }
        }
        End end = new End();
        end.entriesHere = entries.size();
        end.entries = entries.size();
        end.directorySize = directory.size();
        end.directoryAt = zip.size();
        lie.accept(end);
        zip.writeBytes(directory.toByteArray());
        zip.writeBytes(ByteBuffer.allocate(22 + end.comment.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x06054b50)
                .putShort((short) end.disk)
                .putShort((short) end.disk)
                .putShort((short) end.entriesHere)
                .putShort((short) end.entries)
                .putInt((int) end.directorySize)
                .putInt((int) end.directoryAt)
                .putShort((short) end.comment.length)
                .put(end.comment)
                .array());
        return zip.toByteArray();
    }
}
