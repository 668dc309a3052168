package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Whatever the bytes of a file, it is read, always as the same, or refused in one short line; nothing else is thrown, and it ends. */
class ElfFuzzTest {
    private static final Set<String> WANTED = Set.of("plugin_call", "plugin_init", "plugin_call_raw");

    @FuzzTest
    void file_ofAnyBytes_isReadOrRefused(byte[] bytes) {
        readOrRefused(bytes);
    }

    static void readOrRefused(byte[] bytes) {
        try {
            ElfLibrary library = ElfLibrary.read(bytes);
            ElfLibrary again = ElfLibrary.read(bytes);
            assertEquals(library.dependencies().needed(), again.dependencies().needed());
            assertEquals(
                    library.dependencies().searchPath(), again.dependencies().searchPath());
            assertEquals(library.uniqueState(), again.uniqueState());
            assertTrue(library.uniqueState().size() <= bytes.length / 24, "no more symbols than the file has");
            ElfDetails details = ElfDetails.read(bytes, WANTED);
            ElfDetails detailsAgain = ElfDetails.read(bytes, WANTED);
            assertEquals(details.functions(), detailsAgain.functions());
            assertEquals(details.needed(), detailsAgain.needed());
            assertEquals(details.defined(), detailsAgain.defined());
            assertTrue(details.threadLocals() >= 0, "a size");
            assertTrue(WANTED.containsAll(details.functions()), "only what was wanted");
        } catch (ElfException refused) {
            String message = refused.getMessage();
            assertTrue(message.length() < 300 && message.startsWith("it "), message);
            assertTrue(message.codePoints().noneMatch(Character::isISOControl), message);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }
}
