package dev.turnstile.elf;

/**
 * A part of an ELF file that the loader uses.
 *
 * @param type such as {@link #LOAD}
 * @param flags bits such as {@link #WRITABLE}
 * @param offset where it begins in the file
 * @param address where it begins in memory, relative to the library
 * @param fileSize its bytes in the file
 * @param memorySize its bytes in memory; more than in the file if zeros follow
 */
record ElfSegment(int type, int flags, long offset, long address, long fileSize, long memorySize) {
    static final int LOAD = 1;
    static final int DYNAMIC = 2;
    /** What each thread has a copy of. */
    static final int THREAD_LOCALS = 7;
    /** What the loader makes read-only once it has filled in addresses. */
    static final int GNU_RELRO = 0x6474e552;

    /** What it asks for the stacks of threads. */
    static final int GNU_STACK = 0x6474e551;

    static final int EXECUTABLE = 1;
    static final int WRITABLE = 2;

    /** Says whether an address is in the part, zeros included. */
    boolean holds(long wanted) {
        return Long.compareUnsigned(wanted - address, memorySize) < 0;
    }

    /** Says whether a range is in memory because of this part, with these flags. */
    boolean isLoaded(long wanted, long length, int wantedFlags) {
        long begin = wanted - address;
        return type == LOAD
                && (flags & wantedFlags) == wantedFlags
                && begin >= 0
                && length >= 0
                && length <= memorySize
                && begin <= memorySize - length;
    }

    /** Says whether the byte at an address is in the file. */
    boolean holdsInFile(long wanted) {
        return Long.compareUnsigned(wanted - address, fileSize) < 0;
    }
}
