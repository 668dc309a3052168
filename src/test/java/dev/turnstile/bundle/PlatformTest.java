package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of systems and architectures, as the JVM has them and as bundles have them. */
class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, linux",
        "Mac OS X, darwin",
        "macOS, darwin",
        "Darwin, darwin",
        "Windows 11, windows",
        "Windows Server 2022, windows",
        "FreeBSD, freebsd",
        "AIX, aix",
    })
    void osName_isRead(String osName, String system) {
        assertEquals(system, Platform.of(osName, "amd64").system());
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, x86_64",
        "x86_64, x86_64",
        "X64, x86_64",
        "AMD64, x86_64",
        "aarch64, aarch64",
        "arm64, aarch64",
        "ARM64, aarch64",
        "x86, x86",
        "riscv64, riscv64",
    })
    void osArch_isRead(String osArch, String architecture) {
        assertEquals(architecture, Platform.of("Linux", osArch).architecture());
    }

    /** Whatever the JVM calls its machine, messages can name it. */
    @Test
    void strangeHost_hasAName() {
        assertEquals("z_os-s390_ibm", Platform.of("z/OS", "s390 IBM").key());
        assertEquals("unknown-unknown", Platform.of("", "").key());
    }

    @Test
    void host_isKnownWhereTheTestsRun() {
        assertTrue(
                Platform.KNOWN.contains(Platform.host()), () -> Platform.host().key());
    }

    @Test
    void key_isReadAsItIsWritten() {
        for (Platform platform : Platform.KNOWN) {
            assertEquals(platform, Platform.parse(platform.key()));
        }
        assertEquals(Platform.KNOWN.stream().sorted().toList(), Platform.KNOWN);
        assertEquals("freebsd-riscv64", Platform.parse("freebsd-riscv64").key());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "linux",
                "linux-",
                "-x86_64",
                "Linux-x86_64",
                "linux-x86-64",
                "linux/x86_64",
                "a-..",
                "a-b\n"
            })
    void otherText_isNoKey(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Platform.parse(text))
                .getMessage();
        assertTrue(message.contains("linux-x86_64"), message);
    }
}
