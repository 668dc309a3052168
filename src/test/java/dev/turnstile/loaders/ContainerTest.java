package dev.turnstile.loaders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A web application that brings the library is deployed and undeployed in a servlet container, and leaves nothing there. */
class ContainerTest {
    /** What Tomcat asks for to look for leaks. */
    private static final List<String> OPTIONS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

    /** Each takes some two seconds; {@code -Dturnstile.test.jvmArgs=-Dturnstile.test.redeployments=100} for more. */
    private static final int REDEPLOYMENTS = Integer.getInteger("turnstile.test.redeployments", 30);

    @TempDir
    Path directory;

    private Path application;

    @BeforeEach
    void buildTheApplication() throws Exception {
        application = directory.resolve("application");
        Path library = Files.createDirectories(application.resolve("WEB-INF/lib"));
        pack(placeOf(SynchronizedPlugin.class), library.resolve("turnstile.jar"));
        for (String entry : List.of(System.getProperty("java.class.path").split(File.pathSeparator))) {
            Path file = Path.of(entry);
            if (file.getFileName()
                    .toString()
                    .matches("(jackson-(annotations|core|databind)|slf4j-(api|simple)|bcprov).*")) {
                Files.copy(file, library.resolve(file.getFileName()));
            }
        }
        Path classes = application.resolve("WEB-INF/classes/dev/turnstile/loaders");
        Files.createDirectories(classes);
        try (Stream<Path> files = Files.list(placeOf(PluginServlet.class).resolve("dev/turnstile/loaders"))) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("PluginServlet")) {
                    Files.copy(file, classes.resolve(file.getFileName()));
                }
            }
        }
        Files.writeString(application.resolve("WEB-INF/web.xml"), descriptor());
    }

    private static String descriptor() {
        return """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1" metadata-complete="true">
                <servlet>
                    <servlet-name>echo</servlet-name>
                    <servlet-class>%s</servlet-class>
                    <init-param>
                        <param-name>bundle</param-name>
                        <param-value>%s</param-value>
                    </init-param>
                    <load-on-startup>1</load-on-startup>
                </servlet>
                <servlet-mapping>
                    <servlet-name>echo</servlet-name>
                    <url-pattern>/echo</url-pattern>
                </servlet-mapping>
            </web-app>
            """.formatted(PluginServlet.class.getName(), TestPlugins.bundle());
    }

    private static Path placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Makes a jar of a directory. */
    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(one).toString().replace(File.separatorChar, '/')));
                Files.copy(one, entries);
                entries.closeEntry();
            }
        }
    }

    private void deploy(int times) throws Exception {
        Path container = Files.createDirectories(directory.resolve("container/webapps"));
        ChildJvm.Result result = ChildJvm.run(
                OPTIONS,
                ContainerProgram.class,
                application.toString(),
                container.getParent().toString(),
                Integer.toString(times));

        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                List.of("collected: " + times, "found by the container: []", "warnings: []"),
                result.output()
                        .lines()
                        .filter(line -> line.matches("(collected|found by the container|warnings): .*"))
                        .toList(),
                result.output());
    }

    @Test
    void application_deployedAndUndeployed_leavesNothing() throws Exception {
        deploy(2);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void application_redeployedManyTimes_leavesNothing() throws Exception {
        deploy(REDEPLOYMENTS);
    }
}
