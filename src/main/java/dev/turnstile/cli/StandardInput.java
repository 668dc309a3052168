package dev.turnstile.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The standard input of this process. If it was closed when the JVM started, a file that the JVM opened for itself has its number: what is read then
 * is the JVM's own code.
 */
final class StandardInput {
    private static final Path LINK = Path.of("/proc/self/fd/0");

    private StandardInput() {}

    static InputStream ofThisProcess() {
        return isFileOfTheJvm() ? new Closed() : System.in;
    }

    /** Linux alone tells; elsewhere nothing is known of it. */
    private static boolean isFileOfTheJvm() {
        try {
            return Files.isSymbolicLink(LINK)
                    && Files.readSymbolicLink(LINK)
                            .startsWith(Path.of(System.getProperty("java.home")).toRealPath());
        } catch (IOException unknown) {
            return false;
        }
    }

    private static final class Closed extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("it is closed");
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return length == 0 ? 0 : read();
        }
    }
}
