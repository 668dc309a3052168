package dev.turnstile.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The page {@code turnstile(1)}, in the macros of man(7), made of the same texts as the help. */
final class ManPage {
    /** What the help has before the second and other synopses, below "Usage: ". */
    private static final String BELOW = "       ";

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    static String of(CommandLine commands, String version, Instant date) {
        ManPage man = new ManPage();
        man.write(commands, version, date);
        return man.page.toString();
    }

    private void write(CommandLine commands, String version, Instant date) {
        UsageMessageSpec usage = commands.getCommandSpec().usageMessage();
        line(".TH TURNSTILE 1 \"" + date.atZone(ZoneOffset.UTC).toLocalDate() + "\" \"turnstile " + text(version)
                + "\" \"User Commands\"");
        section("NAME");
        line("turnstile \\- " + text("plugin bundles: inspect, verify, pack and sign them, and call plugins"));
        section("SYNOPSIS");
        line(".B turnstile");
        line(text("COMMAND [OPTIONS]"));
        section("DESCRIPTION");
        paragraphs(CommandText.lines(usage.description()));
        options(commands);
        section("COMMANDS");
        commands.getSubcommands().forEach(this::command);
        section("EXIT STATUS");
        usage.exitCodeList().forEach((code, meaning) -> item(".B " + text(code), CommandText.lines(meaning)));
        section("ENVIRONMENT");
        environment().forEach((name, meaning) -> item(".B " + text(name), List.of(meaning)));
        section("EXAMPLES");
        verbatim(CommandText.lines(usage.footer()).stream()
                .filter(each -> each.startsWith("  "))
                .toList());
    }

    private static Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>();
        variables.put("JAVA_HOME", "Which Java runs it, unless one came with it.");
        variables.put("SOURCE_DATE_EPOCH", "The time that is written into signatures, in seconds since 1970.");
        variables.put(
                "TURNSTILE_ARCHIVE", "\"none\": no archive of classes, which makes it start faster, is made or used.");
        variables.put(PasswordOptions.VARIABLE, "The password of a secret key.");
        variables.put("XDG_CACHE_HOME", "Where that archive is kept, in the directory turnstile; by default ~/.cache.");
        return variables;
    }

    private void command(String name, CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        line(".SS turnstile " + text(name));
        if (CommandText.isHelp(command)) {
            paragraphs(List.of("Explains the command that is named, or all."));
            return;
        }
        String[] own = usage.customSynopsis();
        verbatim(Stream.of(own.length > 0 ? own : command.getHelp().synopsis(0).split("\n", -1))
                .map(line -> line.startsWith(BELOW) ? line.substring(BELOW.length()) : line)
                .toList());
        paragraphs(CommandText.lines(usage.description()));
        for (PositionalParamSpec position : command.getCommandSpec().positionalParameters()) {
            item(".I " + text(position.paramLabel()), List.of(CommandText.description(position)));
        }
        options(command);
        if (usage.footer().length > 0) {
            line(".PP");
            line(text("Examples:"));
            verbatim(CommandText.lines(usage.footer()));
        }
    }

    private void options(CommandLine command) {
        for (OptionSpec option : CommandText.options(command)) {
            String names = ".B " + text(String.join(", ", option.names()));
            String value = CommandText.takesValue(option) ? " \\fI" + text(option.paramLabel()) + "\\fP" : "";
            item(names + value, List.of(CommandText.description(option)));
        }
    }

    private void section(String name) {
        line(".SH " + name);
    }

    private void item(String head, List<String> meaning) {
        line(".TP");
        line(head);
        meaning.forEach(each -> line(text(each)));
    }

    private void paragraphs(List<String> lines) {
        paragraph();
        for (String each : lines) {
            line(each.isBlank() ? ".PP" : text(each));
        }
    }

    private void verbatim(List<String> lines) {
        paragraph();
        line(".nf");
        lines.forEach(each -> line(text(each)));
        line(".fi");
    }

    /** A heading begins one itself. */
    private void paragraph() {
        int last = page.lastIndexOf("\n", page.length() - 2) + 1;
        if (!page.substring(last).startsWith(".S")) {
            line(".PP");
        }
    }

    private void line(String line) {
        page.append(line).append('\n');
    }

    /** So that it is read as it stands: no request, no escape, and a hyphen that can be copied. */
    private static String text(String plain) {
        String escaped = Ansi.OFF
                .string(plain)
                .replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("~", "\\(ti")
                .replace("^", "\\(ha")
                .replace("`", "\\(ga")
                .replace("'", "\\(aq");
        return escaped.startsWith(".") || escaped.startsWith("\\(aq") ? "\\&" + escaped : escaped;
    }
}
