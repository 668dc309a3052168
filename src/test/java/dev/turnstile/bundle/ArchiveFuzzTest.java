package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;

/**
 * Whatever the bytes of an archive, it is refused, or its entries are what the JDK's two readers see in it, as far as those
 * read it at all.
 */
class ArchiveFuzzTest {
    private static final Source SOURCE = new Source("The bundle x");
    /** Small, so that what is inflated is bounded, too. */
    private static final BundleLimits LIMITS = new BundleLimits(1 << 20, 100, 4 << 20, 8 << 20, 1 << 20, 200);

    private static Path file;

    @FuzzTest
    void archive_ofAnyBytes_isRefusedOrWhatOthersRead(byte[] bytes) throws IOException {
        Map<String, byte[]> entries;
        try {
            entries = entries(bytes);
        } catch (BundleException refused) {
            FuzzSeeds.assertTells(refused);
            return;
        }
        assertSame(entries, entries(bytes));
        assertSame(entries, seenByZipFile(bytes));
        Map<String, byte[]> streamed = seenByZipInputStream(bytes);
        streamed.keySet().retainAll(entries.keySet()); // it also sees what the directory does not have
        entries.keySet().retainAll(streamed.keySet());
        assertSame(entries, streamed);
    }

    private static Map<String, byte[]> entries(byte[] bytes) {
        Archive archive = Archive.of(SOURCE, bytes.clone(), LIMITS);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        archive.names().forEach(name -> entries.put(name, archive.read(name)));
        return entries;
    }

    private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, content) -> assertArrayEquals(content, actual.get(name), name));
    }

    /** Goes by the directory, as we do. What we accept, it accepts. */
    private static Map<String, byte[]> seenByZipFile(byte[] bytes) throws IOException {
        if (file == null) {
            file = Files.createTempFile("turnstile-fuzz-", ".zip");
        }
        Files.write(file, bytes);
        Map<String, byte[]> seen = new HashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.isDirectory()) {
                    seen.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                }
            }
        }
        return seen;
    }

    /** Goes by the headers, and stops where it cannot follow. */
    private static Map<String, byte[]> seenByZipInputStream(byte[] bytes) {
        Map<String, byte[]> seen = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                seen.put(entry.getName(), zip.readNBytes(LIMITS.entryBytes()));
            }
        } catch (IOException | IllegalArgumentException noFurther) {
            return seen;
        }
        return seen;
    }

    @AfterAll
    static void removeTheFile() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
            file = null;
        }
    }
}
