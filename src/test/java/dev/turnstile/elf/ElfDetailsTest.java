package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of an ELF library for the person whose plugin it is. */
class ElfDetailsTest {
    private static final Set<String> WANTED =
            Set.of("plugin_call", "plugin_call_r", "plugin_init", "plugin_shutdown", "plugin_create");

    private static ElfDetails read(ElfForm form) throws IOException {
        return ElfDetails.read(form.bytes(), WANTED);
    }

    private static ElfForm form() {
        return new ElfForm(ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void details_areReadByEitherHashTable_inEitherByteOrder(boolean isBig, boolean gnu) throws IOException {
        ElfDetails details = read(ElfForm.detailed(isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .hash(gnu, !gnu));

        assertEquals(List.of("state", "of_thread"), details.library().uniqueState());
        assertEquals(isBig, details.isBigEndian());
        assertTrue(details.isShared());
        assertEquals(Optional.of("libform.so.1"), details.name());
        assertEquals(48, details.threadLocals());
        assertTrue(details.hasStaticThreadLocals());
        assertTrue(details.hasTextRelocations());
        assertEquals(
                List.of(
                        new ElfVersion("libc.so.6", "GLIBC_2.9"),
                        new ElfVersion("libc.so.6", "GLIBC_2.34"),
                        new ElfVersion("libdep.so", "DEP_1")),
                details.needed());
        assertEquals(List.of("FORM_1", "FORM_2"), details.defined());
    }

    /** Not what begins with a name, what is only used, what is a variable, and what is local. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void functions_areThoseThatOthersCanCall(boolean gnu) throws IOException {
        assertEquals(
                Set.of("plugin_call"),
                read(ElfForm.detailed(ByteOrder.LITTLE_ENDIAN).hash(gnu, !gnu)).functions());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void symbols_areSortedByWhatTheyAre(boolean gnu) throws IOException {
        ElfDetails details = read(form().hash(gnu, !gnu)
                .undefinedFunction("used")
                .undefined("weakly", 2)
                .function("plugin_call")
                .symbol("plugin_init", ElfForm.GLOBAL, ElfForm.OBJECT, ElfForm.VARIABLE));

        assertEquals(Set.of("plugin_call"), details.functions());
        assertEquals(Set.of("plugin_init"), details.variables());
        assertEquals(Set.of("used"), details.undefined());
    }

    @ParameterizedTest
    @CsvSource({"24, 0", "30, 8", "0x6ffffffb, 1"})
    void bindingAtLoad_isSeenByEachOfItsEntries(String tag, long value) throws IOException {
        assertTrue(read(form().number(Long.decode(tag), value)).isBoundAtLoad());
        assertFalse(read(form()).isBoundAtLoad());
    }

    /** One that does not say what it needs gets an executable one. */
    @Test
    void executableStack_isWhatALibraryAsksForOrDoesNotDecline() throws IOException {
        assertTrue(read(form()).hasExecutableStack());
        byte[] bytes = form().bytes();
        ByteBuffer segment =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(64 + 3 * 56);
        segment.putInt(ElfSegment.GNU_STACK).putInt(6);
        assertFalse(ElfDetails.read(bytes, WANTED).hasExecutableStack());
        bytes[64 + 3 * 56 + 4] = 7;
        assertTrue(ElfDetails.read(bytes, WANTED).hasExecutableStack());
    }

    @Test
    void libraryWithNothing_hasNothing() throws IOException {
        ElfDetails details = read(form());

        assertEquals(Optional.empty(), details.name());
        assertEquals(Set.of(), details.functions());
        assertEquals(0, details.threadLocals());
        assertFalse(details.hasStaticThreadLocals());
        assertFalse(details.hasTextRelocations());
        assertEquals(List.of(), details.needed());
        assertEquals(List.of(), details.defined());
    }

    @Test
    void textRelocations_areSeenByTheirOlderEntryAsWell() throws IOException {
        assertTrue(read(form().number(ElfDynamic.TEXT_RELOCATIONS, 0)).hasTextRelocations());
    }

    @Test
    void executable_isNoSharedLibrary_alsoIfItMayLieAnywhere() throws IOException {
        assertFalse(read(form().number(ElfDynamic.FLAGS_1, 0x0800_0001)).isShared());
        byte[] bytes = form().bytes();
        bytes[16] = 2;
        assertFalse(ElfDetails.read(bytes, WANTED).isShared());
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(ElfException.class, () -> ElfDetails.read(bytes, WANTED))
                .getMessage();
    }

    @Test
    void threadLocals_moreThanThereCanBe_areRefused() {
        assertEquals(
                "it is a malformed ELF file: it has 18446744073709551615 bytes of thread-locals",
                refusal(form().threadLocals(-1).bytes()));
    }

    /** They could overlap one another in a file, so their number has a limit of its own. */
    @Test
    void versions_moreThanThereCanBe_areRefused() {
        String[] versions = Collections.nCopies(10_000, "V_1").toArray(String[]::new);
        assertEquals(
                "it has more than 10000 versions of symbols",
                refusal(form().needs(true, "libc.so.6", versions).bytes()));
    }

    @Test
    void version_ofWhichTheNameIsNotInTheFile_isRefused() {
        byte[] bytes = form().needs(true, "libc.so.6", "GLIBC_2.34").bytes();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int list = 0;
        while (file.getInt(list) != (1 << 16 | 1) || file.getInt(list + 8) != 16) {
            list++;
        }
        file.putInt(list + 16 + 8, -1);
        assertEquals("it is a malformed ELF file: it has no name 4294967295", refusal(bytes));
    }
}
