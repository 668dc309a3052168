package dev.turnstile.cli;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginLoadException;
import dev.turnstile.plugin.PluginLostException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParameterException;

/**
 * Why a command did not do what was asked.
 *
 * @param exitCode for shells
 * @param problem for programs, a word
 * @param message for people
 * @param code the plugin's own number, if it answered with an error
 */
record Failure(int exitCode, String problem, String message, Optional<ErrorCode> code) {
    static final int REFUSED = 1;
    static final int WRONG_USE = 2;
    static final int FILE = 3;
    static final int PLUGIN = 4;
    static final int UNEXPECTED = 5;

    /** As the shell has it for other programs: 128, and the number of SIGPIPE. */
    static final int READER_GONE = 141;

    Failure(int exitCode, String problem, String message) {
        this(exitCode, problem, message, Optional.empty());
    }

    static Failure of(Throwable thrown) {
        String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
        return switch (thrown) {
            case ParameterException wrong -> new Failure(WRONG_USE, "USAGE", message);
            case UsageException wrong -> new Failure(WRONG_USE, "USAGE", message);
            case BundleException refused ->
                new Failure(
                        refused.problem() == BundleException.Problem.IO ? FILE : REFUSED,
                        refused.problem().name(),
                        OptionNames.in(message));
            case RefusedException refused -> new Failure(REFUSED, refused.problem(), message);
            case UncheckedIOException file -> new Failure(FILE, "IO", message);
            case PluginException answer -> new Failure(REFUSED, "PLUGIN", message, Optional.of(answer.errorCode()));
            case CodecException unreadable -> new Failure(REFUSED, "RESPONSE", message);
            case PluginLoadException notLoaded -> new Failure(PLUGIN, "LOAD", message);
            case PluginLostException crashed -> new Failure(PLUGIN, "CRASHED", message);
            case CallTimeoutException late -> new Failure(PLUGIN, "TIMEOUT", message);
            default -> unexpected(thrown);
        };
    }

    private static Failure unexpected(Throwable thrown) {
        String what = thrown.toString().lines().findFirst().orElse("");
        return new Failure(
                UNEXPECTED, "UNEXPECTED", "something unexpected happened: " + what + " (--verbose shows more)");
    }

    Map<String, Object> json() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("problem", problem);
        error.put("message", message);
        code.ifPresent(number -> {
            error.put("code", number.value());
            error.put("label", number.label());
        });
        return Map.of("error", error);
    }
}
