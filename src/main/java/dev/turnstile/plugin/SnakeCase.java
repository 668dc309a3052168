package dev.turnstile.plugin;

import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;

/**
 * The names of Rust for the names of Java: {@code url_path} for {@code urlPath}, {@code URLPath} and {@code URL_PATH}.
 *
 * <p>A word begins at a capital letter that follows a small one, and at a capital letter that small ones follow. Digits belong to the word
 * before them. Underscores stay. So a name of Rust comes back from Java's spelling of it, unless a word begins with a digit ({@code x_1}) or
 * two words of one letter follow each other ({@code pos_x_y}).
 */
final class SnakeCase extends PropertyNamingStrategies.NamingBase {
    private static final long serialVersionUID = 1L;

    static String of(String name) {
        StringBuilder snake = new StringBuilder(name.length() + 4);
        boolean afterSmall = false; // the last letter of this word, digits left out
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                boolean smallFollows = i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
                boolean inside = i > 0 && name.charAt(i - 1) != '_';
                if (inside && (afterSmall || smallFollows)) {
                    snake.append('_');
                }
                afterSmall = false;
            } else if (Character.isLowerCase(c)) {
                afterSmall = true;
            } else if (!Character.isDigit(c)) {
                afterSmall = false;
            }
            snake.append(c);
        }
        return snake.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    protected String translate(String propertyName) {
        return of(propertyName);
    }
}
