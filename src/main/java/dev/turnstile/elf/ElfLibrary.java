package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A 64-bit ELF library, as the loader of Linux sees it: by its segments and its dynamic section. Section headers, which may be stripped and
 * which the loader ignores, are not read. Immutable.
 *
 * <p>Any bytes are read or refused in a time that grows with the file's size alone, and in bounded memory.
 */
public final class ElfLibrary {
    private static final int UNIQUE = 10;
    private static final int THREAD_LOCAL = 6;
    private static final long MOST_NAMES = 100_000;
    private static final long MOST_CHARACTERS = 1 << 24;

    private final ElfDependencies dependencies;
    private final List<String> uniqueState;

    private ElfLibrary(ElfDependencies dependencies, List<String> uniqueState) {
        this.dependencies = dependencies;
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
        return ElfBytes.readFrom(file, ElfLibrary::read);
    }

    /** Reads the content of a file. */
    static ElfLibrary read(byte[] file) throws IOException {
        return read(ElfBytes.of(file));
    }

    private static ElfLibrary read(ElfBytes bytes) throws IOException {
        ElfHeader header = ElfHeader.read(bytes);
        return read(bytes, header, ElfDynamic.read(bytes, header.segments()));
    }

    static ElfLibrary read(ElfBytes bytes, ElfHeader header, ElfDynamic dynamic) throws IOException {
        return new ElfLibrary(ElfDependencies.of(dynamic), uniqueState(bytes, header.segments(), dynamic));
    }

    private static List<String> uniqueState(ElfBytes bytes, List<ElfSegment> segments, ElfDynamic dynamic)
            throws IOException {
        List<String> names = new ArrayList<>();
        long[] characters = {0};
        ElfSymbols.each(bytes, dynamic, (symbols, at) -> {
            if (isUniqueState(symbols, at, segments)) {
                String name = dynamic.name(symbols.getInt(at) & 0xffff_ffffL);
                names.add(name);
                characters[0] += name.length();
                if (names.size() > MOST_NAMES || characters[0] > MOST_CHARACTERS) {
                    throw new ElfException("it has more than " + MOST_NAMES + " symbols of state that the loader"
                            + " keeps once for a process, or their names are too long");
                }
            }
        });
        return names;
    }

    private static boolean isUniqueState(ByteBuffer symbols, int at, List<ElfSegment> segments) {
        int info = symbols.get(at + 4) & 0xff;
        if (info >>> 4 != UNIQUE || symbols.getShort(at + 6) == ElfSymbols.UNDEFINED) {
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

    /** {@return the libraries that it needs, and where it has the loader look for them} */
    public ElfDependencies dependencies() {
        return dependencies;
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
