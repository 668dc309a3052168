package dev.turnstile.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What the shells read to complete the words of a command. */
final class ShellCompletions {
    private ShellCompletions() {}

    static String bash(CommandLine commands) {
        return AutoComplete.bash("turnstile", commands);
    }

    // ---- fish ----

    static String fish(CommandLine commands) {
        StringBuilder script = new StringBuilder("# Completions of turnstile for fish.\n");
        script.append("complete -c turnstile -f\n");
        fishOptions(script, "__fish_use_subcommand", commands);
        commands.getSubcommands()
                .forEach((name, command) -> script.append("complete -c turnstile -n __fish_use_subcommand -a ")
                        .append(name)
                        .append(" -d ")
                        .append(fishQuoted(CommandText.summary(command)))
                        .append('\n'));
        commands.getSubcommands().forEach((name, command) -> {
            String given = "'__fish_seen_subcommand_from " + name + "'";
            fishOptions(script, given, command);
            if (CommandText.isHelp(command)) {
                script.append("complete -c turnstile -n ")
                        .append(given)
                        .append(" -a '")
                        .append(String.join(" ", commands.getSubcommands().keySet()))
                        .append("'\n");
            } else if (command.getCommandSpec().positionalParameters().stream().anyMatch(CommandText::isFile)) {
                script.append("complete -c turnstile -n ").append(given).append(" -F\n");
            }
        });
        return script.toString();
    }

    private static void fishOptions(StringBuilder script, String given, CommandLine command) {
        for (OptionSpec option : CommandText.options(command)) {
            script.append("complete -c turnstile -n ").append(given);
            for (String name : option.names()) {
                script.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            List<String> candidates = CommandText.candidates(option);
            if (!candidates.isEmpty()) {
                script.append(" -x -a '").append(String.join(" ", candidates)).append('\'');
            } else if (CommandText.takesValue(option)) {
                script.append(CommandText.isFile(option) ? " -r -F" : " -x");
            }
            script.append(" -d ")
                    .append(fishQuoted(CommandText.description(option)))
                    .append('\n');
        }
    }

    private static String fishQuoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    // ---- zsh ----

    static String zsh(CommandLine commands) {
        StringBuilder script = new StringBuilder("#compdef turnstile\n# Completions of turnstile for zsh.\n\n");
        script.append("local -a commands=(\n");
        commands.getSubcommands()
                .forEach((name, command) -> script.append("    ")
                        .append(zshQuoted(name + ":" + CommandText.summary(command)))
                        .append('\n'));
        script.append(")\nlocal -a options=(\n");
        zshOptions(script, commands);
        script.append(")\n\nif (( CURRENT == 2 )); then\n    _describe command commands -- || true\n");
        script.append("    [[ $words[2] == -* ]] && _arguments $options\n    return\nfi\n\n");
        script.append("local command=$words[2]\nshift words\n(( CURRENT-- ))\ncase $command in\n");
        commands.getSubcommands().forEach((name, command) -> {
            script.append(name).append(")\n    options=(\n");
            zshOptions(script, command);
            if (CommandText.isHelp(command)) {
                script.append("        '1:command:(")
                        .append(String.join(" ", commands.getSubcommands().keySet()))
                        .append(")'\n");
            } else {
                zshPositions(script, command);
            }
            script.append("    )\n    ;;\n");
        });
        return script.append("*) return 1 ;;\nesac\n_arguments -s -S $options\n")
                .toString();
    }

    private static void zshOptions(StringBuilder script, CommandLine command) {
        for (OptionSpec option : CommandText.options(command)) {
            String repeated = option.isMultiValue() ? "*" : "";
            for (String name : option.names()) {
                String others = repeated.isEmpty() ? "(" + String.join(" ", option.names()) + ")" : repeated;
                boolean isLong = name.startsWith("--");
                String value = CommandText.takesValue(option)
                        ? ":" + zshEscaped(option.paramLabel()) + ":" + zshAction(option)
                        : "";
                String spec = others + name + (value.isEmpty() ? "" : isLong ? "=" : "+") + "["
                        + zshEscaped(CommandText.description(option)) + "]" + value;
                script.append("        ").append(zshQuoted(spec)).append('\n');
            }
        }
    }

    private static void zshPositions(StringBuilder script, CommandLine command) {
        int at = 1;
        for (PositionalParamSpec position : command.getCommandSpec().positionalParameters()) {
            String where = position.arity().max() > 1 || position.index().isVariable() ? "*" : String.valueOf(at++);
            String action = CommandText.isFile(position) ? "_files" : " ";
            script.append("        ")
                    .append(zshQuoted(where + ":" + zshEscaped(position.paramLabel()) + ":" + action))
                    .append('\n');
        }
    }

    private static String zshAction(OptionSpec option) {
        List<String> candidates = CommandText.candidates(option);
        if (!candidates.isEmpty()) {
            return "(" + String.join(" ", candidates) + ")";
        }
        return CommandText.isFile(option) ? "_files" : " ";
    }

    private static String zshEscaped(String text) {
        return text.chars()
                .mapToObj(c -> ("[]:\\".indexOf(c) < 0 ? "" : "\\") + (char) c)
                .collect(Collectors.joining());
    }

    private static String zshQuoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
