package dev.turnstile.flink.cluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The jars of a cluster and of its jobs. */
final class Jars {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));
    private static final Path FLINK =
            Path.of(System.getProperty("turnstile.flink", "target/flink")).toAbsolutePath();

    private static final Path LIBRARY = BASE.resolve("target/classes");

    private Jars() {}

    /** Flink's own, which the build has put aside. */
    static List<Path> flink() throws IOException {
        List<Path> jars = files(FLINK.resolve("lib"));
        if (jars.isEmpty()) {
            throw new IOException("There are no jars of Flink in " + FLINK.resolve("lib") + ": scripts/test gets them");
        }
        return jars;
    }

    /** What the library itself needs, besides SLF4J, which Flink has. */
    static List<Path> needs() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.matches(".*/(jackson-(core|databind|annotations)|jspecify)-[0-9.]+\\.jar"))
                .map(Path::of)
                .toList();
    }

    /** The library, as it is built now. */
    static Path library(Path directory) throws IOException {
        return jar(directory.resolve("turnstile.jar"), List.of(LIBRARY), List.of());
    }

    /** The sample of the guide, compiled as its users compile it. */
    static Path sample(Path directory) throws IOException {
        return job(directory, "sample", "src/samples/flink/src/main/java/example", false, Map.of());
    }

    /**
     * The job of the trials.
     *
     * @param withLibrary whether the library, and what it needs, is in the jar, too
     * @param resources further files of it, by their names
     */
    static Path trial(Path directory, String name, boolean withLibrary, Map<String, Path> resources)
            throws IOException {
        return job(directory, name, "src/flink/java/dev/turnstile/flink/trial", withLibrary, resources);
    }

    private static Path job(
            Path directory, String name, String sources, boolean withLibrary, Map<String, Path> resources)
            throws IOException {
        Path classes = Files.createDirectories(directory.resolve(name + "-classes"));
        List<Path> classPath = new ArrayList<>(flink());
        classPath.add(LIBRARY);
        classPath.addAll(needs());
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-parameters", "-nowarn", "-cp"));
        arguments.add(String.join(
                File.pathSeparator, classPath.stream().map(Path::toString).toList()));
        for (Path source : files(BASE.resolve(sources))) {
            arguments.add(source.toString());
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
        if (result != 0) {
            throw new IOException(sources + " does not compile");
        }
        for (Map.Entry<String, Path> resource : resources.entrySet()) {
            Files.copy(resource.getValue(), classes.resolve(resource.getKey()));
        }
        return withLibrary
                ? jar(directory.resolve(name + ".jar"), List.of(classes, LIBRARY), needs())
                : jar(directory.resolve(name + ".jar"), List.of(classes), List.of());
    }

    private static Path jar(Path jar, List<Path> contents, List<Path> nested) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path content : contents) {
                try (Stream<Path> walk = Files.walk(content)) {
                    for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                        entries.putNextEntry(
                                new JarEntry(content.relativize(file).toString()));
                        Files.copy(file, entries);
                    }
                }
            }
            for (Path each : nested) {
                addAll(entries, each);
            }
        }
        return jar;
    }

    private static void addAll(JarOutputStream entries, Path nested) throws IOException {
        try (JarFile from = new JarFile(nested.toFile())) {
            for (JarEntry entry : Collections.list(from.entries())) {
                if (!entry.isDirectory() && !entry.getName().matches("META-INF/.*|.*module-info.class")) {
                    entries.putNextEntry(new JarEntry(entry.getName()));
                    from.getInputStream(entry).transferTo(entries);
                }
            }
        }
    }

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
