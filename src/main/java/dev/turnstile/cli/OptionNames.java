package dev.turnstile.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** The library's messages name its methods: users of the command line have options and commands in their place. */
final class OptionNames {
    private static final Map<String, String> BY_METHOD = new LinkedHashMap<>();

    static {
        BY_METHOD.put("BundleTrust.allowingLegacySignatures()", "--allow-legacy");
        BY_METHOD.put("schemaMismatchAllowed(true)", "--allow-schema-mismatch");
        BY_METHOD.put("MinisignPublicKey.read(path)", "--key-file");
        BY_METHOD.put(
                ": load it as one, without a BundleTrust",
                ": `turnstile doctor` examines one, and `turnstile call` calls one");
        BY_METHOD.put(" (BundleLimits)", "");
    }

    private OptionNames() {}

    /** Returns a message of the library as one of the command line. */
    static String in(String message) {
        String named = message;
        for (Map.Entry<String, String> name : BY_METHOD.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return named;
    }
}
