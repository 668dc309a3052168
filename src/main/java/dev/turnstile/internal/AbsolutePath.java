package dev.turnstile.internal;

import java.nio.file.Path;

/** Names a file in full, for messages. */
public final class AbsolutePath {
    private AbsolutePath() {}

    /**
     * Returns an absolute path that leads to the same file. It has no {@code .} elements. If it has {@code ..}, that stays: behind a link to a
     * directory it leads to where the link's target is, and not to where the link is.
     *
     * @param path any path
     * @return the absolute one
     */
    public static Path of(Path path) {
        Path absolute = path.toAbsolutePath();
        for (Path element : absolute) {
            if (element.toString().equals("..")) {
                return absolute;
            }
        }
        return absolute.normalize();
    }
}
