package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What the JDK writes is read as it was written; whatever else the bytes are, they are read or refused. */
class ArchiveProperties {
    private static final Source SOURCE = new Source("The bundle x");

    @Property(tries = 300)
    void archive_writtenByTheJdk_isReadAsItWasWritten(
            @ForAll("entries") Map<String, byte[]> entries,
            @ForAll boolean stored,
            @ForAll @IntRange(min = 0, max = 9) int level,
            @ForAll @Size(max = 40) byte[] extra)
            throws IOException {
        Archive archive = open(write(entries, stored, level, extra));

        assertEquals(new ArrayList<>(entries.keySet()), new ArrayList<>(archive.names()));
        entries.forEach((name, content) -> {
            assertEquals(content.length, archive.size(name));
            assertArrayEquals(content, archive.read(name));
        });
    }

    @Property
    void bytes_ofAnyKind_areReadOrRefused(@ForAll @Size(max = 300) byte[] bytes) {
        assertReadOrRefused(bytes);
    }

    /** Random bytes are hardly ever an archive; these are, up to a few. */
    @Property
    void archive_withBytesChanged_isReadOrRefused(
            @ForAll("entries") Map<String, byte[]> entries,
            @ForAll boolean stored,
            @ForAll @Size(min = 1, max = 3) List<Integer> places,
            @ForAll byte value)
            throws IOException {
        byte[] bytes = write(entries, stored, Deflater.BEST_SPEED, new byte[0]);
        for (int place : places) {
            bytes[Math.floorMod(place, bytes.length)] = value;
        }
        assertReadOrRefused(bytes);
    }

    private static void assertReadOrRefused(byte[] bytes) {
        try {
            Archive archive = open(bytes);
            for (String name : archive.names()) {
                assertEquals(archive.size(name), archive.read(name).length);
            }
        } catch (BundleException refused) {
            assertNotEquals(BundleException.Problem.IO, refused.problem());
        }
    }

    private static Archive open(byte[] bytes) {
        return Archive.of(SOURCE, bytes, BundleLimits.defaults().withEntryBytes(1 << 20));
    }

    private static byte[] write(Map<String, byte[]> entries, boolean stored, int level, byte[] extra)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            zip.setLevel(level);
            for (var content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                if (extra.length > 0) {
                    entry.setExtra(field(extra));
                }
                if (stored) {
                    CRC32 crc = new CRC32();
                    crc.update(content.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** An extra field of an id that means nothing. */
    private static byte[] field(byte[] content) {
        byte[] head = {(byte) 0xfe, (byte) 0xca, (byte) content.length, 0};
        return Ed25519.concat(head, content);
    }

    @Provide
    Arbitrary<Map<String, byte[]>> entries() {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('a', 'e')
                .withChars('.', '/', '-', ' ', 'ü', '日')
                .ofMinLength(1)
                .ofMaxLength(10)
                .filter(name -> EntryNames.whyUnsafe(name) == null);
        Arbitrary<byte[]> contents = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(50),
                Arbitraries.integers().between(0, 100_000).map(byte[]::new));
        return Arbitraries.maps(names, contents).ofMaxSize(5);
    }
}
