package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A 64-bit ELF library, as the loader of Linux sees it: by its segments and its dynamic section. Section headers, which may be stripped and
 * which the loader ignores, are not read. Immutable.
 *
 * <p>Any bytes are read or refused in a time that grows with the file's size alone, and in bounded memory.
 */
public final class ElfLibrary {
    private static final int MAGIC = 0x7f454c46;
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int SYMBOL = 24;
    private static final int IS_64_BIT = 2;
    private static final int MOST_SEGMENTS = 256;

    private static final int UNIQUE = 10;
    private static final int UNDEFINED = 0;
    private static final int THREAD_LOCAL = 6;
    private static final long MOST_NAMES = 100_000;
    private static final long MOST_CHARACTERS = 1 << 24;

    private final List<String> needed;
    private final List<String> searchPath;
    private final List<String> uniqueState;

    private ElfLibrary(List<String> needed, List<String> searchPath, List<String> uniqueState) {
        this.needed = List.copyOf(needed);
        this.searchPath = List.copyOf(searchPath);
        this.uniqueState = List.copyOf(uniqueState);
    }

    /**
     * Reads a file.
     *
     * @param file any file
     * @return what it says
     * @throws ElfException if it is not a 64-bit ELF file, or a malformed one
     * @throws IOException if it cannot be read
     */
    public static ElfLibrary read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(ElfBytes.of(channel));
        }
    }

    /** Reads the content of a file. */
    static ElfLibrary read(byte[] file) throws IOException {
        return read(ElfBytes.of(file));
    }

    private static ElfLibrary read(ElfBytes bytes) throws IOException {
        List<ElfSegment> segments = segments(bytes);
        ElfDynamic dynamic = ElfDynamic.read(bytes, segments);
        List<String> searchPath = new ArrayList<>();
        for (long tag : new long[] {ElfDynamic.RPATH, ElfDynamic.RUNPATH}) {
            for (String path : dynamic.names(tag)) {
                searchPath.addAll(List.of(path.split(":")));
            }
        }
        return new ElfLibrary(dynamic.names(ElfDynamic.NEEDED), searchPath, uniqueState(bytes, segments, dynamic));
    }

    private static List<ElfSegment> segments(ElfBytes bytes) throws IOException {
        if (bytes.size() < HEADER) {
            throw new ElfException("it is no ELF file: it has only " + bytes.size() + " bytes");
        }
        ByteBuffer header = bytes.read("the header", 0, HEADER);
        if (header.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC || header.get(4) != IS_64_BIT) {
            throw new ElfException("it is no 64-bit ELF file");
        }
        ByteOrder order = header.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        bytes.setOrder(order);
        header.order(order);
        long at = header.getLong(32);
        int size = header.getShort(54) & 0xffff;
        int count = header.getShort(56) & 0xffff;
        if (count > MOST_SEGMENTS || (count > 0 && size != SEGMENT)) {
            throw new ElfException(
                    "it is a malformed ELF file: it describes " + count + " segments in " + size + " bytes each");
        }
        List<ElfSegment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = bytes.read("a segment's description", at + (long) i * SEGMENT, SEGMENT);
            ElfSegment segment = new ElfSegment(
                    entry.getInt(0),
                    entry.getInt(4),
                    entry.getLong(8),
                    entry.getLong(16),
                    entry.getLong(32),
                    entry.getLong(40));
            boolean isUsed = segment.type() == ElfSegment.LOAD || segment.type() == ElfSegment.DYNAMIC;
            if (isUsed && !bytes.contains(segment.offset(), segment.fileSize())) {
                throw new ElfException("it is a malformed ELF file: segment " + i + " is not all in the file");
            }
            segments.add(segment);
        }
        return segments;
    }

    private static List<String> uniqueState(ElfBytes bytes, List<ElfSegment> segments, ElfDynamic dynamic)
            throws IOException {
        List<String> names = new ArrayList<>();
        ElfSymbols symbols = symbols(bytes, dynamic);
        if (symbols.first() >= symbols.end()) {
            return names;
        }
        if (dynamic.number(ElfDynamic.SYMBOL_SIZE) != SYMBOL) {
            throw new ElfException("it is a malformed ELF file: its symbols are not of " + SYMBOL + " bytes each");
        }
        long table = dynamic.offset("the table of symbols", dynamic.number(ElfDynamic.SYMBOLS));
        int most = ElfBytes.LARGEST_PIECE / SYMBOL;
        long characters = 0;
        for (long number = symbols.first(); number < symbols.end(); ) {
            int count = (int) Math.min(most, symbols.end() - number);
            ByteBuffer piece = bytes.read("the table of symbols", table + number * SYMBOL, count * SYMBOL);
            for (int at = 0; at < count * SYMBOL; at += SYMBOL) {
                if (isUniqueState(piece, at, segments)) {
                    String name = dynamic.name(piece.getInt(at) & 0xffff_ffffL);
                    names.add(name);
                    characters += name.length();
                    if (names.size() > MOST_NAMES || characters > MOST_CHARACTERS) {
                        throw new ElfException("it has more than " + MOST_NAMES + " symbols of state that the loader"
                                + " keeps once for a process, or their names are too long");
                    }
                }
            }
            number += count;
        }
        return names;
    }

    private static ElfSymbols symbols(ElfBytes bytes, ElfDynamic dynamic) throws IOException {
        long gnuHash = dynamic.number(ElfDynamic.GNU_HASH);
        if (gnuHash != -1) {
            return ElfSymbols.ofGnuHash(bytes, dynamic.offset("the hash table", gnuHash));
        }
        long hash = dynamic.number(ElfDynamic.HASH);
        return hash == -1 ? ElfSymbols.NONE : ElfSymbols.ofHash(bytes, dynamic.offset("the hash table", hash));
    }

    private static boolean isUniqueState(ByteBuffer symbols, int at, List<ElfSegment> segments) {
        int info = symbols.get(at + 4) & 0xff;
        if (info >>> 4 != UNIQUE || symbols.getShort(at + 6) == UNDEFINED) {
            return false;
        }
        return (info & 15) == THREAD_LOCAL || isWritable(symbols.getLong(at + 8), segments);
    }

    private static boolean isWritable(long address, List<ElfSegment> segments) {
        boolean isWritable = false;
        for (ElfSegment segment : segments) {
            if (segment.type() == ElfSegment.GNU_RELRO && segment.holds(address)) {
                return false;
            }
            isWritable |= segment.type() == ElfSegment.LOAD
                    && (segment.flags() & ElfSegment.WRITABLE) != 0
                    && segment.holds(address);
        }
        return isWritable;
    }

    /** {@return the libraries that it needs, by the names that it has for them ({@code DT_NEEDED})} */
    public List<String> needed() {
        return needed;
    }

    /** {@return where it has the loader look for them ({@code DT_RPATH}, {@code DT_RUNPATH}); {@code $ORIGIN} stands as it is} */
    public List<String> searchPath() {
        return searchPath;
    }

    /**
     * Returns the raw names of what the loader keeps once for the whole process, although each copy of the library defines it: symbols bound as
     * {@code STB_GNU_UNIQUE}. Those of constants, which stay as they are once the library is loaded, are left out: to share them shows
     * nowhere.
     *
     * @return the names, in the order of the symbols
     */
    public List<String> uniqueState() {
        return uniqueState;
    }
}
