package dev.turnstile.cli;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Loads a plugin, makes one call, and prints the answer. */
@Command(
        name = "call",
        customSynopsis = {
            "turnstile call BUNDLE (--key KEY | --key-file FILE | --checksums-only)... TAG JSON [OPTIONS]",
            "       turnstile call LIBRARY TAG JSON [OPTIONS]"
        },
        description = {
            "Loads a plugin, makes one call and prints the answer.",
            "",
            "The plugin is native code and runs in this process. Its log lines go to standard error."
        },
        footer = {
            "  turnstile call echo-1.2.0.rbp --key-file signing.pub echo '{\"message\":\"hello\"}'",
            "  turnstile call target/release/libecho.so echo - < request.json"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CallCommand extends Subcommand {
    private static final BigDecimal LONGEST = BigDecimal.valueOf(1_000_000_000);

    @Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "The .rbp file; or a library, for which whom to trust is not asked.")
    private Path file;

    @Parameters(index = "1", paramLabel = "TAG", description = "What is called, the message's type tag.")
    private String tag;

    @Parameters(index = "2", paramLabel = "JSON", description = "The request; - reads it from standard input.")
    private String json;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    @Option(names = "--variant", paramLabel = "VARIANT", description = "Which build; by default release.")
    private @Nullable String variant;

    @Option(names = "--config", paramLabel = "JSON", description = "The plugin's own configuration.")
    private @Nullable String config;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "The limit for the call, and again for the plugin's shutdown; by default the call has none.")
    private @Nullable BigDecimal timeout;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "What the plugin logs: trace, debug, info, warn, error or off; by default warn, and info with"
                    + " --verbose.")
    private @Nullable LogLevel logLevel;

    CallCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() throws InterruptedException, CallTimeoutException {
        if (tag.isEmpty()) {
            throw new UsageException("TAG is empty");
        }
        Duration limit = limit();
        PluginConfig pluginConfig = pluginConfig();
        String request = request();
        PluginLogPrinter log = new PluginLogPrinter(terminal());
        String response;
        try (SynchronizedPlugin plugin = load(pluginConfig, options(log, limit))) {
            log.pluginStarted();
            response = limit == null ? plugin.call(tag, request) : plugin.call(tag, request, limit);
        } finally {
            log.awaitQuiet();
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("tag", tag);
        members.put("response", new RawValue(response));
        return new Result(response.lines().toList(), members);
    }

    private SynchronizedPlugin load(PluginConfig pluginConfig, PluginOptions options) throws InterruptedException {
        if (isBundle()) {
            return SynchronizedPlugin.load(Bundle.open(file, trust.trust()), pluginConfig, options);
        }
        if (trust.isGiven() || variant != null) {
            throw new UsageException(
                    file + " is a library, no bundle: it has no signature, no checksum and no variants,"
                            + " so leave out the options for these");
        }
        return SynchronizedPlugin.load(file, pluginConfig, options);
    }

    /** A file is never loaded as a library because it is a damaged bundle: the name counts as well. */
    private boolean isBundle() {
        if (InputFile.fileName(file).endsWith(".rbp")) {
            return true;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 'P' && in.read() == 'K';
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException("The plugin " + file + ": there is no such file", missing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The plugin " + file + ": it cannot be read: " + unreadable, unreadable);
        }
    }

    private @Nullable Duration limit() {
        if (timeout == null) {
            return null;
        }
        if (timeout.signum() <= 0 || timeout.compareTo(LONGEST) > 0) {
            throw new UsageException("--timeout is " + timeout + ", but must be more than 0 and at most " + LONGEST);
        }
        return Duration.ofNanos(timeout.movePointRight(9).longValue());
    }

    private PluginOptions options(PluginLogPrinter log, @Nullable Duration limit) {
        PluginOptions options = PluginOptions.defaults().withLogListener(log);
        if (variant != null) {
            options = options.withVariant(variant);
        }
        return limit == null
                ? options
                : options.withGate(TurnstileOptions.defaults().withCloseLimit(limit));
    }

    private PluginConfig pluginConfig() {
        LogLevel level = logLevel != null ? logLevel : output().verbose() ? LogLevel.INFO : LogLevel.WARN;
        return PluginConfig.defaults().withLogLevel(level).withData(config == null ? null : configuration(config));
    }

    private static JsonNode configuration(String text) {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException noJson) {
            throw new UsageException("--config is not JSON: " + noJson.getOriginalMessage());
        }
    }

    private String request() {
        if (!json.equals("-")) {
            return json;
        }
        try {
            return InputFile.utf8("Standard input", terminal().readInput()).toString();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("Standard input cannot be read: " + unreadable, unreadable);
        }
    }
}
