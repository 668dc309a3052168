package dev.turnstile.plugin;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.process.HostChannel;
import dev.turnstile.process.MemoryLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a plugin's own process: loads the plugin that the application names, and calls it when the application asks. The main thread does all of it; so
 * the plugin is confined to that. The process ends when the application has ended, or has closed the process's standard input.
 */
final class PluginHost {
    /** An argument: this process has time, so it prepares what a native plugin needs before it is asked for anything. */
    static final String PREPARE = "--prepare";

    /** The beginning of an argument: how many bytes this process may take for the plugin. */
    static final String MEMORY_LIMIT = "--memory-limit=";

    private static final byte[] NOTHING = {};

    private final HostChannel channel;
    private final OptionalLong memoryLimit;
    private @Nullable ConfinedPlugin plugin;

    /** The type tag that was called last. */
    private String lastTag = "";

    private byte[] lastTagBytes = NOTHING;

    private PluginHost(HostChannel channel, OptionalLong memoryLimit) {
        this.channel = channel;
        this.memoryLimit = memoryLimit;
    }

    /**
     * Serves the application.
     *
     * @param arguments options, the directory, and how the two processes wake each other
     * @throws IOException if the two do not understand each other
     */
    public static void main(String[] arguments) throws IOException {
        int count = arguments.length;
        HostChannel channel = HostChannel.connect(Path.of(arguments[count - 2]), arguments[count - 1]);
        try {
            List<String> options = List.of(arguments).subList(0, count - 2);
            if (options.contains(PREPARE)) {
                NativePlugin.prepareAhead();
            }
            OptionalLong memoryLimit = options.stream()
                    .filter(option -> option.startsWith(MEMORY_LIMIT))
                    .mapToLong(option -> Long.parseLong(option.substring(MEMORY_LIMIT.length())))
                    .findAny();
            new PluginHost(channel, memoryLimit).serve();
        } finally {
            channel.fail(); // threads of a plugin in Java would keep a process that answers nobody
        }
    }

    private void serve() throws IOException {
        while (true) {
            try {
                channel.await();
            } catch (OutOfMemoryError noMemory) {
                refuse(HostAnswer.NO_MEMORY, "The request does not fit: " + noMemory.getMessage());
                continue;
            }
            try {
                answer();
            } catch (IOException noRoom) {
                refuse(HostAnswer.NO_MEMORY, "The response could not be handed over: " + noRoom.getMessage());
            }
        }
    }

    private void answer() throws IOException {
        HostOperation operation = HostOperation.of(channel.operation());
        channel.begin();
        try {
            carryOut(operation);
        } catch (ErrorReply reply) {
            beCautiousAfter(ErrorCode.ofBits(reply.code()));
            channel.reply(HostAnswer.ERROR.number(), reply.code(), reply.body());
        } catch (PluginLoadException notLoaded) {
            refuse(HostAnswer.NOT_LOADED, String.valueOf(notLoaded.getMessage()));
        } catch (PluginException failure) {
            if (operation == HostOperation.SHUT_DOWN) {
                refuse(HostAnswer.NOT_STOPPED, failure.pluginMessage());
            } else {
                beCautiousAfter(failure.errorCode());
                channel.reply(
                        HostAnswer.ERROR.number(),
                        (int) failure.errorCode().value(),
                        failure.pluginMessage().getBytes(StandardCharsets.UTF_8));
            }
        } catch (UnsupportedOperationException missing) {
            refuse(HostAnswer.UNSUPPORTED, String.valueOf(missing.getMessage()));
        } catch (OutOfMemoryError noMemory) {
            refuse(HostAnswer.NO_MEMORY, String.valueOf(noMemory.getMessage()));
        } catch (RuntimeException | Error thrown) {
            refuse(HostAnswer.THREW, thrown.toString());
        }
    }

    private void beCautiousAfter(ErrorCode code) {
        if (PluginSource.mayBeLost(code)) {
            channel.beCautious();
        }
    }

    private void refuse(HostAnswer how, String words) throws IOException {
        channel.reply(how.number(), 0, words.getBytes(StandardCharsets.UTF_8));
    }

    private void carryOut(HostOperation operation) throws IOException, ErrorReply {
        switch (operation) {
            case START -> start();
            case START_CLASS -> {
                limitMemory();
                begin(JavaPlugins.make(new String(channel.head(), StandardCharsets.UTF_8), this::log));
            }
            case CALL -> done(plugin().exchange(tag(channel.head()), channel.body()));
            case CALL_RAW -> done(plugin().exchangeRaw(channel.id(), channel.body()));
            case SET_LOG_LEVEL -> {
                plugin().setLogLevel(LogLevel.of(channel.id()));
                done(NOTHING);
            }
            case STATE ->
                channel.reply(HostAnswer.DONE.number(), plugin().state().code(), NOTHING);
            case REJECTED_COUNT ->
                done(ByteBuffer.allocate(Long.BYTES)
                        .putLong(plugin().rejectedCount())
                        .array());
            case SHUT_DOWN -> {
                plugin().close();
                channel.done();
                done(NOTHING);
            }
        }
    }

    private String tag(byte[] bytes) {
        if (!Arrays.equals(bytes, lastTagBytes)) {
            lastTagBytes = bytes;
            lastTag = new String(bytes, StandardCharsets.UTF_8);
        }
        return lastTag;
    }

    private void done(byte[] what) throws IOException {
        channel.reply(HostAnswer.DONE.number(), 0, what);
    }

    private ConfinedPlugin plugin() {
        ConfinedPlugin started = plugin;
        if (started == null) {
            throw new IllegalStateException("No plugin is loaded");
        }
        return started;
    }

    private void start() throws IOException {
        HostedLibrary hosted = HostedLibrary.of(channel.head());
        limitMemory();
        begin(NativePlugin.start(
                hosted.library(), new StartConfig(channel.body(), hosted.level()), new DirectLog(this::log)));
    }

    private void limitMemory() {
        if (memoryLimit.isPresent()) {
            try {
                MemoryLimit.set(memoryLimit.getAsLong());
            } catch (IOException refused) {
                throw new PluginLoadException("The plugin is not loaded: memoryLimit is " + memoryLimit.getAsLong()
                        + ", but the memory of its process cannot be limited: " + refused.getMessage());
            }
        }
    }

    private void begin(ConfinedPlugin started) throws IOException {
        plugin = started;
        channel.reply(HostAnswer.DONE.number(), Capability.bits(started.capabilities()), NOTHING);
    }

    private void log(PluginLogLine line) {
        channel.log(line.level().code(), line.target(), line.message(), line.tag());
    }

    /** Hands each line over at once, on the thread that logged it: a plugin may crash just after it. */
    private static final class DirectLog extends LogDelivery {
        private final Consumer<PluginLogLine> receiver;

        DirectLog(Consumer<PluginLogLine> receiver) {
            super(line -> {});
            this.receiver = receiver;
        }

        @Override
        public void offer(PluginLogLine line, @Nullable CarriedContext context) {
            receiver.accept(line);
        }
    }
}
