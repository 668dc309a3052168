package dev.turnstile.cli;

import dev.turnstile.elf.ElfDetails;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.ElfVersion;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The versions of symbols that a library needs of its dependencies, and whether these have them. A system that is older than the one on
 * which a library was built lacks some.
 */
final class NeededVersions {
    private static final String C_LIBRARY = "GLIBC_";
    private static final Pattern NUMBERED = Pattern.compile(C_LIBRARY + "[0-9]{1,6}([.][0-9]{1,6}){1,3}");

    private final List<ElfVersion> needed;

    NeededVersions(List<ElfVersion> needed) {
        this.needed = needed;
    }

    /** The highest version of the GNU C library that it needs, with the file of it that has to have it. */
    Optional<ElfVersion> ofCLibrary() {
        return needed.stream()
                .filter(need -> NUMBERED.matcher(need.version()).matches())
                .max((one, other) -> compare(one.version(), other.version()));
    }

    /** Compares two versions of the GNU C library, number by number. */
    private static int compare(String one, String other) {
        int[] ones = numbers(one);
        int[] others = numbers(other);
        return Arrays.compare(ones, others);
    }

    private static int[] numbers(String version) {
        return Pattern.compile("[.]")
                .splitAsStream(version.substring(C_LIBRARY.length()))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** Says what the dependencies lack, a sentence without its full stop for each that lacks something. */
    List<String> problems(List<Dependency> dependencies) {
        List<String> problems = new ArrayList<>();
        for (Dependency dependency : dependencies) {
            List<String> versions = needed.stream()
                    .filter(need -> need.library().equals(dependency.name()))
                    .map(ElfVersion::version)
                    .toList();
            if (dependency.path().isPresent() && !versions.isEmpty()) {
                check(dependency.path().get(), versions, problems);
            }
        }
        return problems;
    }

    private static void check(Path file, List<String> versions, List<String> problems) {
        List<String> defined;
        try {
            defined = ElfDetails.read(file, Set.of()).defined();
        } catch (ElfException malformed) {
            problems.add("Its dependency " + file + " cannot be loaded: " + malformed.getMessage());
            return;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "The dependency " + file + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
        List<String> missing =
                versions.stream().filter(version -> !defined.contains(version)).toList();
        if (!defined.isEmpty() && !missing.isEmpty()) { // one that has no versions at all is taken by the loader
            problems.add("It needs " + String.join(", ", missing) + " of " + file
                    + ", which is older and does not have that. Build it on the oldest system that it is to run on, or"
                    + " run it on a newer one");
        }
    }
}
