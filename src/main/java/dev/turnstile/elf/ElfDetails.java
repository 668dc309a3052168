package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a person wants to know of a 64-bit ELF library that does not work, beyond what is needed to load it. Any bytes are read or refused, as by
 * {@link ElfLibrary}.
 *
 * @param library what the loader is concerned with
 * @param isBigEndian whether its numbers are of that order
 * @param isShared whether it is a shared library; false for an executable, and for what a compiler has not linked yet
 * @param name the name that it has for itself ({@code DT_SONAME})
 * @param functions those of the wanted symbols that it defines for others, and that can be called
 * @param variables those that it defines for others, and that cannot
 * @param undefined the symbols that it uses and does not define; without those that may be missing ({@code STB_WEAK})
 * @param isBoundAtLoad whether the loader looks all of these up when it loads the library ({@code DF_BIND_NOW}), and not when they are called
 * @param hasExecutableStack whether the loader has to make the stacks of threads executable for it ({@code PT_GNU_STACK})
 * @param threadLocals the bytes that each thread has of its own for it ({@code PT_TLS})
 * @param hasStaticThreadLocals whether they have to lie in the room that a thread gets when it starts ({@code DF_STATIC_TLS})
 * @param hasTextRelocations whether the loader has to write into its code ({@code DT_TEXTREL})
 * @param needed the versions of symbols that it needs
 * @param defined the versions of symbols that it defines
 */
public record ElfDetails(
        ElfLibrary library,
        boolean isBigEndian,
        boolean isShared,
        Optional<String> name,
        Set<String> functions,
        Set<String> variables,
        Set<String> undefined,
        boolean isBoundAtLoad,
        boolean hasExecutableStack,
        long threadLocals,
        boolean hasStaticThreadLocals,
        boolean hasTextRelocations,
        List<ElfVersion> needed,
        List<String> defined) {
    private static final int FLAG_TEXT_RELOCATIONS = 4;
    private static final int FLAG_STATIC_THREAD_LOCALS = 0x10;
    private static final int FLAG_BIND_NOW = 8;
    private static final int FLAG_1_BIND_NOW = 1;
    private static final int FLAG_1_EXECUTABLE = 0x0800_0000;

    private static final int GLOBAL = 1;
    private static final Set<Integer> OF_OTHERS = Set.of(GLOBAL, 2, 10); // weak, unique
    private static final Set<Integer> CALLABLE =
            Set.of(0, 2, 10); // of no type, as in assembly; function; chosen at load time
    private static final int LONGEST_NAME = 1024;
    private static final int MOST_UNDEFINED = 100_000;
    private static final long MASK = 0xffff_ffffL;

    /**
     * Reads a file.
     *
     * @param file any file
     * @param wanted the functions to look for
     * @return what it says
     * @throws ElfException if it is not a 64-bit ELF file, or a malformed one
     * @throws IOException if it cannot be read
     */
    public static ElfDetails read(Path file, Collection<String> wanted) throws IOException {
        return ElfBytes.readFrom(file, bytes -> read(bytes, wanted));
    }

    /**
     * Reads the content of a file.
     *
     * @param file any bytes
     * @param wanted the functions to look for
     * @return what it says
     * @throws ElfException if it is not a 64-bit ELF file, or a malformed one
     */
    public static ElfDetails read(byte[] file, Collection<String> wanted) throws ElfException {
        try {
            return read(ElfBytes.of(file), wanted);
        } catch (ElfException refused) {
            throw refused;
        } catch (IOException impossible) {
            throw new AssertionError("The bytes are in memory", impossible);
        }
    }

    private static ElfDetails read(ElfBytes bytes, Collection<String> wanted) throws IOException {
        ElfHeader header = ElfHeader.read(bytes);
        ElfDynamic dynamic = ElfDynamic.read(bytes, header.segments());
        boolean isExecutable = dynamic.hasFlag(ElfDynamic.FLAGS_1, FLAG_1_EXECUTABLE);
        ElfVersions versions = new ElfVersions(bytes, dynamic);
        Symbols symbols = new Symbols(dynamic, wanted);
        ElfSymbols.eachOfAll(bytes, dynamic, symbols);
        return new ElfDetails(
                ElfLibrary.read(bytes, header, dynamic),
                header.isBigEndian(),
                header.type() == ElfHeader.SHARED && !isExecutable,
                dynamic.lastName(ElfDynamic.SONAME, LONGEST_NAME),
                symbols.functions,
                symbols.variables,
                symbols.undefined,
                dynamic.number(ElfDynamic.BIND_NOW) != -1
                        || dynamic.hasFlag(ElfDynamic.FLAGS, FLAG_BIND_NOW)
                        || dynamic.hasFlag(ElfDynamic.FLAGS_1, FLAG_1_BIND_NOW),
                hasExecutableStack(header.segments()),
                threadLocals(header.segments()),
                dynamic.hasFlag(ElfDynamic.FLAGS, FLAG_STATIC_THREAD_LOCALS),
                dynamic.number(ElfDynamic.TEXT_RELOCATIONS) != -1
                        || dynamic.hasFlag(ElfDynamic.FLAGS, FLAG_TEXT_RELOCATIONS),
                List.copyOf(versions.needed()),
                List.copyOf(versions.defined()));
    }

    /** Sorts symbols. */
    private static final class Symbols implements ElfSymbols.Visitor {
        final Set<String> functions = new LinkedHashSet<>();
        final Set<String> variables = new LinkedHashSet<>();
        final Set<String> undefined = new LinkedHashSet<>();
        private final ElfDynamic dynamic;
        private final Collection<String> wanted;
        private final int longest;

        Symbols(ElfDynamic dynamic, Collection<String> wanted) {
            this.dynamic = dynamic;
            this.wanted = wanted;
            this.longest = wanted.stream().mapToInt(String::length).max().orElse(0) + 1;
        }

        @Override
        public void see(ByteBuffer symbols, int at) throws IOException {
            long name = symbols.getInt(at) & MASK;
            int info = symbols.get(at + 4) & 0xff;
            if (symbols.getShort(at + 6) == ElfSymbols.UNDEFINED) {
                if (info >>> 4 == GLOBAL) {
                    undefined.add(dynamic.name(name, LONGEST_NAME));
                    if (undefined.size() > MOST_UNDEFINED) {
                        throw new ElfException("it uses more than " + MOST_UNDEFINED + " symbols of others");
                    }
                }
            } else if (OF_OTHERS.contains(info >>> 4)) {
                String found = dynamic.name(name, longest);
                if (wanted.contains(found)) {
                    (CALLABLE.contains(info & 15) ? functions : variables).add(found);
                }
            }
        }
    }

    /** A library that says nothing gets one. */
    private static boolean hasExecutableStack(List<ElfSegment> segments) {
        return segments.stream()
                .filter(segment -> segment.type() == ElfSegment.GNU_STACK)
                .reduce((one, later) -> later)
                .map(segment -> (segment.flags() & ElfSegment.EXECUTABLE) != 0)
                .orElse(true);
    }

    private static long threadLocals(List<ElfSegment> segments) throws ElfException {
        long size = 0;
        for (ElfSegment segment : segments) {
            if (segment.type() == ElfSegment.THREAD_LOCALS) {
                size = segment.memorySize();
            }
        }
        if (size < 0) {
            throw new ElfException(
                    "it is a malformed ELF file: it has " + Long.toUnsignedString(size) + " bytes of thread-locals");
        }
        return size;
    }
}
