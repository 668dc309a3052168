package dev.turnstile.elf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The token that Linux's loader replaces by the directory of the library that says it. */
public final class Origin {
    private static final List<String> TOKENS = List.of("${ORIGIN}/", "$ORIGIN/");

    private Origin() {}

    /**
     * Returns what follows the token.
     *
     * @param path a name of a library, or a directory of a search path with a slash at its end
     * @return the rest, in which there may be other tokens, which only the loader knows; {@code null} if the path does not begin with the token
     */
    public static @Nullable String after(String path) {
        for (String token : TOKENS) {
            if (path.startsWith(token)) {
                return path.substring(token.length());
            }
        }
        return null;
    }
}
