package dev.turnstile.plugin;

import dev.turnstile.bundle.Platform;
import dev.turnstile.internal.PrivateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the native host that an artifact brings, such as {@code turnstile-VERSION-linux-x86_64.jar}, beside the jar of this class. A process that runs it does not need the file any more.
 */
final class PackagedHost implements AutoCloseable {
    /** Where the artifacts have their programs, each below the name of its platform. */
    static final String FOLDER = "META-INF/turnstile/host/";

    static final String PROGRAM = "turnstile-host";

    private final PrivateDirectory directory;

    private PackagedHost(PrivateDirectory directory) {
        this.directory = directory;
    }

    /** Returns the program for this platform; {@code null} if there is none. */
    static @Nullable URL find() {
        String name = FOLDER + Platform.host() + "/" + PROGRAM;
        ClassLoader own = PackagedHost.class.getClassLoader();
        return own == null ? ClassLoader.getSystemResource(name) : own.getResource(name);
    }

    /**
     * Copies a program to where it can be run.
     *
     * @throws IOException if it cannot be copied, or not be run there; nothing is left then
     */
    static PackagedHost copyOf(URL program) throws IOException {
        Path place = PrivateDirectory.place();
        PackagedHost copy = new PackagedHost(PrivateDirectory.in(place.toRealPath()));
        boolean isUsable = false;
        try (InputStream stream = open(program)) {
            var unused = Files.copy(stream, copy.program());
            Files.setPosixFilePermissions(copy.program(), PosixFilePermissions.fromString("rwx------"));
            if (!Files.isExecutable(copy.program())) {
                throw new IOException(
                        place + " does not let files be executed (mounted noexec?): choose another place with -D"
                                + PrivateDirectory.PLACE_PROPERTY + "=DIRECTORY");
            }
            isUsable = true;
            return copy;
        } finally {
            if (!isUsable) {
                copy.close();
            }
        }
    }

    /** Without the cache of jars, which would keep the artifact open. */
    private static InputStream open(URL program) throws IOException {
        URLConnection connection = program.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    Path program() {
        return directory.path().resolve(PROGRAM);
    }

    /** Removes the copy. */
    @Override
    public void close() {
        directory.close();
    }
}
