package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes text of others fit for a line in a log: one line, and of the long ones the two ends, which tell what they are. */
final class OneLine {
    /** In characters of a text, or bytes of one in UTF-8. */
    static final int LONGEST = 600;

    private static final int END = LONGEST / 2;
    private static final Pattern BREAKS = Pattern.compile("[\\p{Cc}\u2028\u2029]+");

    private OneLine() {}

    static String of(@Nullable String text) {
        return BREAKS.matcher(shortened(String.valueOf(text))).replaceAll(" ");
    }

    /** The same for a text in UTF-8; of a long one only the ends are decoded. */
    static String of(byte[] text) {
        if (text.length <= LONGEST) {
            return of(new String(text, StandardCharsets.UTF_8));
        }
        int begun = characterAt(text, END);
        int ending = characterAt(text, text.length - END);
        return of(new String(text, 0, begun, StandardCharsets.UTF_8))
                + " … "
                + of(new String(text, ending, text.length - ending, StandardCharsets.UTF_8));
    }

    /** Returns the index of the character that the byte is in. */
    private static int characterAt(byte[] text, int index) {
        int at = index;
        while (at > index - 3 && (text[at] & 0xc0) == 0x80) {
            at--;
        }
        return at;
    }

    static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int begun = Character.isHighSurrogate(text.charAt(END - 1)) ? END - 1 : END;
        int from = text.length() - END;
        int ending = Character.isLowSurrogate(text.charAt(from)) ? from + 1 : from;
        return text.substring(0, begun) + " … " + text.substring(ending);
    }
}
