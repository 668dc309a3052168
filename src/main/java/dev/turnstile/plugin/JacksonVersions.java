package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.CodeSource;
import tools.jackson.core.Version;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.json.JsonMapper;

/** Says which of Jackson's libraries there are, when they do not fit together. A framework may choose an older one than the others need. */
final class JacksonVersions {
    /** Jackson 3.0 came with the annotations 2.20, and each version since with the next ones. */
    private static final int ANNOTATIONS_OF_3_0 = 20;

    private JacksonVersions() {}

    /** Returns what to throw instead of an error that came out of Jackson: that error itself, unless something of Jackson's own is missing. */
    static LinkageError explain(LinkageError thrown) {
        String missing = String.valueOf(thrown.getMessage()).replace('/', '.');
        return missing.contains("com.fasterxml.jackson.") || missing.contains("tools.jackson.")
                ? doNotFit(thrown)
                : thrown;
    }

    /** An {@code Error}, as what it is made of: it comes out of class initialisers as it is. */
    private static LinkageError doNotFit(LinkageError mixed) {
        Version jackson = PackageVersion.VERSION;
        return new LinkageError(
                "The versions of Jackson do not fit together (" + mixed.getMessage() + "): jackson-databind is "
                        + place(JsonMapper.class) + ", jackson-annotations is " + place(JsonProperty.class)
                        + ". Jackson 3." + jackson.getMinorVersion() + " needs jackson-annotations 2."
                        + (ANNOTATIONS_OF_3_0 + jackson.getMinorVersion())
                        + " or newer: have your build choose it, with Spring Boot 3 by <jackson-bom.version>, else by"
                        + " naming it before your framework's bill of materials",
                mixed);
    }

    private static String place(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "of an unknown place" : String.valueOf(source.getLocation());
    }
}
