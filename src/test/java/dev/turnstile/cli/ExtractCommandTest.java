package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile extract}: all that was asked for, in new files, or nothing. */
class ExtractCommandTest {
    private static final String LIBRARY = String.valueOf(TestPlugins.demo().getFileName());

    private final Shell shell;
    private final Path bundle;

    ExtractCommandTest(@TempDir Path bundles, @TempDir Path directory) {
        bundle = new Shell(bundles).bundle("echo.rbp");
        shell = new Shell(directory);
    }

    private Shell.Outcome extract(Object... more) {
        Object[] arguments = new Object[more.length + 6];
        System.arraycopy(
                new Object[] {"extract", bundle, "--key", Shell.PUBLIC, "--output", shell.directory},
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return shell.run(arguments);
    }

    @Test
    void extract_byDefault_writesTheLibraryForThisMachineAndPrintsItsName() throws IOException {
        Shell.Outcome outcome = extract();

        assertEquals(shell.path(LIBRARY) + System.lineSeparator(), outcome.success());
        assertArrayEquals(Files.readAllBytes(TestPlugins.demo()), Files.readAllBytes(shell.path(LIBRARY)));
        assertTrue(Files.isExecutable(shell.path(LIBRARY)));
        assertEquals(Set.of(LIBRARY), shell.files());
    }

    @Test
    void extract_withASchema_writesBoth() throws IOException {
        JsonNode json = extract("--schema", "messages.json", "--platform", Platform.host(), "--json")
                .json();

        assertEquals(shell.path("messages.json").toString(), json.at("/files/1").stringValue());
        assertEquals("release", json.get("variant").stringValue());
        assertEquals("{}", Files.readString(shell.path("messages.json")));
        assertEquals(Set.of(LIBRARY, "messages.json"), shell.files());
    }

    @Test
    void extract_whereThereIsSuchAFile_exitsWith3AndLeavesItAlone() throws IOException {
        shell.write(LIBRARY, "mine");

        assertTrue(extract().failure(3).contains("it is not overwritten"));
        assertEquals("mine", Files.readString(shell.path(LIBRARY)));
        assertEquals(Set.of(LIBRARY), shell.files());
    }

    @Test
    void extract_whenASchemaCannotBeWritten_leavesNoLibraryEither() throws IOException {
        shell.write("messages.json", "mine");

        assertTrue(extract("--schema", "messages.json").failure(3).contains("it is not overwritten"));
        assertEquals(Set.of("messages.json"), shell.files());
        assertEquals("mine", Files.readString(shell.path("messages.json")));
    }

    @Test
    void extract_ofWhatIsNotThere_exitsWith1AndWritesNothing() throws IOException {
        assertTrue(extract("--schema", "other.json").failure(1).contains("there is no schema \"other.json\", only"));
        assertTrue(extract("--variant", "debug").failure(1).contains("there is no variant \"debug\""));
        assertTrue(extract("--platform", "plan9-mips").failure(1).contains("there is no library for plan9-mips"));
        assertEquals(
                "MISSING",
                extract("--variant", "debug", "--json")
                        .json()
                        .at("/error/problem")
                        .stringValue());
        assertEquals(Set.of(), shell.files());
    }

    @Test
    void extract_forWhatIsNoPlatform_exitsWith2() {
        String message = extract("--platform", "Linux").failure(2);

        assertTrue(message.contains("--platform"), message);
        assertTrue(message.contains("linux-x86_64"), message);
    }

    @Test
    void extract_withoutTrust_exitsWith2() throws IOException {
        shell.run("extract", bundle, "--output", shell.directory).failure(2);

        assertEquals(Set.of(), shell.files());
    }

    @Test
    void extract_toNoDirectory_exitsWith3() {
        assertTrue(shell.run("extract", bundle, "--checksums-only", "--output", shell.path("none"))
                .failure(3)
                .contains("there is no directory"));
    }
}
