package dev.turnstile.bench.gate;

import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.ErrorReply;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A plugin in a {@link PipedHost}, whose standard streams carry the requests and the responses. */
final class PipedPlugin implements ConfinedPlugin {
    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream responses;

    PipedPlugin(Path library) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xshare:auto",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PipedHost.class.getName(),
                            library.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
        requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), PipedHost.BUFFER));
        responses = new DataInputStream(new BufferedInputStream(process.getInputStream(), PipedHost.BUFFER));
    }

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        try {
            PipedHost.write(requests, tag.getBytes(StandardCharsets.UTF_8));
            PipedHost.write(requests, request);
            requests.flush();
            return PipedHost.read(responses);
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    @Override
    public void close() {
        try {
            requests.close();
            process.waitFor();
        } catch (IOException | InterruptedException notClosed) {
            throw new IllegalStateException(notClosed);
        }
    }
}
