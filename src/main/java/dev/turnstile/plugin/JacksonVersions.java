package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.CodeSource;
import tools.jackson.databind.json.JsonMapper;

/** Says which of Jackson's libraries there are, when they do not fit together. A framework may choose an older one than the others need. */
final class JacksonVersions {
    private JacksonVersions() {}

    /** An {@code Error}, as what it is made of: it comes out of class initialisers as it is. */
    static LinkageError doNotFit(LinkageError mixed) {
        return new LinkageError(
                "The versions of Jackson do not fit together (" + mixed.getMessage() + "): jackson-databind is "
                        + place(JsonMapper.class) + ", jackson-annotations is " + place(JsonProperty.class)
                        + ". Jackson 3.2 needs jackson-annotations 2.22 or newer: have your build choose it, with"
                        + " Spring Boot 3 by <jackson-bom.version>",
                mixed);
    }

    private static String place(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "of an unknown place" : String.valueOf(source.getLocation());
    }
}
