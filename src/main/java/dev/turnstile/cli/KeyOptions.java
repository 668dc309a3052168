package dev.turnstile.cli;

import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a bundle is signed with. */
final class KeyOptions {
    private static final String DATE = "SOURCE_DATE_EPOCH";

    @Option(
            names = "--sign-key",
            paramLabel = "FILE",
            description = "Sign with this minisign secret key. The signatures say when: now, or what the environment"
                    + " variable " + DATE + " says (seconds since 1970).")
    private @Nullable Path file;

    @Mixin
    private final PasswordOptions password = new PasswordOptions();

    boolean isGiven() {
        return file != null;
    }

    /** Has a bundle signed, if a key is given; returns the key. */
    Optional<MinisignKey> sign(BundleWriter bundle, Terminal terminal) {
        if (file == null) {
            if (password.isGiven()) {
                throw new UsageException("--password-file is for the key that --sign-key names, and there is none");
            }
            return Optional.empty();
        }
        String comment = trustedComment(terminal);
        MinisignKey key = read(file, terminal);
        bundle.signWith(key, comment);
        return Optional.of(key);
    }

    private MinisignKey read(Path key, Terminal terminal) {
        if (!MinisignKey.isEncrypted(key)) {
            return MinisignKey.read(key);
        }
        char[] characters = password.password(terminal, key);
        try {
            return MinisignKey.read(key, characters);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    private static String trustedComment(Terminal terminal) {
        String fixed = terminal.environment().get(DATE);
        if (fixed == null || fixed.isEmpty()) {
            return "timestamp:" + Instant.now().getEpochSecond();
        }
        if (!fixed.matches("[0-9]{1,18}")) {
            throw new UsageException("the environment variable " + DATE + " is \"" + fixed
                    + "\", but must be a number of seconds since 1970");
        }
        return "timestamp:" + Long.parseLong(fixed);
    }
}
