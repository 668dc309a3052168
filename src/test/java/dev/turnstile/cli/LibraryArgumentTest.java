package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Platform;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Where {@code PLATFORM[:VARIANT]:PATH} is cut: paths have colons, too. */
class LibraryArgumentTest {
    @ParameterizedTest
    @CsvSource({
        "linux-x86_64:libecho.so, release, libecho.so",
        "linux-x86_64:debug:libecho.so, debug, libecho.so",
        "linux-x86_64:/a/libecho.so, release, /a/libecho.so",
        "linux-x86_64:x:libecho.so, x, libecho.so",
        "linux-x86_64:C:\\x\\echo.dll, release, C:\\x\\echo.dll",
        "linux-x86_64:c:\\x\\echo.dll, release, c:\\x\\echo.dll",
        "linux-x86_64:c:/x/echo.dll, release, c:/x/echo.dll",
        "linux-x86_64:debug:C:\\x\\echo.dll, debug, C:\\x\\echo.dll",
        "linux-x86_64:d:c:/x/echo.dll, d, c:/x/echo.dll",
        "linux-x86_64:./a:b/libecho.so, release, ./a:b/libecho.so",
        "linux-x86_64:release:a:b, release, a:b"
    })
    void parse_cutsPlatformAndVariantAndLeavesThePath(String text, String variant, String path) {
        assertEquals(new LibraryArgument(Platform.LINUX_X86_64, variant, Path.of(path)), LibraryArgument.parse(text));
    }

    @Test
    void parse_ofHost_isThisMachine() {
        assertEquals(
                new LibraryArgument(Platform.host(), "debug", Path.of("x")), LibraryArgument.parse("host:debug:x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "libecho.so", "linux-x86_64", "linux-x86_64:", ":x", "C:\\x\\echo.dll", "linux:x"})
    void parse_ofWhatIsNone_saysHowItIsWritten(String text) {
        TypeConversionException refused =
                assertThrows(TypeConversionException.class, () -> LibraryArgument.parse(text));

        assertTrue(refused.getMessage().contains("linux-x86_64"), refused.getMessage());
    }
}
