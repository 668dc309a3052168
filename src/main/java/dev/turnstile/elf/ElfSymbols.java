package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The numbers of the symbols that a library defines for others; before them are those that it uses of others. The table of symbols has no length of its own: its hash table tells it,
 * which each library has, since the loader looks names up in it.
 *
 * @param first the number of the first one
 * @param end the number after the last one
 */
record ElfSymbols(long first, long end) {
    static final ElfSymbols NONE = new ElfSymbols(0, 0);

    /** The section of a symbol that the library only uses. */
    static final int UNDEFINED = 0;

    private static final int SYMBOL = 24;

    private static final int GNU_HEADER = 16;
    private static final int BLOOM_WORD = 8;
    private static final int NUMBER = 4;
    private static final long MASK = 0xffff_ffffL;

    /** Looks at a symbol. */
    interface Visitor {
        /** Sees the symbol of which the description begins at an index of a buffer. */
        void see(ByteBuffer symbols, int at) throws IOException;
    }

    /** Has each symbol seen that the library defines, in their order; with an older hash table, those that it uses as well. */
    static void each(ElfBytes bytes, ElfDynamic dynamic, Visitor visitor) throws IOException {
        ElfSymbols symbols = of(bytes, dynamic);
        symbols.eachFrom(symbols.first, bytes, dynamic, visitor);
    }

    /** Has each symbol seen, also those that the library only uses; none if it defines none. */
    static void eachOfAll(ElfBytes bytes, ElfDynamic dynamic, Visitor visitor) throws IOException {
        of(bytes, dynamic).eachFrom(0, bytes, dynamic, visitor);
    }

    private void eachFrom(long begin, ElfBytes bytes, ElfDynamic dynamic, Visitor visitor) throws IOException {
        if (begin >= end) {
            return;
        }
        if (dynamic.number(ElfDynamic.SYMBOL_SIZE) != SYMBOL) {
            throw new ElfException("it is a malformed ELF file: its symbols are not of " + SYMBOL + " bytes each");
        }
        long table = dynamic.offset("the table of symbols", dynamic.number(ElfDynamic.SYMBOLS));
        int most = ElfBytes.LARGEST_PIECE / SYMBOL;
        for (long number = begin; number < end; ) {
            int count = (int) Math.min(most, end - number);
            ByteBuffer piece = bytes.read("the table of symbols", table + number * SYMBOL, count * SYMBOL);
            for (int at = 0; at < count * SYMBOL; at += SYMBOL) {
                visitor.see(piece, at);
            }
            number += count;
        }
    }

    private static ElfSymbols of(ElfBytes bytes, ElfDynamic dynamic) throws IOException {
        long gnuHash = dynamic.number(ElfDynamic.GNU_HASH);
        if (gnuHash != -1) {
            return ofGnuHash(bytes, dynamic.offset("the hash table", gnuHash));
        }
        long hash = dynamic.number(ElfDynamic.HASH);
        return hash == -1 ? NONE : ofHash(bytes, dynamic.offset("the hash table", hash));
    }

    /** By the older table, {@code DT_HASH}: the length of its chains is that of the table of symbols. */
    private static ElfSymbols ofHash(ElfBytes bytes, long table) throws IOException {
        ByteBuffer header = bytes.read("the hash table", table, 8);
        return new ElfSymbols(0, header.getInt(4) & MASK);
    }

    /**
     * By {@code DT_GNU_HASH}, which has the defined symbols alone, sorted by bucket: the last one is at the end of the chain of the bucket that
     * begins last.
     */
    private static ElfSymbols ofGnuHash(ElfBytes bytes, long table) throws IOException {
        ByteBuffer header = bytes.read("the hash table", table, GNU_HEADER);
        long buckets = header.getInt(0) & MASK;
        long first = header.getInt(4) & MASK;
        long bucketsAt = table + GNU_HEADER + BLOOM_WORD * (header.getInt(8) & MASK);
        long last = lastBucket(bytes, bucketsAt, buckets);
        if (last < first) {
            return NONE;
        }
        long chains = bucketsAt + NUMBER * buckets;
        return new ElfSymbols(first, first + endOfChain(bytes, chains, last - first));
    }

    private static long lastBucket(ElfBytes bytes, long at, long count) throws IOException {
        long last = -1; // 0 stands for an empty bucket
        for (long done = 0; done < count; ) {
            ByteBuffer piece = numbers(bytes, at + NUMBER * done, count - done);
            done += piece.remaining() / NUMBER;
            while (piece.hasRemaining()) {
                long bucket = piece.getInt() & MASK;
                if (bucket != 0) {
                    last = Math.max(last, bucket);
                }
            }
        }
        return last;
    }

    /** Returns the index after the number whose lowest bit ends its chain. Ends at the end of the file at the latest. */
    private static long endOfChain(ElfBytes bytes, long chains, long start) throws IOException {
        for (long index = start; ; ) {
            long at = chains + NUMBER * index;
            ByteBuffer piece = numbers(bytes, at, Math.max(1, (bytes.size() - at) / NUMBER));
            while (piece.hasRemaining()) {
                index++;
                if ((piece.getInt() & 1) != 0) {
                    return index;
                }
            }
        }
    }

    private static ByteBuffer numbers(ElfBytes bytes, long at, long count) throws IOException {
        int length = (int) Math.min(count, ElfBytes.LARGEST_PIECE / NUMBER) * NUMBER;
        return bytes.read("the hash table", at, length);
    }
}
