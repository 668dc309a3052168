package dev.turnstile.cli;

import dev.turnstile.bundle.Platform;
import picocli.CommandLine.TypeConversionException;

/**
 * A platform as the command line names it: {@code linux-x86_64}, or {@code host} for this machine.
 *
 * @param platform what is meant
 */
record PlatformArgument(Platform platform) {
    static final PlatformArgument HOST = new PlatformArgument(Platform.host());

    static PlatformArgument parse(String text) {
        try {
            return text.equals("host") ? HOST : new PlatformArgument(Platform.parse(text));
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage() + "; or \"host\" for this machine");
        }
    }
}
