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
    static final int FUNCTION = 2;
    static final int TLS = 6;

    /** Addresses in memory: a constant's, one that is read-only after relocation, and a variable's. */
    static final long CONSTANT = 0x10_0040;

    static final long RELRO = 0x20_0000;
    static final long VARIABLE = 0x20_0800;

    private static final long BASE = 0x10_0000;
    private static final int HEADER = 64;
    private static final int SEGMENTS = 4;

    private record Symbol(int name, int binding, int type, int section, long value) {}

    private record Entry(long tag, long value) {}

    private final ByteOrder order;
    private final List<Symbol> symbols = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private boolean hasGnuHash = true;
    private boolean hasHash;
    private final ByteArrayOutputStream needs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream definitions = new ByteArrayOutputStream();
    private long threadLocals;

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

    ElfForm undefinedFunction(String name) {
        symbols.add(new Symbol(name(name), GLOBAL, FUNCTION, 0, 0));
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

    ElfForm number(long tag, long value) {
        entries.add(new Entry(tag, value));
        return this;
    }

    ElfForm threadLocals(long size) {
        threadLocals = size;
        return this;
    }

    ElfForm function(String name) {
        return symbol(name, GLOBAL, FUNCTION, CONSTANT);
    }

    /** Has it need versions of another library; the last such call says so. */
    ElfForm needs(boolean isLast, String library, String... versions) {
        ByteBuffer list = buffer(16 + 16 * versions.length);
        list.putShort((short) 1).putShort((short) versions.length);
        list.putInt(name(library)).putInt(16).putInt(isLast ? 0 : list.capacity());
        for (int i = 0; i < versions.length; i++) {
            boolean isWeak = versions[i].startsWith("weak ");
            list.putInt(0).putShort((short) (isWeak ? 2 : 0)).putShort((short) 2);
            list.putInt(name(versions[i])).putInt(i == versions.length - 1 ? 0 : 16);
        }
        write(list, needs);
        return this;
    }

    /** Has it define versions; the first one is the name of the library itself. */
    ElfForm defines(String... versions) {
        ByteBuffer list = buffer(28 * versions.length);
        for (int i = 0; i < versions.length; i++) {
            list.putShort((short) 1).putShort((short) (i == 0 ? 1 : 0));
            list.putShort((short) (i + 1)).putShort((short) 1).putInt(0).putInt(20);
            list.putInt(i == versions.length - 1 ? 0 : 28);
            list.putInt(name(versions[i])).putInt(0);
        }
        write(list, definitions);
        return this;
    }

    private static void write(ByteBuffer written, ByteArrayOutputStream to) {
        byte[] bytes = new byte[written.flip().remaining()];
        written.get(bytes);
        to.writeBytes(bytes);
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

        int segments = threadLocals == 0 ? SEGMENTS : SEGMENTS + 1;
        int tableAt = HEADER + segments * 56;
        int gnuHashAt = tableAt + table.capacity();
        int hashAt = gnuHashAt + gnuHash.capacity();
        int namesAt = hashAt + hash.capacity();
        int needsAt = namesAt + names.size();
        int definitionsAt = needsAt + needs.size();
        int dynamicAt = definitionsAt + definitions.size();
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
        if (needs.size() > 0) {
            all.add(new Entry(ElfDynamic.VERSIONS_NEEDED, BASE + needsAt));
        }
        if (definitions.size() > 0) {
            all.add(new Entry(ElfDynamic.VERSIONS_DEFINED, BASE + definitionsAt));
        }
        all.add(new Entry(0, 0));
        int size = dynamicAt + 16 * all.size();

        byte[] bytes = new byte[size];
        ByteBuffer file = ByteBuffer.wrap(bytes).order(order);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1});
        file.position(16).putShort((short) 3).putShort((short) 62).putInt(1);
        file.putLong(32, HEADER).putShort(54, (short) 56).putShort(56, (short) segments);
        file.position(HEADER);
        segment(file, ElfSegment.LOAD, 5, 0, BASE, size, size);
        segment(file, ElfSegment.LOAD, 6, 0, RELRO, 0, 0x1000);
        segment(file, ElfSegment.DYNAMIC, 6, dynamicAt, BASE + dynamicAt, 16L * all.size(), 16L * all.size());
        segment(file, ElfSegment.GNU_RELRO, 4, 0, RELRO, 0, 0x800);
        if (threadLocals != 0) {
            segment(file, ElfSegment.THREAD_LOCALS, 4, 0, VARIABLE, 0, threadLocals);
        }
        file.put(table.clear()).put(gnuHash.clear()).put(hash.clear()).put(names.toByteArray());
        file.put(needs.toByteArray()).put(definitions.toByteArray());
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

    /** One with everything that a person wants to know. */
    static ElfForm detailed(ByteOrder order) {
        return full(order)
                .threadLocals(48)
                .number(ElfDynamic.FLAGS, 0x14)
                .entry(ElfDynamic.SONAME, "libform.so.1")
                .function("plugin_call")
                .function("plugin_call_raw")
                .undefinedFunction("plugin_init")
                .symbol("plugin_shutdown", GLOBAL, OBJECT, VARIABLE)
                .symbol("plugin_create", 0, FUNCTION, CONSTANT)
                .needs(false, "libc.so.6", "GLIBC_2.9", "weak GLIBC_2.99", "GLIBC_2.34")
                .needs(true, "libdep.so", "DEP_1")
                .defines("libform.so.1", "FORM_1", "FORM_2");
    }

    /** One with everything that is looked at for a load. */
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
