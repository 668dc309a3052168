package dev.turnstile.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line as a whole: has the commands, and does nothing itself. */
@Command(
        name = "turnstile",
        versionProvider = TurnstileCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        description =
                "Inspects, verifies, extracts, packs, combines, slims and signs plugin bundles (.rbp), and examines"
                        + " and calls plugins.",
        footer = {
            "  turnstile keygen --output signing.key",
            "  turnstile pack echo 1.2.0 --lib host:target/release/libecho.so --sign-key signing.key",
            "  turnstile inspect echo-1.2.0.rbp",
            "  turnstile verify echo-1.2.0.rbp --key-file signing.pub",
            "  turnstile combine linux.rbp darwin.rbp --checksums-only --output echo-1.2.0.rbp",
            "  turnstile doctor target/release/libecho.so",
            "  turnstile call echo-1.2.0.rbp --key-file signing.pub echo '{\"message\":\"hello\"}'",
            "",
            "`turnstile help COMMAND` says how a command is used."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TurnstileCommand extends AnyCommand implements Runnable {
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "The version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new UsageException(
                "no command is given: " + String.join(", ", spec.subcommands().keySet()));
    }

    /** The version that the build wrote down. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            try (InputStream in = TurnstileCommand.class.getResourceAsStream("version")) {
                String version = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
                return new String[] {
                    "turnstile " + version + " (Java " + System.getProperty("java.version", "") + ", picocli "
                            + CommandLine.VERSION + ")"
                };
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
