package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a machine that {@link LibraryFile} does not know, nothing is refused on its word. */
class UnknownHostTest {
    @ParameterizedTest
    @CsvSource({"linux, riscv, linux, riscv64", "linux, ELF machine 22, linux, s390x", "linux, x86_64, freebsd, x86_64"
    })
    void library_onAMachineNotKnownHere_isLeftToItsLoader(
            String system, String architecture, String hostSystem, String hostArchitecture) {
        LibraryFile file = new LibraryFile(system, architecture);
        assertNull(file.whyNotLoadable(hostSystem, hostArchitecture));
    }

    /** What it is not is known. */
    @ParameterizedTest
    @CsvSource({"x86_64, riscv64", "aarch64, s390x"})
    void libraryForAMachineThatIsKnown_isRefusedOnAnother(String architecture, String hostArchitecture) {
        assertEquals(
                "it was built for " + architecture + ", and this machine is " + hostArchitecture,
                new LibraryFile("linux", architecture).whyNotLoadable("linux", hostArchitecture));
    }

    /** Its version is 65 with all bits of the minor number set: read as a signed count, that is less than 20. */
    @Test
    void classFileWithPreviewFeatures_isNoLibrary() {
        byte[] head =
                ByteBuffer.allocate(32).putInt(0xcafebabe).putInt(0xffff0041).array();
        assertEquals(new LibraryFile(null, ""), LibraryFile.ofHead(head));
    }
}
