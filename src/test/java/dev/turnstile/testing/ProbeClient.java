package dev.turnstile.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks the server of {@code probe_server.c}, and reads what it has left when its process has ended. */
final class ProbeClient {
    private ProbeClient() {}

    static long ask(Path socket, String name, int... arguments) {
        StringBuilder question = new StringBuilder(name);
        Arrays.stream(arguments).forEach(argument -> question.append(' ').append(argument));
        AtomicReference<@Nullable Long> found = new AtomicReference<>();
        Eventually.isTrue("the process begins to listen, or has told its last counts", () -> {
            try {
                found.set(find(socket, question.toString()));
                return found.get() != null;
            } catch (IOException e) {
                throw new UncheckedIOException(question.toString(), e);
            }
        });
        return Objects.requireNonNull(found.get());
    }

    private static @Nullable Long find(Path socket, String question) throws IOException {
        Path end = socket.resolveSibling(socket.getFileName() + ".end");
        boolean hasEnded = Files.exists(end);
        String answer = Files.exists(socket) ? answer(socket, question + "\n") : "0";
        if (answer != null) {
            return Long.parseLong(answer);
        }
        return hasEnded ? last(end, question + " ") : null;
    }

    /** Returns {@code null} if the process has ended. */
    private static @Nullable String answer(Path socket, String question) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(question.getBytes(StandardCharsets.UTF_8)));
            return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
        } catch (IOException nobodyIsThere) {
            return null;
        }
    }

    private static long last(Path end, String question) throws IOException {
        return Files.readAllLines(end).stream()
                .filter(line -> line.startsWith(question))
                .mapToLong(line -> Long.parseLong(line.substring(question.length())))
                .findFirst()
                .orElse(0); // nobody hears of a gate that is opened now
    }
}
