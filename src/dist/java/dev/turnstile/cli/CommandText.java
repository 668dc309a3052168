package dev.turnstile.cli;

import dev.turnstile.bundle.Platform;
import dev.turnstile.plugin.LogLevel;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands, and what their annotations say, for what is generated from them. */
final class CommandText {
    private CommandText() {}

    static CommandLine commands() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return Main.commands(
                new Terminal(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Map.of(), question -> null));
    }

    /** The texts line by line, with their formats, such as {@code %n}, carried out. */
    static List<String> lines(String... texts) {
        return Stream.of(texts)
                .flatMap(text -> Arrays.stream(String.format(Locale.ROOT, text).split("\n", -1)))
                .toList();
    }

    /** What a command does, in a line. */
    static String summary(CommandLine command) {
        if (isHelp(command)) {
            return "Explains a command";
        }
        String first =
                lines(command.getCommandSpec().usageMessage().description()).getFirst();
        return first.split("[.;:] |\\.$", 2)[0];
    }

    static String description(ArgSpec argument) {
        return String.join(" ", lines(argument.description()));
    }

    static List<OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .toList();
    }

    static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    static boolean isHelp(CommandLine command) {
        return command.getCommand() instanceof HelpCommand;
    }

    /** Whether it names a file or a directory. */
    static boolean isFile(ArgSpec argument) {
        return Stream.of("FILE", "DIR", "BUNDLE", "LIBRARY", "PATH").anyMatch(argument.paramLabel()::contains);
    }

    /** The values that can be listed; empty where there is no such list. */
    static List<String> candidates(ArgSpec argument) {
        List<String> words = new ArrayList<>();
        if (argument.paramLabel().startsWith("PLATFORM")) {
            words.add("host");
            Platform.KNOWN.forEach(platform -> words.add(platform.key()));
        } else if (argument.paramLabel().equals("LEVEL")) {
            for (LogLevel level : LogLevel.values()) {
                words.add(level.name().toLowerCase(Locale.ROOT));
            }
        }
        return words;
    }
}
