package dev.turnstile.plugin;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which library a {@link PluginHost} is to load, and the level that it is told; in bytes, as one goes to the other. */
record HostedLibrary(CheckedLibrary library, @Nullable LogLevel level) {
    private static final int NO_LEVEL = -1;

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeText(out, library.file().toString());
            writeText(out, library.name().toString());
            writeText(out, library.subject());
            out.writeBoolean(library.isCopy());
            out.writeInt(level == null ? NO_LEVEL : level.code());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static HostedLibrary of(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            CheckedLibrary library =
                    new CheckedLibrary(Path.of(readText(in)), Path.of(readText(in)), readText(in), in.readBoolean());
            int code = in.readInt();
            return new HostedLibrary(library, code == NO_LEVEL ? null : LogLevel.of(code));
        }
    }

    /** In UTF-8, as a native host takes it: {@code writeUTF} has an encoding of Java's own. */
    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
