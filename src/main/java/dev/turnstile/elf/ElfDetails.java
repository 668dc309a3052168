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
 * @param functions those of the wanted functions that it defines for others
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
        long threadLocals,
        boolean hasStaticThreadLocals,
        boolean hasTextRelocations,
        List<ElfVersion> needed,
        List<String> defined) {
    private static final int FLAG_TEXT_RELOCATIONS = 4;
    private static final int FLAG_STATIC_THREAD_LOCALS = 0x10;
    private static final int FLAG_1_EXECUTABLE = 0x0800_0000;

    private static final Set<Integer> OF_OTHERS = Set.of(1, 2, 10); // global, weak, unique
    private static final Set<Integer> CALLABLE =
            Set.of(0, 2, 10); // of no type, as in assembly; function; chosen at load time

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
        return new ElfDetails(
                ElfLibrary.read(bytes, header, dynamic),
                header.isBigEndian(),
                header.type() == ElfHeader.SHARED && !isExecutable,
                dynamic.names(ElfDynamic.SONAME).stream().findFirst(),
                functions(bytes, dynamic, wanted),
                threadLocals(header.segments()),
                dynamic.hasFlag(ElfDynamic.FLAGS, FLAG_STATIC_THREAD_LOCALS),
                dynamic.number(ElfDynamic.TEXT_RELOCATIONS) != -1
                        || dynamic.hasFlag(ElfDynamic.FLAGS, FLAG_TEXT_RELOCATIONS),
                List.copyOf(versions.needed()),
                List.copyOf(versions.defined()));
    }

    private static Set<String> functions(ElfBytes bytes, ElfDynamic dynamic, Collection<String> wanted)
            throws IOException {
        int longest = wanted.stream().mapToInt(String::length).max().orElse(0) + 1;
        Set<String> found = new LinkedHashSet<>();
        ElfSymbols.each(bytes, dynamic, (symbols, at) -> {
            if (isFunctionForOthers(symbols, at)) {
                String name = dynamic.name(symbols.getInt(at) & 0xffff_ffffL, longest);
                if (wanted.contains(name)) {
                    found.add(name);
                }
            }
        });
        return found;
    }

    private static boolean isFunctionForOthers(ByteBuffer symbols, int at) {
        int info = symbols.get(at + 4) & 0xff;
        return symbols.getShort(at + 6) != ElfSymbols.UNDEFINED
                && OF_OTHERS.contains(info >>> 4)
                && CALLABLE.contains(info & 15);
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
