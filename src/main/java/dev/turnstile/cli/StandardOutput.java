package dev.turnstile.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A standard output that knows whether its reader has gone, as {@code head} does when it has seen enough. */
final class StandardOutput extends PrintStream {
    private static final Path LINK = Path.of("/proc/self/fd/1");

    private final Watched watched;

    StandardOutput(OutputStream out, Charset charset) {
        this(new Watched(out), charset);
    }

    private StandardOutput(Watched watched, Charset charset) {
        super(new BufferedOutputStream(watched), false, charset);
        this.watched = watched;
    }

    boolean hasReaderGone() {
        return watched.failsAsPipe;
    }

    /** Whether it is a terminal. Where the system does not tell what it is, it is one if there is a console. */
    @SuppressWarnings("SystemConsoleNull") // Main chooses the console that is null where there is no terminal
    boolean isShown() {
        return System.console() != null || leadsTo("/dev/pts/") || leadsTo("/dev/tty");
    }

    private static final class Watched extends FilterOutputStream {
        private volatile boolean failsAsPipe;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException failure) {
                failsAsPipe |= isBrokenPipe(failure);
                throw failure;
            }
        }
    }

    /** The system's message may be in any language: Linux knows better what the output is. */
    private static boolean isBrokenPipe(IOException failure) {
        if (String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
            return true;
        }
        return leadsTo("pipe:");
    }

    private static boolean leadsTo(String beginning) {
        try {
            return Files.isSymbolicLink(LINK)
                    && Files.readSymbolicLink(LINK).toString().startsWith(beginning);
        } catch (IOException unknown) {
            return false;
        }
    }
}
