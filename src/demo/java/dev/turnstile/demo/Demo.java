package dev.turnstile.demo;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.plugin.PluginLoadException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Thousands of virtual threads, one native plugin, one call at a time: shown, and checked. */
public final class Demo {
    private Demo() {}

    /** Runs the demo and ends the JVM with its exit code. */
    public static void main(String... commandLine) throws InterruptedException {
        System.exit(run(commandLine));
    }

    private static int run(String... commandLine) throws InterruptedException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(commandLine);
        } catch (IllegalArgumentException wrong) {
            System.err.println("demo: " + wrong.getMessage());
            System.err.println(Arguments.USAGE.lines().findFirst().orElseThrow());
            return 2;
        }
        if (arguments.help()) {
            System.out.print(Arguments.USAGE);
            return 0;
        }
        setLogging(arguments.verbose());
        Report report = new Report(System.out);
        try {
            Optional<Bundle> bundle = arguments
                    .key()
                    .map(key -> Bundle.open(arguments.plugin(), BundleTrust.signedBy(MinisignPublicKey.read(key))));
            double scale = Double.parseDouble(System.getProperty("turnstile.demo.scale", "1"));
            Optional<SpanExport> spans = SpanExport.to(arguments.spans());
            Stage stage = new Stage(report, arguments.plugin(), bundle, spans, scale);
            if (arguments.recording()) {
                showRecorded(stage);
            } else {
                show(stage);
            }
            spans.ifPresent(export -> export.finish(report));
        } catch (IOException notWritten) {
            System.err.println("demo: the recording could not be written: " + notWritten);
            return 1;
        } catch (BundleException | PluginLoadException unusable) {
            System.err.println("demo: " + unusable.getMessage());
            return 1;
        }
        return report.exitCode();
    }

    private static void showRecorded(Stage stage) throws InterruptedException, IOException {
        try (CallRecording recording = CallRecording.start()) {
            show(stage);
            recording.write(Path.of("target", "turnstile-demo.jfr"), stage.report());
        }
    }

    private static void show(Stage stage) throws InterruptedException {
        Report report = stage.report();
        long begin = System.nanoTime();
        report.line("=== Synchronized Plugin Demo (Java) ===%n");
        report.line("Plugin: %s", stage.plugin());
        stage.bundle()
                .flatMap(Bundle::signature)
                .ifPresent(signature -> report.line("Signed by key %s", signature.keyId()));
        report.line(
                "Java %s, %d processors%n",
                Runtime.version().feature(), Runtime.getRuntime().availableProcessors());

        TutorialDemos.run(stage);
        CrowdDemo.run(stage);
        GivingUpDemo.run(stage);
        ErrorDemo.run(stage);
        ClosingDemo.run(stage);
        PoolDemos.run(stage);
        ProcessDemo.run(stage);

        double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
        if (report.exitCode() == 0) {
            report.line("%nAll %d checks held (%.1f s).", report.checks(), seconds);
        } else {
            report.line("%n%d of %d checks FAILED (%.1f s).", report.failures(), report.checks(), seconds);
        }
        report.line("%n=== Demo Complete ===");
    }

    /** For slf4j-simple, before anything logs. */
    private static void setLogging(boolean verbose) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "warn");
        // The gate warns when closing takes longer than its limit. Here that is meant, and its report is printed.
        System.setProperty("org.slf4j.simpleLogger.log.dev.turnstile.Turnstile", verbose ? "info" : "error");
        // So does rustbridge of a panic, which is meant as well.
        System.setProperty("org.slf4j.simpleLogger.log.rustbridge_ffi", verbose ? "info" : "off");
    }
}
