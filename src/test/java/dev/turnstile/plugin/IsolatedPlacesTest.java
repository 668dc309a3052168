package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Holdings;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.TmpfsMount;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where an application may run that isolates its plugins: what cannot work is refused and says why, the rest works. */
@Tag("slow")
@Tag("any-java")
class IsolatedPlacesTest {
    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    @FunctionalInterface
    private interface Part {
        void run(Path place) throws Exception;
    }

    private void withPlace(String mountOptions, Part part) throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(directory.resolve("mounted"), mountOptions)) {
            String before = System.setProperty(
                    ExtractedLibrary.DIRECTORY_PROPERTY,
                    mount.path().toRealPath().toString());
            try {
                part.run(mount.path());
            } finally {
                System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, before);
                Holdings.awaitNoMapping(mount.path()); // or else it is in use
            }
            assertEquals(0, mount.path().toFile().list().length, "nothing is left there");
        }
    }

    private SynchronizedPlugin load(Host host, boolean inPlace) throws InterruptedException {
        return SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                host.options().withLibraryInPlace(inPlace));
    }

    // ---- a small file system ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void placeOfOneMegabyte_takesWhatFits_andTheRestIsAnError(Host host) throws Exception {
        String large = "\"" + "x".repeat(2 << 20) + "\"";
        withPlace("size=1m", mounted -> {
            try (SynchronizedPlugin plugin = load(host, true)) {
                assertEquals("1", plugin.call("echo", "1"));
                String refused = assertThrows(IllegalStateException.class, () -> plugin.call("echo", large))
                        .getMessage();
                assertTrue(refused.contains("no room to hand over the request"), refused);
                assertEquals("2", plugin.call("echo", "2"), "the process is as it was");
                String fits = "\"" + "x".repeat(200_000) + "\"";
                assertEquals(fits, plugin.call("echo", fits));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void responseThatDoesNotFit_isAnErrorOfThatCall(Host host) throws Exception {
        withPlace("size=1m", mounted -> {
            try (SynchronizedPlugin plugin = load(host, true)) {
                String fitsOnce = "\"" + "x".repeat(500_000) + "\""; // in an area of half a megabyte
                String refused = assertThrows(OutOfMemoryError.class, () -> plugin.call("echo", fitsOnce))
                        .getMessage();
                assertTrue(refused.contains("In the plugin's process"), refused);
                assertEquals("2", plugin.call("echo", "2"));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void placeWithoutRoom_isRefused(Host host) throws Exception {
        withPlace("size=64k", mounted -> {
            String refused = assertThrows(PluginLoadException.class, () -> load(host, true))
                    .getMessage();
            assertTrue(refused.contains("No space left on device"), refused);
        });
    }

    // ---- one that forbids something ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void placeThatForbidsExecution_isRefusedForCopies_andDoesForTheRest(Host host) throws Exception {
        withPlace("size=4m,noexec", mounted -> {
            String refused = assertThrows(PluginLoadException.class, () -> load(host, false))
                    .getMessage();
            assertTrue(refused.contains("noexec"), refused);
            try (SynchronizedPlugin plugin = load(host, true)) {
                assertEquals("1", plugin.call("echo", "1"));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void placeThatIsReadOnly_isRefused(Host host) throws Exception {
        withPlace("size=1m,ro", mounted -> {
            String refused = assertThrows(PluginLoadException.class, () -> load(host, true))
                    .getMessage();
            assertTrue(refused.contains("Read-only file system"), refused);
            assertTrue(refused.contains(mounted.toString()), refused);
            assertThrows(RuntimeException.class, () -> load(host, false));
        });
    }

    // ---- another machine, another application ----

    private static void assertAnswers(ChildJvm.Result result) {
        assertEquals("answered: 1", result.output().strip());
        assertEquals(0, result.exitCode());
    }

    /** In a name space of its own, where /dev has little. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void machineWithoutSharedMemoryDirectory_usesTheTemporaryOne(Host host) throws Exception {
        String inSmallDev = "mount -t tmpfs dev /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/random c 1 8"
                + " && mknod -m 666 /dev/urandom c 1 9 && exec \"$@\"";
        List<String> prefix = List.of("unshare", "-m", "sh", "-c", inSmallDev, "sh");
        Process trial = new ProcessBuilder(
                        Stream.concat(prefix.stream(), Stream.of("true")).toList())
                .start();
        assumeTrue(trial.waitFor() == 0, "this user may not make a name space");
        assertAnswers(ChildJvm.runBehind(
                prefix,
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Djava.io.tmpdir=" + directory),
                IsolatedProgram.class,
                host.name()));
        assertEquals(0, directory.toFile().list().length, "nothing is left there");
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void applicationWithoutNativeAccess_needsNone_andNobodyWarns(Host host) throws Exception {
        String option = Runtime.version().feature() >= 24
                ? "--illegal-native-access=deny"
                : "-Dturnstile.test.without=native-access";
        assertAnswers(ChildJvm.run(
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error", option), IsolatedProgram.class, host.name()));
    }

    /** All classes in one jar, as build tools pack applications. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void applicationInOneJar_works(Host host) throws Exception {
        Path jar = directory.resolve("application.jar");
        packAll(jar);
        assertAnswers(ChildJvm.run(
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
                jar.toString(),
                IsolatedProgram.class.getName(),
                host.name()));
    }

    /** Only what the program and the host need. */
    private static void packAll(Path jar) throws IOException {
        Set<String> names = new HashSet<>();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(file)) {
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                Path path = Path.of(entry);
                String name = String.valueOf(path.getFileName());
                if (Files.isDirectory(path)) {
                    packDirectory(path, packed, names);
                } else if (name.startsWith("jackson") || name.startsWith("slf4j") || name.startsWith("jspecify")) {
                    packJar(path, packed, names);
                }
            }
        }
        assertFalse(names.isEmpty());
    }

    private static void packDirectory(Path directory, JarOutputStream packed, Set<String> names) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                pack(directory.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file), packed, names);
            }
        }
    }

    private static void packJar(Path jar, JarOutputStream packed, Set<String> names) throws IOException {
        try (JarFile opened = new JarFile(jar.toFile())) {
            for (JarEntry entry :
                    opened.stream().filter(entry -> !entry.isDirectory()).toList()) {
                pack(entry.getName(), opened.getInputStream(entry).readAllBytes(), packed, names);
            }
        }
    }

    private static void pack(String name, byte[] content, JarOutputStream packed, Set<String> names)
            throws IOException {
        if (!name.endsWith("module-info.class") && !name.startsWith("META-INF/MANIFEST") && names.add(name)) {
            packed.putNextEntry(new JarEntry(name));
            packed.write(content);
            packed.closeEntry();
        }
    }
}
