package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of an ELF library, whatever its byte order and its hash table; and that malformed ones are refused. */
class ElfLibraryTest {
    private static final Path SEEDS = Path.of(System.getProperty("turnstile.basedir", "."))
            .resolve("src/test/resources/dev/turnstile/elf/ElfFuzzTestInputs/file_ofAnyBytes_isReadOrRefused");

    private static ElfLibrary read(ElfForm form) throws IOException {
        return ElfLibrary.read(form.bytes());
    }

    private static ByteOrder order(boolean isBig) {
        return isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    @ParameterizedTest
    @CsvSource({
        "false, true, false",
        "false, false, true",
        "true, true, false",
        "true, false, true",
        "false, true, true"
    })
    void library_isReadByEitherHashTable_inEitherByteOrder(boolean isBig, boolean gnu, boolean older)
            throws IOException {
        ElfLibrary library = read(ElfForm.full(order(isBig)).hash(gnu, older));

        assertEquals(List.of("libdep.so", "libc.so.6"), library.dependencies().needed());
        assertEquals(
                List.of("$ORIGIN", "${ORIGIN}/../lib"), library.dependencies().searchPath());
        assertFalse(library.dependencies().isSearchPathFirst());
        assertEquals(List.of("state", "of_thread"), library.uniqueState());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void symbols_moreThanAPieceHolds_areAllRead(boolean gnu) throws IOException {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN).hash(gnu, !gnu);
        int count = 3 * ElfBytes.LARGEST_PIECE / 24;
        for (int i = 0; i < count; i++) {
            form.symbol("s" + i, i % 1000 == 0 ? ElfForm.UNIQUE : ElfForm.GLOBAL, ElfForm.OBJECT, ElfForm.VARIABLE);
        }
        List<String> found = read(form).uniqueState();

        assertEquals((count + 999) / 1000, found.size());
        assertEquals("s0", found.getFirst());
        assertEquals("s" + (count - 1) / 1000 * 1000, found.getLast());
    }

    @Test
    void libraryWithoutSymbolsOrEntries_hasNothing() throws IOException {
        for (ElfForm form : List.of(
                new ElfForm(ByteOrder.LITTLE_ENDIAN),
                new ElfForm(ByteOrder.LITTLE_ENDIAN).hash(false, true),
                new ElfForm(ByteOrder.LITTLE_ENDIAN).hash(false, false))) {
            ElfLibrary library = read(form);
            assertEquals(List.of(), library.dependencies().needed());
            assertEquals(List.of(), library.dependencies().searchPath());
            assertEquals(List.of(), library.uniqueState());
        }
    }

    @Test
    void olderSearchPath_isUsedWithoutANewerOne_andComesFirst() throws IOException {
        ElfLibrary library = read(new ElfForm(ByteOrder.LITTLE_ENDIAN).entry(ElfDynamic.RPATH, "/one:/two"));

        assertEquals(List.of("/one", "/two"), library.dependencies().searchPath());
        assertTrue(library.dependencies().isSearchPathFirst());
    }

    /** The loader uses the last one, and looks into each directory once. An empty one is the current directory. */
    @Test
    void searchPaths_severalWithRepetitions_areAsTheLoaderHasThem() throws IOException {
        ElfLibrary library = read(new ElfForm(ByteOrder.LITTLE_ENDIAN)
                .entry(ElfDynamic.RUNPATH, "/first")
                .entry(ElfDynamic.RUNPATH, "/a:/b:/a::/b:"));

        assertEquals(List.of("/a", "/b", "."), library.dependencies().searchPath());
        assertEquals(
                List.of(),
                read(new ElfForm(ByteOrder.LITTLE_ENDIAN).entry(ElfDynamic.RUNPATH, ""))
                        .dependencies()
                        .searchPath());
    }

    /** A file of 70 kB with 4,090 search paths of 2,048 directories each. */
    @Test
    void searchPaths_many_takeNoMoreMemoryThanTheFile() throws IOException {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN).entry(ElfDynamic.RUNPATH, "a:".repeat(2047) + "a");
        for (int i = 0; i < 4080; i++) {
            form.number(ElfDynamic.RUNPATH, 1); // the same text
        }
        byte[] bytes = form.bytes();
        long before = Allocated.bytes();
        assertEquals(List.of("a"), ElfLibrary.read(bytes).dependencies().searchPath());
        assertTrue(Allocated.bytes() - before < 4 << 20, () -> Allocated.bytes() - before + " bytes were allocated");
    }

    @Test
    void neededLibraries_longerThanAnyHas_areRefused() {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN).entry(ElfDynamic.NEEDED, "n".repeat(4000));
        for (int i = 0; i < 4000; i++) {
            form.number(ElfDynamic.NEEDED, 1); // the same text
        }
        assertEquals("it has names of more than 1048576 characters in its dynamic section", refusal(form.bytes()));
    }

    @Test
    void dynamicSection_longerThanAnyHas_isRefused() {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 5000; i++) {
            form.number(0x6ffffff9L, 1);
        }
        assertEquals("it has more than 4096 entries in its dynamic section", refusal(form.bytes()));
    }

    /** The loader reads up to the last entry, wherever that is; a symbol that is hidden from the reader is not from it. */
    @ParameterizedTest
    @ValueSource(longs = {0, 16, 1 << 20})
    void dynamicSection_ofAnyDeclaredLength_isReadToItsEnd(long length) throws IOException {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        int segment = 64 + 2 * 56;
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(segment + 32, length == 0 ? 8 : length)
                .putLong(segment + 8, 0); // nor is its place in the file of interest
        assertEquals(List.of("state", "of_thread"), ElfLibrary.read(bytes).uniqueState());
    }

    @Test
    void dynamicSection_withoutAnEnd_isRefused() {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        bytes[bytes.length - 16] = 1;
        assertEquals("it is a malformed ELF file: its dynamic section has no end", refusal(bytes));
    }

    /** The loader does not check them: it would read what is not there, and the JVM would end. */
    @ParameterizedTest
    @CsvSource({
        "7, 0x7fffffff, 8, 24, 9, 24", // relocations
        "7, 0x100000, 8, -1, 9, 24",
        "7, 0x100000, 8, 24, 7, 0x100000", // without their size
        "9, 25, 9, 25, 9, 25",
        "23, 0x100000, 2, 0x7fffffff, 20, 7",
        "23, 0x100000, 2, 24, 2, 24",
        "25, -8, 27, 16, 27, 16", // functions to run
        "3, 0x7fffffff, 3, 0x7fffffff, 3, 0x7fffffff", // where addresses of functions are put
        "0x6ffffff0, -1, 0x6ffffff0, -1, 0x6ffffff0, -1",
        "12, 0x200800, 12, 0x200800, 12, 0x200800", // a function among variables
        "27, 16, 27, 16, 27, 16", // the size of no table
    })
    void tableThatIsNotAsItSays_isRefused(ArgumentsAccessor entries) {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries.size(); i += 2) {
            form.number(Long.decode(entries.getString(i)), Long.decode(entries.getString(i + 1)));
        }
        String refusal = refusal(form.bytes());
        assertTrue(refusal.startsWith("it is a malformed ELF file: "), refusal);
    }

    @Test
    void tablesAndFunctions_whereTheySay_areFine() throws IOException {
        ElfForm form = new ElfForm(ByteOrder.LITTLE_ENDIAN)
                .number(7, ElfForm.CONSTANT)
                .number(8, 48)
                .number(9, 24)
                .number(25, ElfForm.VARIABLE)
                .number(27, 16)
                .number(26, 0)
                .number(28, 0)
                .number(12, ElfForm.CONSTANT);
        assertEquals(List.of(), read(form).uniqueState());
    }

    @Test
    void dynamicSections_several_areRefused() {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        System.arraycopy(bytes, 64 + 2 * 56, bytes, 64 + 3 * 56, 56);
        assertEquals("it is a malformed ELF file: it has several dynamic sections", refusal(bytes));
    }

    @Test
    void nameThatIsTooLong_isCut() throws IOException {
        String name = "n".repeat(5000);
        ElfLibrary library = read(
                new ElfForm(ByteOrder.LITTLE_ENDIAN).symbol(name, ElfForm.UNIQUE, ElfForm.OBJECT, ElfForm.VARIABLE));
        assertEquals(List.of(name.substring(0, 4096)), library.uniqueState());
    }

    // ---- real ones ----

    @Test
    void realLibrary_isReadFromItsFile_alsoWithoutSectionHeaders(@TempDir Path directory) throws IOException {
        Path library = TestPlugins.library("header_state");
        assumeTrue(Files.exists(library), "a plugin in C++, which is built where there is a C++ compiler");
        ElfLibrary read = ElfLibrary.read(library);
        assertTrue(
                read.dependencies().needed().stream().anyMatch(name -> name.startsWith("libc.so")),
                read.dependencies().needed()::toString);
        byte[] bytes = Files.readAllBytes(library);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int sections = Math.toIntExact(file.getLong(40));
        Arrays.fill(bytes, sections, bytes.length, (byte) 0);
        file.putLong(40, 0).putShort(60, (short) 0).putShort(62, (short) 0);
        ElfLibrary stripped = ElfLibrary.read(Files.write(directory.resolve("stripped.so"), bytes));

        assertEquals(new TreeSet<>(read.uniqueState()), new TreeSet<>(stripped.uniqueState()));
        assertEquals(read.dependencies().needed(), stripped.dependencies().needed());
    }

    @Test
    void realLibrary_withASearchPath_tellsIt() throws IOException {
        Path library = TestPlugins.library("minimal").resolveSibling("neighbours/app/plugins/libneighbours.so");
        assumeTrue(Files.exists(library), "a plugin with dependencies beside it, which is built on Linux");
        ElfLibrary read = ElfLibrary.read(library);
        assertEquals(
                List.of("$ORIGIN", "${ORIGIN}/../../lib"), read.dependencies().searchPath());
        assertTrue(
                read.dependencies().needed().containsAll(List.of("libturnstile_beside.so", "libturnstile_above.so")));
    }

    // ---- malformed ones ----

    private static String refusal(byte[] bytes) {
        return assertThrows(ElfException.class, () -> ElfLibrary.read(bytes)).getMessage();
    }

    @Test
    void fileOfAnotherKind_isRefused() {
        assertEquals("it is no ELF file: it has only 0 bytes", refusal(new byte[0]));
        assertEquals("it is no 64-bit ELF file", refusal(new byte[64]));
        byte[] of32Bits = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        of32Bits[4] = 1;
        assertEquals("it is no 64-bit ELF file", refusal(of32Bits));
    }

    @Test
    void segments_moreThanThereCanBe_areRefused() {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(56, (short) -1);
        assertEquals("it is a malformed ELF file: it describes 65535 segments in 56 bytes each", refusal(bytes));
    }

    /** A file that declares a longer table than it has is not read beyond its end, and memory is not taken for it. */
    @Test
    void symbols_moreThanTheFileHolds_areRefused() {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).hash(false, true).bytes();
        int symbols = 7;
        int hash = 64 + 4 * 56 + 24 * symbols + 16 + 8 + 8 + 4 * (symbols - 1);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(symbols, file.getInt(hash + 4));
        file.putInt(hash + 4, -1);
        String refusal = refusal(bytes);
        assertTrue(refusal.startsWith("it is a malformed ELF file: the table of symbols at "), refusal);
    }

    /** Nothing else would end it. */
    @Test
    void hashChainWithoutAnEnd_isRefused() {
        byte[] bytes = ElfForm.full(ByteOrder.LITTLE_ENDIAN).bytes();
        int chains = 64 + 4 * 56 + 24 * 7 + 16 + 8 + 8;
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = chains; at + 4 <= bytes.length; at += 4) {
            file.putInt(at, file.getInt(at) & ~1);
        }
        assertThrows(ElfException.class, () -> ElfLibrary.read(bytes));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void file_cutOffAnywhere_isReadOrRefused(boolean isBig) {
        byte[] bytes = ElfForm.detailed(order(isBig)).hash(true, true).bytes();
        for (int length = 0; length < bytes.length; length++) {
            ElfFuzzTest.readOrRefused(Arrays.copyOf(bytes, length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x7f, 0x80, 0xff})
    void file_withAnyByteChanged_isReadOrRefused(int value) {
        for (boolean gnu : new boolean[] {true, false}) {
            byte[] bytes =
                    ElfForm.detailed(ByteOrder.LITTLE_ENDIAN).hash(gnu, !gnu).bytes();
            for (int at = 0; at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                ElfFuzzTest.readOrRefused(changed);
                Arrays.fill(changed, at, Math.min(at + 8, changed.length), (byte) value);
                ElfFuzzTest.readOrRefused(changed);
            }
        }
    }

    // ---- seeds of the fuzz test ----

    @Test
    void seeds_areWhatTheCodeMakes() throws IOException {
        Map<String, ElfForm> seeds = new LinkedHashMap<>();
        for (boolean isBig : new boolean[] {true, false}) {
            String name = isBig ? "big" : "little";
            seeds.put(name + "-gnu-hash", ElfForm.full(order(isBig)));
            seeds.put(name + "-details", ElfForm.detailed(order(isBig)));
            seeds.put(name + "-hash", ElfForm.full(order(isBig)).hash(false, true));
        }
        for (var seed : seeds.entrySet()) {
            Path file = SEEDS.resolve(seed.getKey());
            if (Boolean.getBoolean("turnstile.seeds.write")) {
                Files.createDirectories(SEEDS);
                Files.write(file, seed.getValue().bytes());
            }
            assertArrayEquals(
                    seed.getValue().bytes(),
                    Files.readAllBytes(file),
                    seed.getKey() + ": mvn test -Dtest=ElfLibraryTest -Dturnstile.seeds.write=true writes them anew");
        }
    }
}
