package dev.turnstile.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small ELF libraries, with what the reader looks at and nothing else: no sections, no code. */
final class ElfForm {
    static final int GLOBAL = 1;
    static final int UNIQUE = 10;
    static final int OBJECT = 1;
    static final int TLS = 6;

    /** Addresses in memory: a constant's, one that is read-only after relocation, and a variable's. */
    static final long CONSTANT = 0x10_0040;

    static final long RELRO = 0x20_0000;
    static final long VARIABLE = 0x20_0800;

    private static final long BASE = 0x10_0000;
    private static final int HEADER = 64;
    private static final int SEGMENTS = 4;
    private static final int TABLES = HEADER + SEGMENTS * 56;

    private record Symbol(int name, int binding, int type, int section, long value) {}

    private record Entry(long tag, long value) {}

    private final ByteOrder order;
    private final List<Symbol> symbols = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private boolean hasGnuHash = true;
    private boolean hasHash;

    ElfForm(ByteOrder order) {
        this.order = order;
        names.write(0);
    }

    ElfForm hash(boolean gnu, boolean older) {
        hasGnuHash = gnu;
        hasHash = older;
        return this;
    }

    ElfForm symbol(String name, int binding, int type, long value) {
        symbols.add(new Symbol(name(name), binding, type, 1, value));
        return this;
    }

    ElfForm undefined(String name, int binding) {
        symbols.add(new Symbol(name(name), binding, OBJECT, 0, 0));
        return this;
    }

    ElfForm entry(long tag, String name) {
        entries.add(new Entry(tag, name(name)));
        return this;
    }

    private int name(String name) {
        int at = names.size();
        names.writeBytes((name + "\0").getBytes(StandardCharsets.UTF_8));
        return at;
    }

    private ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(order);
    }

    byte[] bytes() {
        ByteBuffer table = buffer(24 * (symbols.size() + 1)).position(24);
        for (Symbol symbol : symbols) {
            table.putInt(symbol.name)
                    .put((byte) (symbol.binding << 4 | symbol.type))
                    .put((byte) 0)
                    .putShort((short) symbol.section)
                    .putLong(symbol.value)
                    .putLong(4);
        }
        int count = symbols.size();
        ByteBuffer gnuHash = buffer(16 + 8 + 2 * 4 + 4 * count);
        gnuHash.putInt(2).putInt(1).putInt(1).putInt(0).putLong(-1).putInt(0).putInt(count == 0 ? 0 : 1);
        for (int i = 0; i < count; i++) {
            gnuHash.putInt(i < count - 1 ? 6 : 7);
        }
        ByteBuffer hash = buffer(8 + 4 + 4 * (count + 1));
        hash.putInt(1).putInt(count + 1);

        int tableAt = TABLES;
        int gnuHashAt = tableAt + table.capacity();
        int hashAt = gnuHashAt + gnuHash.capacity();
        int namesAt = hashAt + hash.capacity();
        int dynamicAt = namesAt + names.size();
        List<Entry> all = new ArrayList<>(entries);
        all.add(new Entry(5, BASE + namesAt));
        all.add(new Entry(ElfDynamic.SYMBOLS, BASE + tableAt));
        all.add(new Entry(ElfDynamic.SYMBOL_SIZE, 24));
        if (hasGnuHash) {
            all.add(new Entry(ElfDynamic.GNU_HASH, BASE + gnuHashAt));
        }
        if (hasHash) {
            all.add(new Entry(ElfDynamic.HASH, BASE + hashAt));
        }
        all.add(new Entry(0, 0));
        int size = dynamicAt + 16 * all.size();

        byte[] bytes = new byte[size];
        ByteBuffer file = ByteBuffer.wrap(bytes).order(order);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1});
        file.position(16).putShort((short) 3).putShort((short) 62).putInt(1);
        file.putLong(32, HEADER).putShort(54, (short) 56).putShort(56, (short) SEGMENTS);
        file.position(HEADER);
        segment(file, ElfSegment.LOAD, 5, 0, BASE, size, size);
        segment(file, ElfSegment.LOAD, 6, 0, RELRO, 0, 0x1000);
        segment(file, ElfSegment.DYNAMIC, 6, dynamicAt, BASE + dynamicAt, 16L * all.size(), 16L * all.size());
        segment(file, ElfSegment.GNU_RELRO, 4, 0, RELRO, 0, 0x800);
        file.put(table.clear()).put(gnuHash.clear()).put(hash.clear()).put(names.toByteArray());
        for (Entry entry : all) {
            file.putLong(entry.tag).putLong(entry.value);
        }
        return bytes;
    }

    private static void segment(
            ByteBuffer file, int type, int flags, long offset, long address, long fileSize, long memorySize) {
        file.putInt(type)
                .putInt(flags)
                .putLong(offset)
                .putLong(address)
                .putLong(address)
                .putLong(fileSize)
                .putLong(memorySize)
                .putLong(8);
    }

    /** One with everything that is looked at. */
    static ElfForm full(ByteOrder order) {
        return new ElfForm(order)
                .entry(ElfDynamic.NEEDED, "libdep.so")
                .entry(ElfDynamic.NEEDED, "libc.so.6")
                .entry(ElfDynamic.RPATH, "/old")
                .entry(ElfDynamic.RUNPATH, "$ORIGIN:${ORIGIN}/../lib")
                .undefined("undefined", UNIQUE)
                .symbol("state", UNIQUE, OBJECT, VARIABLE)
                .symbol("constant", UNIQUE, OBJECT, CONSTANT)
                .symbol("filled_in", UNIQUE, OBJECT, RELRO)
                .symbol("global", GLOBAL, OBJECT, VARIABLE)
                .symbol("of_thread", UNIQUE, TLS, 0);
    }
}
