package dev.turnstile.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with the configuration of a plugin, or with an interface that calls it. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<RefusedConfigurationException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedConfigurationException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.wayOut(), cause);
    }
}
