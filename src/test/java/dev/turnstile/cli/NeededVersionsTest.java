package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.elf.ElfVersion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which version of the C library a person is told. */
class NeededVersionsTest {
    private static Optional<String> highest(String... versions) {
        List<ElfVersion> needed = Stream.of(versions)
                .map(version -> new ElfVersion("libc.so.6", version))
                .toList();
        return new NeededVersions(needed).ofCLibrary().map(ElfVersion::version);
    }

    @Test
    void versions_areComparedNumberByNumber() {
        assertEquals(Optional.of("GLIBC_2.34"), highest("GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.9"));
        assertEquals(Optional.of("GLIBC_2.3.4"), highest("GLIBC_2.3.4", "GLIBC_2.3", "GLIBC_2.2.5"));
    }

    @Test
    void versions_ofOtherKinds_doNotCount() {
        assertEquals(
                Optional.empty(),
                highest("GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBCXX_3.4", "GLIBC_99999999999.1", "GLIBC_2."));
    }
}
