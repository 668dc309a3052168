package dev.turnstile.bundle;

/**
 * Text from a file that nobody has vouched for, made fit for a message: in quotes, on one line, of bounded length, without characters that
 * control a terminal or change the direction of text.
 */
final class Quoted {
    private static final int LONGEST = 120;

    private Quoted() {}

    static String of(String text) {
        return '"' + plain(text) + '"';
    }

    /** The same without the quotes. */
    static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        int at = 0;
        while (at < text.length() && shown.length() < LONGEST) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            if (isShown(character)) {
                shown.appendCodePoint(character);
            } else {
                shown.append(String.format("\\u%04x", character));
            }
        }
        if (at < text.length()) {
            shown.append("… (").append(text.length()).append(" characters)");
        }
        return shown.toString();
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
