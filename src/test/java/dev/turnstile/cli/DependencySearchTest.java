package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.Platform;
import dev.turnstile.cli.Dependency.FoundBy;
import dev.turnstile.elf.ElfDependencies;
import dev.turnstile.elf.LoaderCache;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a dependency is found, as the loader of Linux does it. */
class DependencySearchTest {
    private static final String NAME = "libturnstile_sought.so";

    @TempDir
    Path directory;

    @BeforeEach
    void isLinux() {
        assumeTrue(Platform.host().system().equals("linux"), "the test plugins are libraries for Linux there");
    }

    private Path in(String name) throws IOException {
        Path made = Files.createDirectories(directory.resolve(name)).toRealPath();
        return Files.copy(TestPlugins.demo(), made.resolve(NAME)).getParent();
    }

    private Dependency found(ElfDependencies library, @Nullable String libraryPath) throws IOException {
        return search(library, libraryPath).dependencies().getFirst();
    }

    private DependencySearch search(ElfDependencies library, @Nullable String libraryPath) throws IOException {
        LoaderCache none = LoaderCache.read(directory.resolve("no-cache"));
        return new DependencySearch(library, directory, Platform.host().architecture(), libraryPath, none);
    }

    private static ElfDependencies needs(boolean isFirst, Path... searchPath) {
        return new ElfDependencies(
                List.of(NAME), List.of(searchPath).stream().map(Path::toString).toList(), isFirst);
    }

    private static Dependency by(FoundBy by, Path in) {
        return new Dependency(NAME, by, Optional.of(in.resolve(NAME)));
    }

    @Test
    void olderSearchPath_comesBeforeTheEnvironment_andTheNewerOneAfterIt() throws Exception {
        Path own = in("own");
        Path environment = in("environment");

        assertEquals(by(FoundBy.ITS_PATH, own), found(needs(true, own), environment.toString()));
        assertEquals(by(FoundBy.ENVIRONMENT, environment), found(needs(false, own), environment.toString()));
        assertEquals(by(FoundBy.ITS_PATH, own), found(needs(false, own), ""));
    }

    /** The loader has it so. */
    @Test
    void emptyElement_isTheCurrentDirectory() throws Exception {
        Path current = Path.of("").toAbsolutePath();
        Path here = Files.copy(TestPlugins.demo(), current.resolve(NAME));
        try {
            for (String path : List.of(":", "/nowhere:", ":/nowhere", "/nowhere::/nowhere", ";")) {
                assertEquals(by(FoundBy.ENVIRONMENT, current), found(needs(false), path), path);
            }
            assertEquals(FoundBy.NOTHING, found(needs(false), "").foundBy());
        } finally {
            Files.delete(here);
        }
    }

    @Test
    void directoryBehindALinkAndUpwards_isTheOneThatTheSystemFinds() throws Exception {
        Path real = in("real");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(real.resolve("sub")));

        assertEquals(by(FoundBy.ITS_PATH, real), found(needs(false, link.resolve("..")), null));
    }

    /** What an older search path leads to is found for dependencies as well, unless they have a newer one of their own. */
    @Test
    void olderSearchPath_isForDependenciesAsWell() throws Exception {
        Path own = in("own");
        Path dependency = own.resolve(NAME);
        ElfDependencies withoutPath = needs(false);
        for (boolean isFirst : new boolean[] {true, false}) {
            Dependency found = search(needs(isFirst, own), null)
                    .of(dependency, withoutPath)
                    .dependencies()
                    .getFirst();
            assertEquals(isFirst ? FoundBy.ITS_PATH : FoundBy.NOTHING, found.foundBy());
        }
    }
}
