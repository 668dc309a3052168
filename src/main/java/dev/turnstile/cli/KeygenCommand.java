package dev.turnstile.cli;

import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.MinisignPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a key pair: both files or none. */
@Command(
        name = "keygen",
        customSynopsis = "turnstile keygen --output FILE [OPTIONS]",
        description = {
            "Makes a key to sign bundles with, as minisign does.",
            "",
            "Writes the secret key to FILE, encrypted with a password, and the public key beside it with the ending"
                    + " .pub; prints the public key. Neither file may exist."
        },
        footer = {
            "  turnstile keygen --output signing.key                (asks for a password; writes also signing.pub)",
            "  turnstile keygen --output ci.key --unencrypted"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeygenCommand extends Subcommand {
    private static final String PUBLIC = ".pub";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The file for the secret key.")
    private Path file;

    @Option(names = "--unencrypted", description = "Write the secret key without a password.")
    private boolean unencrypted;

    @Mixin
    private final PasswordOptions password = new PasswordOptions();

    KeygenCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        if (unencrypted && password.isGiven()) {
            throw new UsageException("--unencrypted takes no password, so no --password-file either");
        }
        Path publicFile = publicFile();
        MinisignKey key = MinisignKey.generate();
        writeSecret(key);
        writePublic(key.publicKey(), publicFile);
        if (!output().json()) {
            terminal().message("Wrote " + file + (unencrypted ? " (not encrypted)" : "") + " and " + publicFile);
        }
        return result(key.publicKey(), publicFile);
    }

    private Path publicFile() {
        String name = InputFile.fileName(file);
        int dot = name.lastIndexOf('.');
        if (name.endsWith(PUBLIC)) {
            throw new UsageException("--output is " + file + ", but " + PUBLIC
                    + " is the ending of the public key: name the file for the secret key");
        }
        return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + PUBLIC);
    }

    private void writeSecret(MinisignKey key) {
        if (unencrypted) {
            key.writeUnencrypted(file);
            return;
        }
        char[] characters = password.newPassword(terminal(), file);
        try {
            key.write(file, characters);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    /** A secret key whose public half was never written is of no use. */
    private void writePublic(MinisignPublicKey key, Path publicFile) {
        try {
            key.write(publicFile);
        } catch (RuntimeException unwritten) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException left) {
                unwritten.addSuppressed(left);
            }
            throw unwritten;
        }
    }

    private Result result(MinisignPublicKey key, Path publicFile) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("secret_key_file", file.toString());
        members.put("public_key_file", publicFile.toString());
        members.put("encrypted", !unencrypted);
        members.put("public_key", key.base64());
        members.put("key_id", key.keyId());
        return new Result(List.of(key.base64()), members);
    }
}
