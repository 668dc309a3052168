package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A ZIP archive in memory, read strictly: whatever two readers could read in two ways is refused.
 *
 * <p>The directory at the end must fill the archive to its last byte, and each of its entries agree with the header before its data,
 * overlap no other, have a safe name, and be neither encrypted nor a link. Declared sizes are checked against the limits before anything is
 * inflated; an entry is inflated when it is read, and must then have exactly the declared size and checksum.
 *
 * <p>Neither {@link java.util.zip.ZipFile} nor {@link java.util.zip.ZipInputStream} will do: the one reads a file that may
 * change under it, the other never sees the directory, which is what other tools go by. Format: PKWARE's APPNOTE.TXT.
 */
final class Archive {
    private static final int END = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;

    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW = 1 << 3;
    private static final int STRONGLY_ENCRYPTED = 1 << 6;
    private static final int UTF_8 = 1 << 11;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    /** The extra field with the name in UTF-8; python's zipfile and Info-ZIP take it for the name. */
    private static final int UNICODE_PATH = 0x7075;

    /** The mode that Unix systems keep in the upper half of the external attributes. */
    private static final int TYPE_MASK = 0xf000;

    private static final int REGULAR = 0x8000;
    private static final int DIRECTORY = 0x4000;
    private static final int SYMBOLIC_LINK = 0xa000;

    /** Below this size the ratio means nothing. */
    private static final int RATIO_FROM = 1 << 20;

    private record Entry(String name, int method, int crc, int compressed, int size, int header, int data) {}

    private final Source source;
    private final ByteBuffer bytes;
    private final BundleLimits limits;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();

    private Archive(Source source, byte[] bytes, BundleLimits limits) {
        this.source = source;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
        this.bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.limits = limits;
    }

    /**
     * Reads the directory of an archive.
     *
     * @param bytes the whole archive; belongs to the result from here on
     */
    static Archive of(Source source, byte[] bytes, BundleLimits limits) {
        Archive archive = new Archive(source, bytes, limits);
        archive.readDirectory();
        archive.refuseOverlaps();
        return archive;
    }

    /** The names, in the order of the directory. */
    SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(entries.sequencedKeySet());
    }

    boolean contains(String name) {
        return entries.containsKey(name);
    }

    /** The inflated size of an entry, or -1 if there is none of that name. */
    int size(String name) {
        Entry entry = entries.get(name);
        return entry == null ? -1 : entry.size;
    }

    private void readDirectory() {
        int end = findEnd();
        int count = unsignedShort(end + 10);
        long size = unsignedInt(end + 12);
        long start = unsignedInt(end + 16);
        if (unsignedShort(end + 4) != 0 || unsignedShort(end + 6) != 0 || unsignedShort(end + 8) != count) {
            throw malformed("it is one part of a split archive");
        }
        if (count == 0xffff || size == 0xffffffffL || start == 0xffffffffL) {
            throw malformed("it is a ZIP64 archive, which no bundle needs to be");
        }
        if (count > limits.entries()) {
            throw limit("it has " + count + " entries, more than the limit of " + limits.entries());
        }
        if (start + size != end) {
            throw malformed("its directory should end at byte " + end
                    + ", where the archive's end record begins, and ends at " + (start + size));
        }
        int at = (int) start;
        long total = 0;
        for (int i = 0; i < count; i++) {
            if (end - at < CENTRAL_SIZE || bytes.getInt(at) != CENTRAL) {
                throw malformed("its directory is damaged at byte " + at);
            }
            int next = at + CENTRAL_SIZE + unsignedShort(at + 28) + unsignedShort(at + 30) + unsignedShort(at + 32);
            if (next > end) {
                throw malformed("its directory is damaged at byte " + at);
            }
            total += readEntry(at, (int) start);
            if (total > limits.totalBytes()) {
                throw limit("its entries inflate to more than the limit of " + limits.totalBytes() + " bytes");
            }
            at = next;
        }
        if (at != end) {
            throw malformed("its directory has more in it than the " + count + " entries that the end record counts");
        }
    }

    private int findEnd() {
        if (bytes.capacity() == 0) {
            throw malformed("it is empty");
        }
        if (isLibrary()) {
            throw malformed("it is a library, not a bundle: load it as one, without a BundleTrust");
        }
        int last = bytes.capacity() - END_SIZE;
        for (int at = last; at >= 0 && at >= last - 0xffff; at--) {
            if (bytes.getInt(at) == END && at + END_SIZE + unsignedShort(at + 20) == bytes.capacity()) {
                return at;
            }
        }
        throw malformed("it is not a ZIP archive, or is cut off: there is no end record");
    }

    /** Says whether it begins as libraries do: ELF, Mach-O (also for several processors), PE. */
    private boolean isLibrary() {
        if (bytes.capacity() < Integer.BYTES) {
            return false;
        }
        int begin = bytes.getInt(0); // the least byte comes first
        return begin == 0x464c457f || begin == 0xfeedfacf || begin == 0xbebafeca || (begin & 0xffff) == 0x5a4d;
    }

    /** Reads one entry of the directory and the header before its data; returns the inflated size. */
    private int readEntry(int at, int directory) {
        int flags = unsignedShort(at + 8);
        String name = name(at + CENTRAL_SIZE, unsignedShort(at + 28), flags);
        refuseSecondName(name, at + CENTRAL_SIZE + unsignedShort(at + 28), unsignedShort(at + 30));
        int method = unsignedShort(at + 10);
        long compressed = unsignedInt(at + 20);
        long size = unsignedInt(at + 24);
        if ((flags & (ENCRYPTED | STRONGLY_ENCRYPTED)) != 0) {
            throw malformed(name, "it is encrypted");
        }
        if (method != STORED && method != DEFLATED) {
            throw malformed(name, "its compression method is " + method + ", but must be 0 (stored) or 8 (deflated)");
        }
        if (method == STORED && compressed != size) {
            throw malformed(name, "it is stored, and its two sizes differ: " + compressed + " and " + size);
        }
        boolean directoryName = name.endsWith("/");
        int type = (bytes.getInt(at + 38) >>> 16) & TYPE_MASK;
        if (type != 0 && type != (directoryName ? DIRECTORY : REGULAR)) {
            throw malformed(
                    name, "it is " + (type == SYMBOLIC_LINK ? "a symbolic link" : "neither a file nor a directory"));
        }
        checkSizes(name, compressed, size);
        int header = checkHeader(at, name, directory);
        long data = (long) header + LOCAL_SIZE + unsignedShort(header + 26) + unsignedShort(header + 28);
        if (data + compressed > directory) {
            throw malformed(name, "its data runs into the directory");
        }
        if (directoryName) {
            if (size != 0) {
                throw malformed(name, "it is a directory with content");
            }
            return 0;
        }
        Entry entry = new Entry(name, method, bytes.getInt(at + 16), (int) compressed, (int) size, header, (int) data);
        if (entries.put(name, entry) != null) {
            throw malformed(name, "there are two entries of this name");
        }
        return (int) size;
    }

    /** Looks among the extra fields of an entry, each of which has an id and a length of two bytes. */
    private void refuseSecondName(String name, int from, int length) {
        int at = from;
        while (at + 4 <= from + length) {
            if (unsignedShort(at) == UNICODE_PATH) {
                throw malformed(name, "it has a second name, which some readers go by (extra field 0x7075)");
            }
            at += 4 + unsignedShort(at + 2);
        }
    }

    private void checkSizes(String name, long compressed, long size) {
        int most = name.equals(Bundle.MANIFEST) ? limits.manifestBytes() : limits.entryBytes();
        if (size > most) {
            throw limit(name, "it inflates to " + size + " bytes, more than the limit of " + most);
        }
        if (size > RATIO_FROM && size / limits.ratio() > compressed) {
            throw limit(
                    name,
                    "it inflates from " + compressed + " to " + size + " bytes, more than " + limits.ratio()
                            + " times");
        }
    }

    /** Checks the header before the data against the directory; returns its position. */
    private int checkHeader(int at, String name, int directory) {
        long header = unsignedInt(at + 42);
        if (header + LOCAL_SIZE + unsignedShort(at + 28) > directory || bytes.getInt((int) header) != LOCAL) {
            throw malformed(name, "there is no header at byte " + header);
        }
        int local = (int) header;
        int length = unsignedShort(local + 26);
        boolean sameName = length == unsignedShort(at + 28)
                && bytes.slice(local + LOCAL_SIZE, length).equals(bytes.slice(at + CENTRAL_SIZE, length));
        boolean sizesFollow = (unsignedShort(local + 6) & SIZES_FOLLOW) != 0;
        boolean same = sameName
                && unsignedShort(local + 6) == unsignedShort(at + 8)
                && unsignedShort(local + 8) == unsignedShort(at + 10)
                && (sizesFollow || bytes.slice(local + 14, 12).equals(bytes.slice(at + 16, 12)));
        if (!same) {
            throw malformed(name, "its header differs from what the directory says of it");
        }
        return local;
    }

    private void refuseOverlaps() {
        TreeMap<Integer, Entry> byPlace = new TreeMap<>();
        for (Entry entry : entries.values()) {
            refuseOverlap(byPlace.put(entry.header, entry), entry);
        }
        Entry before = null;
        for (Entry entry : byPlace.values()) {
            refuseOverlap(before, entry);
            before = entry;
        }
    }

    private void refuseOverlap(@Nullable Entry before, Entry entry) {
        if (before != null && before.data + before.compressed > entry.header) {
            throw malformed(entry.name, "it shares bytes with the entry " + Quoted.of(before.name));
        }
    }

    private String name(int at, int length, int flags) {
        byte[] name = new byte[length];
        bytes.get(at, name);
        String decoded = decode(name, flags);
        if (decoded == null) {
            throw malformed("the entry name " + Quoted.of(new String(name, StandardCharsets.ISO_8859_1)) + " is "
                    + ((flags & UTF_8) != 0 ? "not UTF-8" : "neither ASCII nor marked as UTF-8"));
        }
        String path = decoded.endsWith("/") ? decoded.substring(0, decoded.length() - 1) : decoded;
        String unsafe = EntryNames.whyUnsafe(path);
        if (unsafe != null) {
            throw malformed("the entry name " + Quoted.of(decoded) + " is refused: " + unsafe);
        }
        return decoded;
    }

    private static @Nullable String decode(byte[] name, int flags) {
        boolean utf8 = (flags & UTF_8) != 0;
        try {
            return (utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name))
                    .toString();
        } catch (CharacterCodingException otherwiseEncoded) {
            return null;
        }
    }

    /**
     * Inflates an entry.
     *
     * @return the bytes, of the declared size and checksum; the caller's own
     */
    byte[] read(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw source.refuse(Problem.MISSING, "there is no entry " + Quoted.of(name));
        }
        byte[] content = new byte[entry.size];
        if (entry.method == STORED) {
            bytes.get(entry.data, content);
        } else {
            inflate(entry, content);
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        if ((int) crc.getValue() != entry.crc) {
            throw malformed(
                    name,
                    String.format(
                            "its content is damaged: the archive says CRC-32 %08x, and it has %08x",
                            entry.crc, (int) crc.getValue()));
        }
        return content;
    }

    private void inflate(Entry entry, byte[] content) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes.slice(entry.data, entry.compressed));
            int filled = 0;
            byte[] tooMuch = new byte[1];
            while (!inflater.finished()) {
                int step = filled < content.length
                        ? inflater.inflate(content, filled, content.length - filled)
                        : inflater.inflate(tooMuch);
                if (filled == content.length && step > 0) {
                    throw malformed(
                            entry.name,
                            "its data is damaged: it inflates to more than the " + content.length
                                    + " bytes it declares");
                }
                if (step == 0 && !inflater.finished()) {
                    throw malformed(entry.name, "its data is cut off");
                }
                filled += step;
            }
            if (filled != content.length || inflater.getBytesRead() != entry.compressed) {
                throw malformed(
                        entry.name,
                        "its data is damaged: it inflates to " + filled + " bytes from " + inflater.getBytesRead()
                                + ", and declares " + content.length + " from " + entry.compressed);
            }
        } catch (DataFormatException damaged) {
            throw malformed(entry.name, "its data is damaged: " + damaged.getMessage());
        } finally {
            inflater.end();
        }
    }

    private int unsignedShort(int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private long unsignedInt(int at) {
        return bytes.getInt(at) & 0xffffffffL;
    }

    private BundleException malformed(String what) {
        return source.refuse(Problem.MALFORMED, what);
    }

    private BundleException malformed(String entry, String what) {
        return source.refuse(Problem.MALFORMED, entry, what);
    }

    private BundleException limit(String what) {
        return source.refuse(Problem.LIMIT, what + " (BundleLimits)");
    }

    private BundleException limit(String entry, String what) {
        return source.refuse(Problem.LIMIT, entry, what + " (BundleLimits)");
    }
}
