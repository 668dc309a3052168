package dev.turnstile.elf;

import java.util.List;

/**
 * What the loader takes for granted of a dynamic section, and does not check: where the tables are, how large they are, and which belong together. It would
 * read, write or run what is not there, or end the process by an assertion.
 */
final class ElfTables {
    private static final long RELOCATIONS = 7;
    private static final long CALLS = 23;
    private static final long SYMBOL_VERSIONS = 0x6ffffff0L;
    private static final long RELOCATION_SIZE = 9;
    private static final long KIND_OF_CALLS = 20;

    /** The entries of addresses, and of the sizes of what is there. */
    private static final long[][] SIZED = {{RELOCATIONS, 8}, {17, 18}, {CALLS, 2}, {25, 27}, {26, 28}, {36, 35}};

    /** Addresses of what has no size, or tells it itself. */
    private static final long[] ADDRESSES = {
        3,
        ElfDynamic.SYMBOLS,
        ElfDynamic.HASH,
        ElfDynamic.GNU_HASH,
        SYMBOL_VERSIONS,
        ElfDynamic.VERSIONS_DEFINED,
        ElfDynamic.VERSIONS_NEEDED
    };

    /** Addresses of functions. */
    private static final long[] FUNCTIONS = {12, 13};

    /** Of 64-bit libraries. */
    private static final long[][] FIXED = {{RELOCATION_SIZE, 24}, {ElfDynamic.SYMBOL_SIZE, 24}};

    private final ElfDynamic dynamic;
    private final List<ElfSegment> segments;

    ElfTables(ElfDynamic dynamic, List<ElfSegment> segments) {
        this.dynamic = dynamic;
        this.segments = segments;
    }

    void check() throws ElfException {
        for (long[] table : SIZED) {
            requireBoth(table[0], table[1]);
            require(table[0], dynamic.number(table[1]), 0);
        }
        requireBoth(RELOCATIONS, RELOCATION_SIZE);
        requireBoth(CALLS, KIND_OF_CALLS);
        for (long address : ADDRESSES) {
            require(address, 1, 0);
        }
        for (long function : FUNCTIONS) {
            require(function, 1, ElfSegment.EXECUTABLE);
        }
        for (long[] fixed : FIXED) {
            if (dynamic.has(fixed[0]) && dynamic.number(fixed[0]) != fixed[1]) {
                throw malformed("the entries of a table are not of " + fixed[1] + " bytes each");
            }
        }
    }

    /** Requires that two entries are there, or neither. */
    private void requireBoth(long one, long other) throws ElfException {
        if (dynamic.has(one) != dynamic.has(other)) {
            throw malformed("of the entries " + one + " and " + other + " of its dynamic section it has only one");
        }
    }

    /** Requires that what an entry points to is all in one segment, if there is such an entry. */
    private void require(long tag, long size, int flags) throws ElfException {
        long address = dynamic.number(tag);
        boolean isThere = segments.stream().anyMatch(segment -> segment.isLoaded(address, size, flags));
        if (dynamic.has(tag) && size != 0 && !isThere) {
            throw malformed("what is to be at address " + Long.toUnsignedString(address) + " is not all in a segment"
                    + (flags == 0 ? "" : " of code"));
        }
    }

    private static ElfException malformed(String what) {
        return new ElfException("it is a malformed ELF file: " + what);
    }
}
