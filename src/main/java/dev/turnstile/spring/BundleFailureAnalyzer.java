package dev.turnstile.spring;

import dev.turnstile.bundle.BundleException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a bundle or a key was refused. */
final class BundleFailureAnalyzer extends AbstractFailureAnalyzer<BundleException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BundleException cause) {
        return new FailureAnalysis("A plugin was refused. " + cause.getMessage() + ".", wayOut(cause.problem()), cause);
    }

    private static String wayOut(BundleException.Problem problem) {
        return switch (problem) {
            case UNTRUSTED ->
                "Use the bundle that its maker published and signed, or correct turnstile.plugins.NAME.trust: the"
                        + " public key must be that of the maker, and name and least-version those that you expect.";
            case MISSING ->
                "Use a bundle that has a library for this platform and variant; \"scripts/turnstile inspect\" shows"
                    + " what is in it, and \"scripts/turnstile combine\" puts bundles of several platforms together.";
            case MALFORMED ->
                "Check that turnstile.plugins.NAME.bundle names an .rbp file and trust.keys a minisign public key, and"
                        + " that neither was changed on its way: a build that filters resources breaks a bundle, so"
                        + " exclude .rbp files from filtering.";
            case LIMIT -> "Use a smaller bundle.";
            case IO ->
                "Check that the file can be read, and that libraries may be written to and executed in the"
                        + " temporary directory; -Dturnstile.extraction.dir=... names another one.";
            case CONFLICT -> "Use bundles that fit together.";
        };
    }
}
