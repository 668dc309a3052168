package dev.turnstile.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every command has in its help. */
@Command(
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused: the bundle, key or signature is not good, bundles do not go together, the plugin answered"
                    + " with an error, or the doctor found something wrong",
            "2:wrong use",
            "3:a file could not be read or written",
            "4:the plugin could not be loaded or started, or did not answer in time",
            "5:something unexpected happened",
            "141:whoever read the output has gone, as in a pipe to head"
        },
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%n",
        footerHeading = "%nExamples:%n")
abstract class AnyCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This text.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;
}
