package dev.turnstile.cli;

import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.Platform;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A library as the command line names it: {@code PLATFORM[:VARIANT]:PATH}. A path may have colons: the text before a colon is a variant
 * only if it could be one. A single letter before {@code :\} or {@code :/} is the drive of a Windows path.
 */
record LibraryArgument(Platform platform, String variant, Path file) {
    private static final Pattern FORM = Pattern.compile("([^:]+):(?:(?![a-z]:[\\\\/])([a-z0-9-]+):)?(.+)");

    static LibraryArgument parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("\"" + text
                    + "\" is not PLATFORM[:VARIANT]:PATH, such as linux-x86_64:libecho.so or host:debug:libecho.so");
        }
        String variant = matcher.group(2);
        return new LibraryArgument(
                PlatformArgument.parse(matcher.group(1)).platform(),
                variant == null ? BundleManifest.RELEASE : variant,
                FileArgument.parse(matcher.group(3)));
    }
}
