package dev.turnstile.cli;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleSignature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Verifies everything in a bundle that can be verified, and says by what. */
@Command(
        name = "verify",
        customSynopsis = "turnstile verify BUNDLE (--key KEY | --key-file FILE | --checksums-only)... [OPTIONS]",
        description = {
            "Verifies a bundle: its manifest, every library of every platform, every schema.",
            "",
            "Prints what was verified, by which key, and what its signature says besides. What no signature and no"
                    + " checksum protects (documents, licences, bills of materials) is named as such."
        },
        footer = {
            "  turnstile verify echo-1.2.0.rbp --key-file signing.pub --name echo --at-least 1.2.0",
            "  turnstile verify echo-1.2.0.rbp --checksums-only"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifyCommand extends Subcommand {
    private static final String MANIFEST = "manifest.json";

    @Parameters(paramLabel = "BUNDLE", description = "The .rbp file.")
    private Path file;

    @Mixin
    private final TrustOptions trust = new TrustOptions();

    VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Result run() {
        Bundle bundle = Bundle.open(file, trust.trust());
        SequencedMap<String, Optional<BundleSignature>> verified = new LinkedHashMap<>();
        verified.put(MANIFEST, bundle.signature());
        verified.putAll(bundle.verifyAll());
        List<String> unprotected = bundle.entries().stream()
                .filter(entry -> !verified.containsKey(entry) && !isSignatureOf(entry, verified.keySet()))
                .toList();

        Plugin plugin = bundle.manifest().plugin();
        List<String> lines = new ArrayList<>();
        lines.add("Verified " + file + ": " + plugin.name() + " " + plugin.version()
                + (bundle.signature().isEmpty() ? ", by its checksums only: no signature was looked at" : ""));
        List<Map<String, Object>> entries = new ArrayList<>();
        verified.forEach((entry, signature) -> {
            boolean checksum = !entry.equals(MANIFEST);
            lines.add("  " + entry + describe(signature, checksum));
            entries.add(members(entry, signature, checksum));
        });
        unprotected.forEach(entry -> lines.add("  " + entry + ": NOT protected by anything"));

        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bundle", file.toString());
        members.put("name", plugin.name());
        members.put("version", plugin.version());
        members.put("signed_by", bundle.signature().map(BundleSignature::keyId));
        members.put("verified", entries);
        members.put("unprotected", unprotected);
        return new Result(lines, members);
    }

    private static boolean isSignatureOf(String entry, Set<String> verified) {
        return entry.endsWith(".minisig") && verified.contains(entry.substring(0, entry.lastIndexOf('.')));
    }

    private static String describe(Optional<BundleSignature> signature, boolean checksum) {
        List<String> how = new ArrayList<>();
        if (checksum) {
            how.add("checksum");
        }
        signature.ifPresent(made -> how.add(
                "signed by key " + made.keyId() + " (" + made.trustedComment() + (made.legacy() ? "; legacy)" : ")")));
        return how.isEmpty() ? ": read" : ": " + String.join(", ", how);
    }

    private static Map<String, Object> members(String entry, Optional<BundleSignature> signature, boolean checksum) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("entry", entry);
        members.put("checksum", checksum);
        members.put("signed_by", signature.map(BundleSignature::keyId));
        members.put("trusted_comment", signature.map(BundleSignature::trustedComment));
        members.put("legacy", signature.map(BundleSignature::legacy));
        return members;
    }
}
