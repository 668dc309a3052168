package dev.turnstile.cli;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.Health;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.internal.FileTrouble;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginRequest;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Loads a plugin, makes one call, and prints the answer; or makes many, and replaces the plugin meanwhile when its file changes. */
@Command(
        name = "call",
        customSynopsis = {
            "turnstile call BUNDLE (--key KEY | --key-file FILE | --checksums-only)... TAG JSON [OPTIONS]",
            "       turnstile call LIBRARY TAG JSON [OPTIONS]",
            "       turnstile call (BUNDLE ... | LIBRARY) --raw ID HEX [--hex | --output FILE] [OPTIONS]",
            "       turnstile call --watch (BUNDLE ... | LIBRARY) TAG [--warm-up TAG=JSON] [OPTIONS]"
        },
        description = {
            "Loads a plugin, makes a call and prints the answer.",
            "",
            "The plugin is native code and runs in this process, or with --isolated in one of its own. Its log lines"
                    + " go to standard error.",
            "",
            "With --raw it calls a message by its number, with bytes in place of JSON.",
            "",
            "With --watch it calls TAG with each line of standard input, and answers with a line, in order. When the"
                + " content of the plugin's file changes, the new one is loaded, tried and put in the place of the old"
                + " one between two calls; what is not whole, not trusted or does not work is named on standard error,"
                + " and the old one goes on. So does it when a call fails; the end of the input ends it, with 0. A"
                + " library is to be moved into place whole."
        },
        footer = {
            "  turnstile call echo-1.2.0.rbp --key-file signing.pub echo '{\"message\":\"hello\"}'",
            "  turnstile call target/release/libecho.so echo - < request.json",
            "  turnstile call target/release/libecho.so --raw 1 cafe01 --hex",
            "  turnstile call target/release/libecho.so --raw 1 - < request.bin > reply.bin",
            "  turnstile call --watch echo.rbp --key-file signing.pub echo --warm-up 'echo={\"message\":\"hi\"}'"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CallCommand extends Subcommand {
    private static final Duration SWAP_LIMIT = Duration.ofSeconds(30);

    /** In a minute; after more of them a plugin is of no use. */
    private static final int CRASHES = 10;

    @Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "The .rbp file; or a library, for which whom to trust is not asked.")
    private Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TAG",
            description = "What is called, the message's type tag. With --raw there is none, and HEX is in its place.")
    private String tag = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "JSON",
            description = "The request; - reads it from standard input. With --watch there is none.")
    private @Nullable String json;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(names = "--variant", paramLabel = "VARIANT", description = "Which build; by default release.")
    private @Nullable String variant;

    @Option(names = "--config", paramLabel = "JSON", description = "The plugin's own configuration.")
    private @Nullable String config;

    @Option(
            names = "--timeout",
            converter = SecondsConverter.class,
            paramLabel = "SECONDS",
            description = "The limit for the call, and again for the plugin's shutdown; by default the call has none."
                    + " With --watch also for a switch, by default 30.")
    private @Nullable Duration limit;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "What the plugin logs: trace, debug, info, warn, error or off; by default warn, and info with"
                    + " --verbose.")
    private @Nullable LogLevel logLevel;

    @Option(
            names = "--isolated",
            description =
                    "Run the plugin in a process of its own: if it crashes, that is said, and with --watch the next"
                            + " line finds a fresh one.")
    private boolean isolated;

    @Option(names = "--watch", description = "Read requests, and switch to another plugin when the file changes.")
    private boolean watch;

    @Option(
            names = "--warm-up",
            paramLabel = "TAG=JSON",
            description = "With --watch: the call that a new plugin must answer before it takes over.")
    private @Nullable String warmUp;

    @Mixin
    private final RawOptions raw = new RawOptions();

    CallCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    @Nullable
    Result run() throws InterruptedException {
        PluginConfig pluginConfig = pluginConfig();
        PluginLogPrinter log = new PluginLogPrinter(terminal());
        PluginOptions options = options(log);
        try {
            if (raw.isRaw()) {
                return callRaw(pluginConfig, options, log);
            }
            raw.checkNotGiven();
            if (tag.isEmpty()) {
                throw new UsageException("TAG, what is called, is missing or empty; --raw ID calls it by a number");
            }
            if (watch) {
                callWithEachLine(pluginConfig, options, log);
                return null;
            }
            return callOnce(pluginConfig, options, log);
        } finally {
            log.awaitQuiet();
        }
    }

    private Result callOnce(PluginConfig pluginConfig, PluginOptions options, PluginLogPrinter log)
            throws InterruptedException {
        if (warmUp != null) {
            throw new UsageException("--warm-up is for a plugin that takes the place of another one: with --watch");
        }
        if (json == null) {
            throw new UsageException("JSON, the request, is missing; --watch reads requests from standard input");
        }
        String request = request(json);
        try (SynchronizedPlugin plugin = pluginFile().load(pluginConfig, options)) {
            log.pluginStarted();
            String response = call(plugin, request);
            return new Result(response.lines().toList(), () -> members(response));
        }
    }

    private String call(GuardedPlugin plugin, String request) throws InterruptedException {
        return limit == null ? plugin.call(tag, request) : plugin.call(tag, request, limit);
    }

    private Map<String, Object> members(String response) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("tag", tag);
        members.put("response", new RawValue(response));
        return members;
    }

    // ---- --raw ----

    private @Nullable Result callRaw(PluginConfig pluginConfig, PluginOptions options, PluginLogPrinter log)
            throws InterruptedException {
        if (watch || warmUp != null) {
            throw new UsageException("--raw makes one call: leave out --watch and --warm-up");
        }
        if (json != null) {
            throw new UsageException("--raw says what is called, so there is no TAG: leave out " + tag);
        }
        int messageId = raw.messageId();
        raw.checkOutput();
        byte[] request = raw.request(tag, terminal());
        byte[] reply;
        try (SynchronizedPlugin plugin = pluginFile().load(pluginConfig, options)) {
            log.pluginStarted();
            if (!plugin.capabilities().contains(Capability.RAW_CALLS)) {
                throw new RefusedException(
                        "UNSUPPORTED",
                        "The plugin " + file + ": it has no raw calls; `turnstile doctor` says what it lacks");
            }
            PluginRequest<byte[]> call = plugin.requestRaw(messageId, request);
            reply = (limit == null ? call : call.within(limit)).call();
        }
        return raw.deliver(reply, output().json(), terminal());
    }

    // ---- --watch ----

    private void callWithEachLine(PluginConfig pluginConfig, PluginOptions options, PluginLogPrinter log)
            throws InterruptedException {
        if (json != null) {
            throw new UsageException("With --watch the requests are the lines of standard input, so leave out " + json);
        }
        PluginWarmUp trial = warmUp == null ? PluginWarmUp.none() : warmUp(warmUp);
        Duration swapLimit = limit == null ? SWAP_LIMIT : limit;
        PluginFile source = pluginFile();
        FileContent content = FileContent.of(file);
        try (FileChanges changes = FileChanges.of(file, line -> terminal().message("turnstile: " + line));
                GuardedPlugin plugin = source.loadCopy(pluginConfig, options);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            log.pluginStarted();
            terminal().message("turnstile: ready; " + file + " is watched");
            threads.execute(new HotSwap(
                    file,
                    content,
                    changes,
                    () -> source.swapInto(plugin, pluginConfig, trial, swapLimit),
                    () -> plugin.health().status().equals(Health.Status.DOWN),
                    terminal()));
            try {
                answerEachLine(plugin);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private void answerEachLine(GuardedPlugin plugin) throws InterruptedException {
        BufferedReader requests = terminal().inputLines();
        int number = 1;
        String line = nextLine(requests);
        while (line != null && !terminal().isOutputLost()) {
            if (!line.isBlank()) {
                answer(plugin, line.getBytes(StandardCharsets.ISO_8859_1), number);
            }
            line = nextLine(requests);
            number++;
        }
    }

    private static @Nullable String nextLine(BufferedReader requests) {
        try {
            return requests.readLine();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Standard input cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    /** A failed call does not end the command: a plugin that fixes it may come. */
    private void answer(GuardedPlugin plugin, byte[] line, int number) throws InterruptedException {
        boolean asJson = output().json();
        try {
            String request = InputFile.utf8("the request", line).toString();
            // A line break in JSON is nothing but white space.
            String response = String.join(" ", call(plugin, request).lines().toList());
            terminal().print(List.of(asJson ? Result.line(members(response)) : response));
        } catch (PluginException | CodecException | CallTimeoutException | UncheckedIOException failed) {
            Failure failure = Failure.of(failed);
            if (asJson) {
                terminal().print(List.of(Result.line(failure.json())));
            } else {
                terminal().message("turnstile: line " + number + ": " + failure.message());
            }
        }
    }

    private static PluginWarmUp warmUp(String option) {
        int tagEnd = option.indexOf('=');
        if (tagEnd < 1) {
            throw new UsageException("--warm-up is " + option + ", but must be TAG=JSON");
        }
        return PluginWarmUp.call(option.substring(0, tagEnd), option.substring(tagEnd + 1));
    }

    // ---- what both need ----

    private PluginFile pluginFile() {
        if (PluginFile.isBundle(file)) {
            return new PluginFile(file, trust.trust());
        }
        trust.checkNotForLibrary(file, variant);
        return new PluginFile(file, null);
    }

    private PluginOptions options(PluginLogPrinter log) {
        PluginOptions options = PluginOptions.defaults().withLogListener(log);
        if (variant != null) {
            options = options.withVariant(variant);
        }
        TurnstileOptions gate = options.gate();
        if (isolated) {
            options = options.withIsolation(Isolation.process());
            gate = gate.withRestarts(RestartPolicy.limited(CRASHES, Duration.ofMinutes(1)));
        }
        return options.withGate(limit == null ? gate : gate.withCloseLimit(limit));
    }

    private PluginConfig pluginConfig() {
        LogLevel level = logLevel != null ? logLevel : output().verbose() ? LogLevel.INFO : LogLevel.WARN;
        return PluginConfig.defaults().withLogLevel(level).withData(config == null ? null : configuration(config));
    }

    private static JsonNode configuration(String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException noJson) {
            TokenStreamLocation at = noJson.getLocation();
            throw new UsageException("--config is not JSON: " + noJson.getOriginalMessage() + " (line " + at.getLineNr()
                    + ", column " + at.getColumnNr() + ")");
        }
    }

    private String request(String argument) {
        if (!argument.equals("-")) {
            return argument;
        }
        return InputFile.utf8("Standard input", terminal().readInput()).toString();
    }
}
