package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.TestPlugins;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Builds {@code src/samples/spring-boot} with the jars that the build has put aside for it: its classes, and one jar of all. */
final class SampleFiles {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));
    private static final Path JARS = Path.of(System.getProperty("turnstile.spring.boot", "target/spring-boot"));
    private static final Path LIBRARY = BASE.resolve("target/classes");

    private final Path directory;
    private final Path classes;

    SampleFiles(Path directory) throws IOException {
        this.directory = directory;
        this.classes = directory.resolve("classes");
        Files.createDirectory(classes);
        Path sources = BASE.resolve("src/samples/spring-boot/src/main");
        List<String> arguments = new ArrayList<>(
                List.of("-parameters", "-d", classes.toString(), "-cp", classPath("4"), "-Xlint:all,-processing"));
        files(sources.resolve("java/example")).forEach(source -> arguments.add(source.toString()));
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0])),
                "it compiles");
        Files.copy(sources.resolve("resources/application.yaml"), classes.resolve("application.yaml"));
        Files.copy(TestPlugins.bundle(), classes.resolve("turnstile-demo.rbp"));
        Files.copy(TestPlugins.demo(), classes.resolve("libturnstile_demo.so"));
        TestPlugins.key().write(classes.resolve("demo.pub"));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private String classPath(String version) throws IOException {
        List<String> entries = new ArrayList<>(List.of(classes.toString(), LIBRARY.toString()));
        files(JARS.resolve(version)).forEach(jar -> entries.add(jar.toString()));
        return String.join(File.pathSeparator, entries);
    }

    /** What follows the command {@code java}, with this version of Spring Boot. */
    List<String> run(String version) throws IOException {
        return List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath(version), "example.EchoApplication");
    }

    /** The same with Spring Boot's developer tools: what is no jar is loaded anew when it changes. */
    List<String> runWithDeveloperTools() throws IOException {
        String library = jar("turnstile.jar", LIBRARY, new Manifest()).toString();
        List<String> entries = new ArrayList<>(List.of(classes.toString(), library));
        for (String version : List.of("4", "devtools")) {
            files(JARS.resolve(version)).forEach(jar -> entries.add(jar.toString()));
        }
        return List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Dspring.devtools.restart.poll-interval=100ms",
                "-Dspring.devtools.restart.quiet-period=50ms",
                "-cp",
                String.join(File.pathSeparator, entries),
                "example.EchoApplication");
    }

    /** As an editor does that has compiled a class again. */
    void touchClasses() throws IOException {
        Path changed = classes.resolve("example/EchoController.class");
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(10)));
    }

    /** One jar with everything in it, as Spring Boot's plugins for Maven and Gradle make it. */
    Path fatJar() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Enable-Native-Access", "ALL-UNNAMED");
        Path application = jar("application.jar", classes, manifest);
        List<Path> libraries = new ArrayList<>(files(JARS.resolve("4")));
        libraries.add(jar("turnstile.jar", LIBRARY, new Manifest()));
        Path fat = directory.resolve("fat.jar");
        List<URL> tools = new ArrayList<>();
        for (Path tool : files(JARS.resolve("tools"))) {
            tools.add(tool.toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(tools.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            repackage(loader, application, libraries, fat);
        }
        return fat;
    }

    private Path jar(String name, Path content, Manifest manifest) throws IOException {
        Path jar = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(content)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(content.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return jar;
    }

    private static void repackage(ClassLoader loader, Path application, List<Path> libraries, Path fat)
            throws ReflectiveOperationException {
        String tools = "org.springframework.boot.loader.tools.";
        Class<?> library = loader.loadClass(tools + "Library");
        Class<?> scope = loader.loadClass(tools + "LibraryScope");
        Class<?> all = loader.loadClass(tools + "Libraries");
        Class<?> callback = loader.loadClass(tools + "LibraryCallback");
        Object names = Proxy.newProxyInstance(loader, new Class<?>[] {all}, (proxy, method, arguments) -> {
            for (Path jar : libraries) {
                Object made = library.getConstructor(File.class, scope)
                        .newInstance(jar.toFile(), scope.getField("COMPILE").get(null));
                callback.getMethod("library", library).invoke(arguments[0], made);
            }
            return null;
        });
        Class<?> repackager = loader.loadClass(tools + "Repackager");
        Object packs = repackager.getConstructor(File.class).newInstance(application.toFile());
        repackager.getMethod("setMainClass", String.class).invoke(packs, "example.EchoApplication");
        repackager.getMethod("repackage", File.class, all).invoke(packs, fat.toFile(), names);
    }
}
