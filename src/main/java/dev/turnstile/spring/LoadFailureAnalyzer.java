package dev.turnstile.spring;

import dev.turnstile.plugin.PluginLoadException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a plugin could not be loaded or started. */
final class LoadFailureAnalyzer extends AbstractFailureAnalyzer<PluginLoadException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PluginLoadException cause) {
        String wayOut = cause.getCause() instanceof IllegalCallerException
                ? "Start java with --enable-native-access=ALL-UNNAMED. For a jar that is started with \"java -jar\","
                        + " on JDK 22 or newer, its manifest can say so instead: Enable-Native-Access: ALL-UNNAMED."
                : "Check what the message names. \"scripts/turnstile doctor FILE\" looks for what a library lacks on"
                        + " this machine; the plugin's own configuration is turnstile.plugins.NAME.config.";
        return new FailureAnalysis("A plugin could not be loaded. " + cause.getMessage(), wayOut, cause);
    }
}
