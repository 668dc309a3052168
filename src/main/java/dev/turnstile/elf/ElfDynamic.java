package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the loader reads of a library: the entries of its dynamic section, and the names to which they point. */
final class ElfDynamic {
    static final long NEEDED = 1;
    static final long HASH = 4;
    static final long SYMBOLS = 6;
    static final long SYMBOL_SIZE = 11;
    static final long SONAME = 14;
    static final long RPATH = 15;
    static final long TEXT_RELOCATIONS = 22;
    static final long BIND_NOW = 24;
    static final long RUNPATH = 29;
    static final long FLAGS = 30;
    static final long GNU_HASH = 0x6ffffef5L;
    static final long FLAGS_1 = 0x6ffffffbL;
    static final long VERSIONS_DEFINED = 0x6ffffffcL;
    static final long VERSIONS_NEEDED = 0x6ffffffeL;
    private static final long END = 0;
    private static final long NAMES = 5;

    private static final int ENTRY = 16;
    private static final int MOST_ENTRIES = 4096;
    private static final int LONGEST_NAME = 4096;
    private static final int MOST_CHARACTERS = 1 << 20;

    private final ElfBytes bytes;
    private final List<ElfSegment> segments;
    private final List<Entry> entries;
    private final long names;

    private record Entry(long tag, long value) {}

    private ElfDynamic(ElfBytes bytes, List<ElfSegment> segments, List<Entry> entries) throws IOException {
        this.bytes = bytes;
        this.segments = segments;
        this.entries = entries;
        long address = number(NAMES);
        this.names = address == -1 ? -1 : offset("the table of names", address);
    }

    /**
     * Reads the section as the loader does: where the segment lies in memory, and up to the entry that ends it. What the segment says of its
     * place in the file and of its length is not looked at.
     */
    static ElfDynamic read(ElfBytes bytes, List<ElfSegment> segments) throws IOException {
        List<ElfSegment> dynamic = segments.stream()
                .filter(segment -> segment.type() == ElfSegment.DYNAMIC)
                .toList();
        if (dynamic.size() > 1) { // loaders differ in which they take
            throw new ElfException("it is a malformed ELF file: it has several dynamic sections");
        }
        List<Entry> entries = new ArrayList<>();
        if (!dynamic.isEmpty()) {
            read(bytes, segments, dynamic.getFirst().address(), entries);
        }
        ElfDynamic read = new ElfDynamic(bytes, segments, entries);
        new ElfTables(read, segments).check();
        return read;
    }

    private static void read(ElfBytes bytes, List<ElfSegment> segments, long address, List<Entry> entries)
            throws IOException {
        ElfSegment in = segmentOf(segments, "the dynamic section", address);
        long begin = address - in.address();
        long most = (in.fileSize() - begin) / ENTRY;
        int count = (int) Math.min(most, MOST_ENTRIES);
        ByteBuffer section = bytes.read("the dynamic section", in.offset() + begin, count * ENTRY);
        for (int at = 0; at < count * ENTRY; at += ENTRY) {
            long tag = section.getLong(at);
            if (tag == END) {
                return;
            }
            entries.add(new Entry(tag, section.getLong(at + 8)));
        }
        if (most > MOST_ENTRIES) {
            throw new ElfException("it has more than " + MOST_ENTRIES + " entries in its dynamic section");
        }
        if (in.memorySize() - begin < (count + 1L) * ENTRY) { // else zeros follow, which end it
            throw new ElfException("it is a malformed ELF file: its dynamic section has no end");
        }
    }

    boolean has(long tag) {
        return entries.stream().anyMatch(entry -> entry.tag == tag);
    }

    /** The number of an entry, or -1 if there is none; of several, the last one, as the loader has it. */
    long number(long tag) {
        long found = -1;
        for (Entry entry : entries) {
            if (entry.tag == tag) {
                found = entry.value;
            }
        }
        return found;
    }

    /** The names to which the entries of a kind point, in their order; none longer than 4,096 bytes. */
    List<String> names(long tag) throws IOException {
        List<String> names = new ArrayList<>();
        int characters = 0;
        for (Entry entry : entries) {
            if (entry.tag == tag) {
                String name = name(entry.value);
                characters += name.length();
                if (characters > MOST_CHARACTERS) {
                    throw new ElfException(
                            "it has names of more than " + MOST_CHARACTERS + " characters in its dynamic section");
                }
                names.add(name);
            }
        }
        return names;
    }

    /** The name to which the last entry of a kind points, of which no more bytes than the longest that matters are read. */
    Optional<String> lastName(long tag, int longest) throws IOException {
        long at = number(tag);
        return at == -1 ? Optional.empty() : Optional.of(name(at, longest));
    }

    /** Says whether the number of an entry has a bit of a mask. */
    boolean hasFlag(long tag, long mask) {
        long number = number(tag);
        return number != -1 && (number & mask) != 0;
    }

    /** A name in the table of names; cut if it is longer than 4,096 bytes. */
    String name(long at) throws IOException {
        return name(at, LONGEST_NAME);
    }

    /** A name in the table of names, of which no more bytes than the longest that matters are read. */
    String name(long at, int longest) throws IOException {
        if (names == -1 || at < 0 || at > bytes.size()) {
            throw new ElfException("it is a malformed ELF file: it has no name " + Long.toUnsignedString(at));
        }
        long offset = names + at;
        int length = (int) Math.min(longest, Math.max(1, bytes.size() - offset));
        byte[] name = bytes.read("a name", offset, length).array();
        int end = 0;
        while (end < length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8);
    }

    /** The offset in the file of what has an address in memory. */
    long offset(String what, long address) throws ElfException {
        ElfSegment in = segmentOf(segments, what, address);
        return in.offset() + (address - in.address());
    }

    private static ElfSegment segmentOf(List<ElfSegment> segments, String what, long address) throws ElfException {
        for (ElfSegment segment : segments) {
            if (segment.type() == ElfSegment.LOAD && segment.holdsInFile(address)) {
                return segment;
            }
        }
        throw new ElfException("it is a malformed ELF file: " + what + " at address " + Long.toUnsignedString(address)
                + " is in no segment of the file");
    }
}
