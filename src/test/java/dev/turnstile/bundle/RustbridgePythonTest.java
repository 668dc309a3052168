package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the document says of rustbridge's Python loader is what that loader does. */
@Tag("slow")
@Tag("any-java")
class RustbridgePythonTest {
    @Test
    @Timeout(600)
    void loader_askedAgain_acceptsWhatTheDocumentSays(@TempDir Path directory)
            throws IOException, InterruptedException {
        RustbridgePython.Answers now = RustbridgePython.measure(ExternalTool.python(), directory);

        if (HostileBundlesDocumentTest.WRITE) {
            RustbridgePython.write(now, LocalDate.now(ZoneOffset.UTC).toString());
        }
        RustbridgePython.Answers measured = RustbridgePython.measured();
        assertTrue(
                measured.version().startsWith("rustbridge " + now.version() + ","),
                () -> "measured was " + measured.version() + ", and this is " + now.version());
        assertEquals(measured.byName(), now.byName(), HostileBundlesDocumentTest.HOW);
    }
}
