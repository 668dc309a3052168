package dev.turnstile.elf;

import static dev.turnstile.testing.LibraryHeads.elf;
import static dev.turnstile.testing.LibraryHeads.machO;
import static dev.turnstile.testing.LibraryHeads.pe;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file's head says about the machine it was built for, and what the user is told. */
class LibraryFileTest {
    private static final LibraryFile NO_LIBRARY = new LibraryFile(null, "");

    private static @Nullable String whyNotLoadable(Path file) {
        Platform host = Platform.host();
        return LibraryFile.whyNotLoadable(file, host.system(), host.architecture());
    }

    @ParameterizedTest
    @CsvSource({
        "62, 2, x86_64",
        "183, 2, aarch64",
        "62, 1, x32",
        "183, 1, aarch64 (32-bit)",
        "3, 1, x86 (32-bit)",
        "40, 1, arm (32-bit)",
        "243, 2, riscv",
        "22, 2, ELF machine 22",
        "65535, 2, ELF machine 65535",
    })
    void elf_isForLinuxAndItsMachine(int machine, byte wordClass, String architecture) {
        assertEquals(
                new LibraryFile("linux", architecture),
                LibraryFile.ofHead(elf(machine, wordClass, ByteOrder.LITTLE_ENDIAN)));
    }

    @Test
    void elfOfABigEndianMachine_isReadInItsOrder() {
        assertEquals(
                new LibraryFile("linux", "ELF machine 22"),
                LibraryFile.ofHead(elf(22, (byte) 2, ByteOrder.BIG_ENDIAN)));
    }

    @ParameterizedTest
    @CsvSource({"0x01000007, x86_64", "0x0100000c, aarch64", "0x00000012, Mach-O CPU 18"})
    void machO_isForDarwinAndItsCpu(String cpu, String architecture) {
        assertEquals(new LibraryFile("darwin", architecture), LibraryFile.ofHead(machO(Integer.decode(cpu))));
    }

    @Test
    void machOForSeveralCpus_isUniversal() {
        assertEquals(new LibraryFile("darwin", "universal"), LibraryFile.ofHead(cafeBabe(2)));
        assertNull(LibraryFile.ofHead(cafeBabe(2)).whyNotLoadable("darwin", "aarch64"));
    }

    /** Both begin with 0xCAFEBABE: what follows is a small count there, and a version of 45 or more here. */
    @ParameterizedTest
    @CsvSource({"45", "52", "65", "69"})
    void javaClassFile_isNoLibrary(int majorVersion) {
        assertEquals(NO_LIBRARY, LibraryFile.ofHead(cafeBabe(majorVersion)));
    }

    @Test
    void classOfThisTest_isNoLibrary() throws IOException {
        try (var in = Objects.requireNonNull(LibraryFileTest.class.getResourceAsStream("LibraryFileTest.class"))) {
            assertEquals(NO_LIBRARY, LibraryFile.ofHead(in.readNBytes(4096)));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x8664, x86_64", "0xaa64, aarch64", "0x14c, x86 (32-bit)", "0x1c4, PE machine 452"})
    void pe_isForWindowsAndItsMachine(String machine, String architecture) {
        assertEquals(new LibraryFile("windows", architecture), LibraryFile.ofHead(pe(0x80, Integer.decode(machine))));
    }

    /** As the beginnings of real libraries are: of the Java runtimes that are built for these systems, which cannot run here. */
    @ParameterizedTest
    @CsvSource({
        "darwin-aarch64, cffaedfe0c000001000000000600000015000000f80900008500100000000000",
        "darwin-x86_64, cffaedfe07000001030000000600000015000000a80900008500100000000000",
    })
    void recordedHead_isOfItsPlatform(String key, String head) {
        Platform platform = Platform.parse(key);
        LibraryFile library = LibraryFile.ofHead(HexFormat.of().parseHex(head));

        assertEquals(new LibraryFile(platform.system(), platform.architecture()), library);
        for (Platform host : Platform.KNOWN) {
            String reason = library.whyNotLoadable(host.system(), host.architecture());
            assertEquals(host.equals(platform), reason == null, () -> host + ": " + reason);
        }
    }

    @Test
    void recordedHeadOfWindows_isOfItsPlatform() {
        byte[] head = new byte[0x140];
        HexFormat hex = HexFormat.of();
        byte[] dos = hex.parseHex("4d5a90000300000004000000ffff0000b8000000000000004000000000000000");
        System.arraycopy(dos, 0, head, 0, dos.length);
        head[0x3c] = 0x18;
        head[0x3d] = 0x01;
        byte[] pe = hex.parseHex("5045000064860600c4d2a8df0000000000000000f0002220");
        System.arraycopy(pe, 0, head, 0x118, pe.length);

        assertEquals(new LibraryFile("windows", "x86_64"), LibraryFile.ofHead(head));
    }

    @Test
    void dosProgramWithoutPeHeader_isNoLibrary() {
        byte[] head = pe(0x80, 0x8664);
        head[0x80] = 'N';

        assertEquals(NO_LIBRARY, LibraryFile.ofHead(head));
    }

    @ParameterizedTest
    @CsvSource({"-1", "-2147483648", "2147483647", "2147483643", "251", "256"})
    void peHeaderOutsideTheHead_isNoLibrary(int at) {
        byte[] head = new byte[256];
        head[0] = 'M';
        head[1] = 'Z';
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(0x3c, at);

        assertEquals(NO_LIBRARY, LibraryFile.ofHead(head));
    }

    @Test
    void peHeaderAtTheVeryEndOfTheHead_isRead() {
        assertEquals(
                new LibraryFile("windows", "x86_64"), LibraryFile.ofHead(Arrays.copyOf(pe(0x80, 0x8664), 0x80 + 6)));
    }

    @Test
    void textAndNothing_areNoLibrary() {
        String text = "#!/bin/sh\n# not a library at all\nexit 1\n";

        assertEquals(NO_LIBRARY, LibraryFile.ofHead(text.getBytes(StandardCharsets.UTF_8)));
        assertEquals(NO_LIBRARY, LibraryFile.ofHead(new byte[0]));
        assertEquals(NO_LIBRARY, LibraryFile.ofHead(new byte[4096]));
    }

    /** Whatever the length, there is an answer and no exception: what the whole head says, or nothing. */
    @Test
    void headTruncatedAnywhere_isReadOrNoLibrary() {
        byte[][] heads = {
            elf(62, (byte) 2, ByteOrder.LITTLE_ENDIAN),
            elf(22, (byte) 2, ByteOrder.BIG_ENDIAN),
            machO(0x01000007),
            cafeBabe(2),
            cafeBabe(65),
            pe(0x80, 0x8664)
        };
        for (byte[] head : heads) {
            LibraryFile whole = LibraryFile.ofHead(head);
            assertAll(IntStream.rangeClosed(0, head.length).mapToObj(length -> () -> {
                LibraryFile cut = LibraryFile.ofHead(Arrays.copyOf(head, length));
                assertTrue(cut.equals(whole) || cut.equals(NO_LIBRARY), () -> length + " bytes: " + cut);
            }));
        }
    }

    @Test
    void libraryForThisMachine_hasNoFault() {
        assertNull(new LibraryFile("linux", "x86_64").whyNotLoadable("linux", "x86_64"));
    }

    @Test
    void libraryForAnotherSystem_saysWhichAndWhatThisIs() {
        assertEquals(
                "it is a library for windows, and this is linux",
                new LibraryFile("windows", "x86_64").whyNotLoadable("linux", "x86_64"));
    }

    @Test
    void libraryForAnotherArchitecture_saysWhichAndWhatThisIs() {
        assertEquals(
                "it was built for aarch64, and this machine is x86_64",
                new LibraryFile("linux", "aarch64").whyNotLoadable("linux", "x86_64"));
    }

    @Test
    void noLibrary_saysSo() {
        assertEquals(
                "it is not a library for any system known here (ELF, Mach-O or PE)",
                NO_LIBRARY.whyNotLoadable("linux", "x86_64"));
    }

    @Test
    void libraryBuiltHere_hasNoFault() {
        assertNull(whyNotLoadable(TestPlugins.demo()));
    }

    // ---- files that are not whole ----

    private static @Nullable String whyNotLoadable(Path directory, byte[] content, int size) throws IOException {
        Path file = Files.write(directory.resolve("of-" + size + ".so"), Arrays.copyOf(content, size));
        return LibraryFile.whyNotLoadable(file, "linux", "x86_64");
    }

    @ParameterizedTest
    @CsvSource({
        "5000, ",
        "4999, 'it is cut off: it has 4999 bytes, and 5000 are to be loaded'",
        "176, 'it is cut off: it has 176 bytes, and 5000 are to be loaded'",
    })
    void elfShorterThanWhatIsToBeLoaded_isCutOff(int size, @Nullable String reason, @TempDir Path directory)
            throws IOException {
        assertEquals(reason, whyNotLoadable(directory, elfWithSegments(64, 1, 1000, 4000), size));
    }

    /** A tool that changes a library moves its table of segments to the end: what is cut off there ends the JVM as well. */
    @ParameterizedTest
    @CsvSource({
        "30000, ",
        "29999, 'it is cut off: it has 29999 bytes, and 30000 are to be loaded'",
        "20111, 'it is a malformed ELF file: a segment''s description at 20056 is not in the file, which has 20111"
                + " bytes'",
        "64, 'it is a malformed ELF file: a segment''s description at 20000 is not in the file, which has 64 bytes'",
    })
    void elfWithItsSegmentsFarFromItsHead_isCutOff(int size, @Nullable String reason, @TempDir Path directory)
            throws IOException {
        assertEquals(reason, whyNotLoadable(directory, elfWithSegments(20_000, 1, 1000, 29_000), size));
    }

    @Test
    void elfShorterThanWhatIsNotToBeLoaded_isWhole(@TempDir Path directory) throws IOException {
        assertNull(whyNotLoadable(directory, elfWithSegments(64, 4, 1000, 4000), 176));
    }

    /** Whatever the numbers, there is an answer and no exception. */
    @ParameterizedTest
    @CsvSource({"-1", "-9223372036854775808", "9223372036854775807", "121", "4294967296"})
    void elfWithSegmentsElsewhere_isMalformed(long segments, @TempDir Path directory) throws IOException {
        byte[] head = elfWithSegments(64, 1, 1000, 4000);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putLong(32, segments);

        String reason = Objects.requireNonNull(whyNotLoadable(directory, head, 176));
        assertTrue(reason.startsWith("it is a malformed ELF file: a segment's description at "), reason);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "1, -1", "9223372036854775807, 9223372036854775807"})
    void elfWithASegmentThatNoFileHas_isMalformed(long offset, long size, @TempDir Path directory) throws IOException {
        assertEquals(
                "it is a malformed ELF file: segment 1 is not all in the file",
                whyNotLoadable(directory, elfWithSegments(64, 1, offset, size), 176));
    }

    /** The loader would refuse it as well, and would not say for which machine it is. */
    @ParameterizedTest
    @CsvSource({"62, x86_64", "183, aarch64"})
    void elfOfTheOtherByteOrder_isForAnotherMachine(int machine, String architecture) {
        LibraryFile file = LibraryFile.ofHead(elf(machine, (byte) 2, ByteOrder.BIG_ENDIAN));

        assertEquals(
                "it was built for " + architecture + " (big-endian), and this machine is " + architecture,
                file.whyNotLoadable("linux", architecture));
    }

    @Test
    void fileThatCannotBeRead_saysSo(@TempDir Path directory) throws IOException {
        Path gone = Files.createFile(directory.resolve("gone.so"));
        Files.delete(gone);

        String reason = Objects.requireNonNull(whyNotLoadable(gone));

        assertTrue(reason.startsWith("it cannot be read (") && reason.contains("gone.so"), reason);
    }

    /** Two segments: an empty one, and this one. */
    private static byte[] elfWithSegments(int at, int type, long offset, long size) {
        ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(elf(62, (byte) 2, ByteOrder.LITTLE_ENDIAN), at + 2 * 56));
        head.order(ByteOrder.LITTLE_ENDIAN)
                .putLong(32, at)
                .putShort(54, (short) 56)
                .putShort(56, (short) 2);
        head.putInt(at, 1).putInt(at + 56, type).putLong(at + 56 + 8, offset).putLong(at + 56 + 32, size);
        return head.array();
    }

    private static byte[] cafeBabe(int second) {
        byte[] head = new byte[32];
        ByteBuffer.wrap(head).putInt(0xcafebabe).putInt(second);
        return head;
    }
}
