package dev.turnstile.cli;

import dev.turnstile.bundle.Platform;
import java.util.List;
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
            throw new TypeConversionException("\"" + text + "\" is not a platform such as \"linux-x86_64\": known are "
                    + known() + ", and \"host\" is this machine");
        }
    }

    private static String known() {
        List<String> keys = Platform.KNOWN.stream().map(Platform::key).toList();
        return String.join(", ", keys.subList(0, keys.size() - 1)) + " and " + keys.getLast();
    }
}
