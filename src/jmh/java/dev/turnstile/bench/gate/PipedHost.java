package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The other end of a {@link PipedPlugin}: answers requests from its standard input until that ends. */
final class PipedHost {
    static final int BUFFER = 1 << 16;

    private PipedHost() {}

    public static void main(String[] arguments) throws Exception {
        try (NativePlugin plugin = NativePlugin.loadInPlace(Path.of(arguments[0]));
                DataInputStream requests =
                        new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in), BUFFER));
                DataOutputStream responses = new DataOutputStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER))) {
            while (true) {
                String tag = new String(read(requests), StandardCharsets.UTF_8);
                write(responses, plugin.exchange(tag, read(requests)));
                responses.flush();
            }
        } catch (EOFException noMore) {
            System.exit(0);
        }
    }

    static void write(DataOutputStream to, byte[] bytes) throws IOException {
        to.writeInt(bytes.length);
        to.write(bytes);
    }

    static byte[] read(DataInputStream from) throws IOException {
        byte[] bytes = new byte[from.readInt()];
        from.readFully(bytes);
        return bytes;
    }
}
