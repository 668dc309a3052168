package dev.turnstile.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The program {@code turnstile}. */
public final class Main {
    private Main() {}

    /**
     * Runs a command and ends the JVM with its exit code.
     *
     * @param arguments the command, its options and arguments
     */
    public static void main(String... arguments) {
        prepareJvm(ErrorReporter.isVerbose(arguments));
        Terminal terminal = Terminal.ofThisProcess();
        String unread = LocaleCheck.ofThisProcess(arguments.length);
        System.exit(
                unread == null
                        ? run(terminal, arguments)
                        : new ErrorReporter(terminal, arguments)
                                .report(new UsageException(unread), new CommandLine(new TurnstileCommand())));
    }

    /** What must be set before anything logs or asks for a password; what the user has set stays. */
    private static void prepareJvm(boolean verbose) {
        System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "warn");
        // The gate warns when closing takes longer than its limit; after a timeout the command says so anyway.
        System.getProperties()
                .putIfAbsent("org.slf4j.simpleLogger.log.dev.turnstile.Turnstile", verbose ? "info" : "error");
        // Silences SLF4J about a missing provider.
        System.getProperties().putIfAbsent("slf4j.internal.verbosity", "ERROR");
        // The default console of newer JDKs is there even if there is no terminal.
        System.getProperties().putIfAbsent("jdk.console", "java.base");
    }

    /** Runs a command, and leaves the JVM alone. */
    static int run(Terminal terminal, String... arguments) {
        CommandLine commands = new CommandLine(new TurnstileCommand());
        List.of(
                        new InspectCommand(terminal),
                        new VerifyCommand(terminal),
                        new DoctorCommand(terminal),
                        new ExtractCommand(terminal),
                        new PackCommand(terminal),
                        new CombineCommand(terminal),
                        new SlimCommand(terminal),
                        new SignCommand(terminal),
                        new KeygenCommand(terminal),
                        new CallCommand(terminal),
                        new HelpCommand())
                .forEach(commands::addSubcommand);
        ErrorReporter errors = new ErrorReporter(terminal, arguments);
        commands.setOut(terminal.outWriter())
                .setErr(terminal.errWriter())
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(PlatformArgument.class, PlatformArgument::parse)
                .registerConverter(LibraryArgument.class, LibraryArgument::parse)
                .setParameterExceptionHandler((wrong, unused) -> errors.report(wrong, wrong.getCommandLine()))
                .setExecutionExceptionHandler((thrown, command, unused) -> errors.report(thrown, command));
        int exitCode;
        try {
            exitCode = commands.execute(arguments);
        } catch (Error serious) { // picocli passes on what is no Exception
            exitCode = errors.report(serious, commands);
        }
        if (!terminal.isOutputLost()) {
            return exitCode;
        }
        return terminal.hasReaderGone() ? Failure.READER_GONE : errors.reportLostOutput();
    }
}
