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
import java.util.zip.ZipException;
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
    private static final BundleLimits LIMITS = BundleLimits.defaults()
            .withArchiveBytes(1 << 20)
            .withEntries(100)
            .withEntryBytes(4 << 20)
            .withTotalBytes(8 << 20);

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
        assertSeenByZipFile(entries, bytes);
        assertSameWhereSeen(entries, seenByZipInputStream(bytes));
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

    /** The stream also sees what the directory does not have, and misses what comes after the first thing it cannot read. */
    private static void assertSameWhereSeen(Map<String, byte[]> entries, Map<String, byte[]> seen) {
        Map<String, byte[]> ours = new HashMap<>(entries);
        ours.keySet().retainAll(seen.keySet());
        seen.keySet().retainAll(entries.keySet());
        assertSame(ours, seen);
    }

    /** It goes by the directory, as we do, so it sees all of it, or refuses it for extra fields that we do not look at. */
    private static void assertSeenByZipFile(Map<String, byte[]> entries, byte[] bytes) throws IOException {
        if (file == null) {
            file = Files.createTempFile("turnstile-fuzz-", ".zip");
        }
        Files.write(file, bytes);
        Map<String, byte[]> seen = new HashMap<>();
        ZipFile opened;
        try {
            opened = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException refused) {
            return;
        }
        try (ZipFile zip = opened) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.isDirectory()) {
                    seen.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                }
            }
        }
        assertSame(entries, seen);
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
