package dev.turnstile.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of Java in a document.
 *
 * @param document the name of the document, without its ending
 * @param number 1 for the first one there
 * @param prints what it is to print, by the comment in front of it; empty if there is none
 */
record Snippet(String document, int number, String prints, String code) {
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- prints: ([^\\n]*) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

    private static final String IMPORTS = """
        import static org.junit.jupiter.api.Assertions.*;
        import dev.turnstile.*;
        import dev.turnstile.bundle.*;
        import dev.turnstile.context.*;
        import dev.turnstile.opentelemetry.*;
        import dev.turnstile.plugin.*;
        import dev.turnstile.resilience4j.*;
        import dev.turnstile.testing.*;
        import io.github.resilience4j.circuitbreaker.CircuitBreaker;
        import io.github.resilience4j.retry.Retry;
        import io.micrometer.context.ContextRegistry;
        import io.opentelemetry.api.common.AttributeKey;
        import io.opentelemetry.api.trace.Span;
        import io.opentelemetry.context.Scope;
        import io.opentelemetry.sdk.OpenTelemetrySdk;
        import io.opentelemetry.sdk.common.CompletableResultCode;
        import io.opentelemetry.sdk.trace.SdkTracerProvider;
        import io.opentelemetry.sdk.trace.data.SpanData;
        import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
        import io.opentelemetry.sdk.trace.export.SpanExporter;
        import java.nio.file.*;
        import java.time.*;
        import java.util.*;
        import java.util.concurrent.*;
        """;

    static List<Snippet> of(Path document) throws IOException {
        String name = document.getFileName().toString().replaceFirst("\\.md$", "");
        List<Snippet> snippets = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(document));
        while (blocks.find()) {
            String prints = blocks.group(1) == null ? "" : blocks.group(1);
            snippets.add(new Snippet(name, snippets.size() + 1, prints, blocks.group(2)));
        }
        return snippets;
    }

    private boolean isProgram() {
        return CLASS.matcher(code).find();
    }

    String className() {
        Matcher own = CLASS.matcher(code);
        return own.find() ? own.group(1) : "Snippet_" + document.replace('-', '_') + "_" + number;
    }

    /** A program; what is none stands where the threads stand in the one of the README. */
    String program() {
        if (isProgram()) {
            return code;
        }
        return IMPORTS + """
            public class %s {
                record Say(String message) {}
                record Echo(String message, int length) {}
                public static void main(String[] args) throws Exception {
                    BundleTrust trust = BundleTrust.signedBy(MinisignPublicKey.read(Path.of("target/native/demo.pub")));
                    try (var plugin = SynchronizedPlugin.load(Path.of("target/native/turnstile-demo.rbp"), trust)) {
            %s
                    }
                }
            }
            """.formatted(className(), code);
    }

    @Override
    public String toString() {
        return document + " " + number;
    }
}
