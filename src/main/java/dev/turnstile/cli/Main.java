package dev.turnstile.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The program {@code turnstile}. */
public final class Main {
    private static final String HELP = "help";

    /** In the order in which the help lists them. */
    private static final List<String> NAMES = List.of(
            "inspect", "verify", "doctor", "extract", "pack", "combine", "slim", "sign", "keygen", "call", HELP);

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

    private static Object command(String name, Terminal terminal) {
        return switch (name) {
            case "inspect" -> new InspectCommand(terminal);
            case "verify" -> new VerifyCommand(terminal);
            case "doctor" -> new DoctorCommand(terminal);
            case "extract" -> new ExtractCommand(terminal);
            case "pack" -> new PackCommand(terminal);
            case "combine" -> new CombineCommand(terminal);
            case "slim" -> new SlimCommand(terminal);
            case "sign" -> new SignCommand(terminal);
            case "keygen" -> new KeygenCommand(terminal);
            case "call" -> new CallCommand(terminal);
            case HELP -> new HelpCommand();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandLine commands(Terminal terminal, List<String> names) {
        CommandLine commands = new CommandLine(new TurnstileCommand());
        for (String name : names) {
            commands.addSubcommand(name, command(name, terminal));
        }
        return commands;
    }

    /** All commands, for those who describe them. */
    static CommandLine commands(Terminal terminal) {
        return commands(terminal, NAMES);
    }

    /** Runs a command, and leaves the JVM alone. The others are not even made: picocli takes a while for each that it gets to know. */
    static int run(Terminal terminal, String... arguments) {
        boolean isNamed = arguments.length > 0 && !arguments[0].equals(HELP) && NAMES.contains(arguments[0]);
        CommandLine commands = commands(terminal, isNamed ? List.of(arguments[0]) : NAMES);
        ErrorReporter errors = new ErrorReporter(terminal, arguments);
        commands.setOut(terminal.outWriter())
                .setErr(terminal.errWriter())
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, FileArgument::parse)
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
