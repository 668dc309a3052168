package dev.turnstile.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows which versions of Jackson do not fit together. */
final class JacksonFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {
    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LinkageError cause) {
        String message = String.valueOf(cause.getMessage());
        boolean isExplained = message.startsWith("The versions of Jackson do not fit together");
        boolean isOfJackson =
                isExplained || message.contains("com/fasterxml/jackson/") || message.contains("tools/jackson/");
        if (!isOfJackson) {
            return null;
        }
        return new FailureAnalysis(
                (isExplained ? "" : "The versions of Jackson do not fit together: ") + message + ".",
                "Have your build choose newer annotations. With Spring Boot's parent in Maven, set the property"
                        + " jackson-2-bom.version (Spring Boot 4) or jackson-bom.version (Spring Boot 3) to 2.22.0 or"
                        + " newer; in Gradle, ext[\"jackson-2-bom.version\"] or ext[\"jackson-bom.version\"].",
                cause);
    }
}
