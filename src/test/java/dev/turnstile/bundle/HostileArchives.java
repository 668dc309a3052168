package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.LIBRARY;
import static dev.turnstile.bundle.BundleParts.RELEASE;
import static dev.turnstile.bundle.BundleParts.utf8;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Archives that are none, or that say different things to different readers. */
final class HostileArchives {
    private static final int SYMBOLIC_LINK = 0xa1ff;
    private static final int CHARACTER_DEVICE = 0x21ff;
    private static final int FIFO = 0x11ff;

    private HostileArchives() {}

    static Stream<Attack> attacks() {
        return Stream.of(files(), headers(), ends(), places()).flatMap(attacks -> attacks);
    }

    static Stream<Attack> harmless() {
        return Stream.of(
                zip("a comment at the end of the archive", zip -> zip.endSays(end -> end.comment = utf8("hello"))),
                zip("regular files that say so", zip -> zip.entry(RELEASE).mode(0x81ed)),
                zip(
                        "sizes that follow the data of a stored entry",
                        zip -> zip.entry(RELEASE).says(header -> header.flags |= RawZip.SIZES_FOLLOW)));
    }

    private static Stream<Attack> files() {
        return Stream.of(
                bytes("an empty file", bytes -> new byte[0]).malformed("it is empty"),
                bytes("a file that is no archive", bytes -> utf8("#!/bin/sh\nexit 0\n".repeat(9)))
                        .malformed("not a ZIP archive"),
                bytes("an archive that is cut off", bytes -> Arrays.copyOf(bytes, bytes.length - 1))
                        .malformed("not a ZIP archive, or is cut off"),
                bytes("half an archive", bytes -> Arrays.copyOf(bytes, bytes.length / 2))
                        .malformed("not a ZIP archive, or is cut off"),
                bytes("an archive with something after its end", bytes -> Ed25519.concat(bytes, utf8("more")))
                        .malformed("not a ZIP archive, or is cut off"),
                bytes(
                                "something before the archive, so that all places are wrong",
                                bytes -> Ed25519.concat(utf8("more"), bytes))
                        .malformed("its directory should end at byte"),
                Attack.of("an archive without entries", () -> new RawZip().bytes())
                        .malformed("no manifest.json"),
                Attack.of(
                                "one archive behind another",
                                () -> Ed25519.concat(new BundleParts().bytes(), new BundleParts().bytes()))
                        .malformed("its directory should end at byte"));
    }

    private static Stream<Attack> headers() {
        return Stream.of(
                library("an encrypted entry", entry -> entry.says(header -> header.flags |= 1))
                        .malformed(RELEASE, "encrypted"),
                library("a strongly encrypted entry", entry -> entry.says(header -> header.flags |= 1 << 6))
                        .malformed(RELEASE, "encrypted"),
                library("an unknown compression method", entry -> entry.says(header -> header.method = 14))
                        .malformed(RELEASE, "compression method is 14", "8 (deflated)"),
                library("a symbolic link", entry -> entry.mode(SYMBOLIC_LINK)).malformed(RELEASE, "symbolic link"),
                library("a device", entry -> entry.mode(CHARACTER_DEVICE))
                        .malformed(RELEASE, "neither a file nor a directory"),
                library("a named pipe", entry -> entry.mode(FIFO)).malformed(RELEASE, "neither a file nor a directory"),
                library("a directory in the place of the library", entry -> entry.mode(0x41ed))
                        .malformed(RELEASE, "neither a file nor a directory"),
                zip("a directory with content", zip -> zip.add(RawZip.stored("lib/", utf8("hidden"))))
                        .malformed("lib/", "directory with content"),
                library(
                                "another name in the header than in the directory",
                                entry ->
                                        entry.headerSays(header -> header.name = utf8(RELEASE.replace("echo", "evil"))))
                        .malformed(RELEASE, "header differs"),
                library(
                                "another method in the header than in the directory",
                                entry -> entry.headerSays(header -> header.method = 8))
                        .malformed(RELEASE, "header differs"),
                library(
                                "another size in the header than in the directory",
                                entry -> entry.headerSays(header -> header.size = 1))
                        .malformed(RELEASE, "header differs"),
                library(
                                "other flags in the header than in the directory",
                                entry -> entry.headerSays(header -> header.flags |= 1))
                        .malformed(RELEASE, "header differs"),
                library("a stored entry with two sizes", entry -> entry.says(header -> header.size = 1))
                        .malformed(RELEASE, "its two sizes differ: " + LIBRARY.length + " and 1"),
                library("a wrong CRC-32", entry -> entry.says(header -> header.crc ^= 1))
                        .refusedAt(Step.READ, Problem.MALFORMED, RELEASE, "CRC-32"),
                library("stored data that is said to be deflated", entry -> entry.says(header -> header.method = 8))
                        .refusedAt(Step.READ, Problem.MALFORMED, RELEASE, "data is damaged"));
    }

    private static Stream<Attack> ends() {
        return Stream.of(
                zip("a part of a split archive", zip -> zip.endSays(end -> end.disk = 1))
                        .malformed("split archive"),
                zip("fewer entries on this disk than in all", zip -> zip.endSays(end -> end.entriesHere--))
                        .malformed("split archive"),
                zip(
                                "a ZIP64 archive by its count",
                                zip -> zip.endSays(end -> {
                                    end.entries = 0xffff;
                                    end.entriesHere = 0xffff;
                                }))
                        .malformed("ZIP64"),
                zip(
                                "a ZIP64 archive by its directory's place",
                                zip -> zip.endSays(end -> end.directoryAt = 0xffffffffL))
                        .malformed("ZIP64"),
                zip(
                                "a ZIP64 archive by its directory's size",
                                zip -> zip.endSays(end -> end.directorySize = 0xffffffffL))
                        .malformed("ZIP64"),
                zip(
                                "fewer entries than the directory has",
                                zip -> zip.endSays(end -> {
                                    end.entries--;
                                    end.entriesHere--;
                                }))
                        .malformed("directory has more in it than the"),
                zip(
                                "more entries than the directory has",
                                zip -> zip.endSays(end -> {
                                    end.entries++;
                                    end.entriesHere++;
                                }))
                        .malformed("directory is damaged at byte"),
                zip("a directory that begins elsewhere", zip -> zip.endSays(end -> end.directoryAt -= 4))
                        .malformed("its directory should end at byte"),
                zip(
                                "a directory that begins elsewhere and is longer",
                                zip -> zip.endSays(end -> {
                                    end.directoryAt -= 4;
                                    end.directorySize += 4;
                                }))
                        .malformed("directory is damaged at byte"),
                zip("a directory beyond the end", zip -> zip.endSays(end -> end.directoryAt = 0x7fffffffL))
                        .malformed("its directory should end at byte"),
                zip("a second end record in the comment", zip -> zip.endSays(end -> end.comment = new RawZip().bytes()))
                        .malformed("its directory should end at byte"));
    }

    private static Stream<Attack> places() {
        return Stream.of(
                library("an entry whose header is in the directory", entry -> entry.headerAt(0x7fffffff))
                        .malformed(RELEASE, "no header at byte 2147483647"),
                library("an entry whose header is nowhere", entry -> entry.headerAt(0xffffffffL))
                        .malformed(RELEASE, "no header at byte 4294967295"),
                library("an entry whose header is that of the manifest", entry -> entry.headerAt(0))
                        .malformed(RELEASE, "header differs"),
                library(
                                "data that runs into the directory",
                                entry -> entry.says(header -> {
                                    header.compressed += 100_000;
                                    header.size += 100_000;
                                }))
                        .malformed(RELEASE, "runs into the directory"),
                zip("an entry inside of another", zip -> {
                            RawZip.Entry inner = RawZip.stored("docs/inner.txt", utf8("inner"));
                            int at = zip.size();
                            zip.add(RawZip.stored("docs/outer.zip", inner.record()));
                            zip.add(inner.onlyInDirectory(at + 30 + "docs/outer.zip".length()));
                        })
                        .malformed("docs/inner.txt", "shares bytes with the entry \"docs/outer.zip\""));
    }

    private static Attack bytes(String name, UnaryOperator<byte[]> change) {
        return Attack.of(name, () -> change.apply(new BundleParts().bytes()));
    }

    static Attack zip(String name, Consumer<RawZip> change) {
        return Attack.of(name, () -> {
            RawZip zip = new BundleParts().zip();
            change.accept(zip);
            return zip.bytes();
        });
    }

    private static Attack library(String name, Consumer<RawZip.Entry> change) {
        return zip(name, zip -> change.accept(zip.entry(RELEASE)));
    }
}
