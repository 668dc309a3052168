package dev.turnstile.plugin;

import dev.turnstile.process.HostCommand;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** The command that starts a {@link PluginHost} in a JVM: the same Java as this one, with the jars that the host needs. */
final class JavaHost {
    /** One class of each jar. */
    private static final List<Class<?>> NEEDED = List.of(
            PluginHost.class,
            JsonMapper.class,
            JsonParser.class,
            com.fasterxml.jackson.annotation.JsonProperty.class,
            LoggerFactory.class);

    /** For a small process that starts fast, and that the application knows the death of. */
    private static final List<String> ARGUMENTS = List.of(
            "-Xms16m", // a large young generation would be touched once from end to end
            "-Xmn8m",
            "-Xshare:auto",
            "-XX:-UsePerfData", // a file in the temporary directory
            "-Xlog:disable",
            "-Dslf4j.internal.verbosity=ERROR",
            "--enable-native-access=ALL-UNNAMED");

    /** For a native plugin: there is little Java to run, which starts faster like this and takes less memory. */
    private static final String LITTLE_JAVA = "-XX:TieredStopAtLevel=1";

    private JavaHost() {}

    /**
     * Makes the command for the process of a native plugin, whose own directory this is.
     *
     * @param isAhead it has time before it is asked for anything
     */
    static HostCommand command(Isolation isolation, Path directory, boolean isAhead) {
        return command(isolation, List.of(LITTLE_JAVA), jars(directory), directory, isAhead);
    }

    /** The same for a plugin in Java. */
    static HostCommand command(Isolation isolation, Class<?> plugin, Path directory) {
        Set<String> classPath = new LinkedHashSet<>(jars(directory));
        if (isolation.classPath().isEmpty()) {
            addPath(System.getProperty("java.class.path", ""), classPath);
            addPath(System.getProperty("jdk.module.path", ""), classPath);
        }
        isolation
                .classPath()
                .forEach(entry -> classPath.add(entry.toAbsolutePath().toString()));
        classPath.add(jarOf(plugin, directory).toString());
        return command(isolation, List.of(), classPath, directory, false);
    }

    /** Adds the entries of a path, and the jars in those that are directories; the process may have another working directory. */
    private static void addPath(String path, Set<String> classPath) {
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                String absolute = Path.of(entry).toAbsolutePath().toString();
                classPath.add(absolute);
                if (Files.isDirectory(Path.of(entry))) {
                    classPath.add(absolute + File.separator + "*");
                }
            }
        }
    }

    private static HostCommand command(
            Isolation isolation, List<String> compiler, Set<String> classPath, Path directory, boolean isAhead) {
        List<String> words = new ArrayList<>(isolation.commandPrefix());
        words.add(java().toString());
        words.addAll(ARGUMENTS);
        words.addAll(compiler);
        if (isolation.jvmArguments().stream().noneMatch(JavaHost::choosesCollector)) {
            words.add("-XX:+UseSerialGC");
        }
        Path crashFile = isolation
                .crashFiles()
                .map(kept -> kept.toAbsolutePath().resolve("hs_err_" + directory.getFileName() + ".log"))
                .orElseGet(() -> directory.resolve("hs_err.log"));
        words.add("-XX:ErrorFile=" + crashFile);
        words.addAll(isolation.jvmArguments());
        words.add("-cp");
        words.add(String.join(File.pathSeparator, classPath));
        words.add(PluginHost.class.getName());
        if (isAhead) {
            words.add(PluginHost.PREPARE);
        }
        return HostStarter.command(isolation, words, Optional.of(crashFile));
    }

    private static boolean choosesCollector(String argument) {
        return argument.startsWith("-XX:+Use") && argument.endsWith("GC");
    }

    private static Path java() {
        boolean isWindows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        Path java = Path.of(System.getProperty("java.home", ""), "bin", isWindows ? "java.exe" : "java");
        if (!Files.isExecutable(java)) {
            throw new PluginLoadException("The plugin's process cannot be started: there is no " + java
                    + ", since this is not a JDK or a JRE with its commands");
        }
        return java;
    }

    private static Set<String> jars(Path directory) {
        Set<String> jars = new LinkedHashSet<>();
        for (Class<?> needed : NEEDED) {
            jars.add(jarOf(needed, directory).toString());
        }
        return jars;
    }

    /** Returns the file or directory that a class was loaded from; a jar in another one is copied into the directory first. */
    static Path jarOf(Class<?> needed, Path directory) {
        CodeSource source = needed.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        try {
            if (location == null) {
                location = jarOfItsFile(needed);
            }
            if (location == null) {
                throw new PluginLoadException("The plugin's process cannot be started: nobody knows where the class "
                        + needed.getName() + " was loaded from, which it needs");
            }
            return location.getProtocol().equals("file") ? Path.of(location.toURI()) : copyOf(location, directory);
        } catch (IOException | URISyntaxException unreadable) {
            throw new PluginLoadException(
                    "The plugin's process cannot be started: " + location + ", which it needs, cannot be read",
                    unreadable);
        }
    }

    /** For classes that came out of an archive of classes (CDS) whose jars were elsewhere when it was made: JDK 25 forgets where they are. */
    private static @Nullable URL jarOfItsFile(Class<?> needed) throws IOException {
        URL file = needed.getResource("/" + needed.getName().replace('.', '/') + ".class");
        return file != null && file.openConnection() instanceof JarURLConnection inside ? inside.getJarFileURL() : null;
    }

    private static Path copyOf(URL location, Path directory) throws IOException {
        URL jar = location.openConnection() instanceof JarURLConnection inside ? inside.getJarFileURL() : location;
        String words = jar.toString();
        String name = words.substring(words.lastIndexOf('/', words.length() - 2) + 1)
                .replace("!", "")
                .replace("/", "");
        Path copy = directory.resolve(name.endsWith(".jar") ? name : name + ".jar");
        if (!Files.exists(copy)) {
            try (InputStream stream = jar.openStream()) {
                var unused = Files.copy(stream, copy);
            }
        }
        return copy;
    }
}
