package dev.turnstile.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/**
 * Reads JSON, by the letter of RFC 8259, as objects of the JDK: maps, lists, strings, booleans and {@code null}. A number is kept to the
 * letter, as text that Jackson writes as it is. Two members of one name, and nesting without end, are refused.
 *
 * <p>Jackson does that as well, but its parser takes longer to load than all the rest of opening a bundle.
 */
final class JsonTree {
    private static final int MOST_DEPTH = 64;
    private static final int LONGEST_NUMBER = 1_000;
    private static final int LONGEST_NAME = 1_000;

    private final String text;

    /** The index of the next character. */
    private int at;

    private JsonTree(String text) {
        this.text = text;
    }

    /** Says what is wrong with a text, and where: lines and columns count from 1. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        private final int line;
        private final int column;

        private MalformedException(String message, int line, int column) {
            super(message, null, false, false);
            this.line = line;
            this.column = column;
        }

        int line() {
            return line;
        }

        int column() {
            return column;
        }
    }

    static @Nullable Object read(String text) throws MalformedException {
        JsonTree json = new JsonTree(text);
        json.refuseOtherEncodings();
        json.skipSpace();
        if (json.at == text.length()) {
            throw json.malformed("it is empty");
        }
        Object value = json.value(0);
        json.skipSpace();
        if (json.at < text.length()) {
            throw json.malformed("something follows its end");
        }
        return value;
    }

    /** What editors of Windows write, which is no JSON. */
    private void refuseOtherEncodings() throws MalformedException {
        if (text.startsWith("\uFEFF")) {
            throw malformed("it begins with a byte order mark: save it as UTF-8 without one");
        }
        if (text.startsWith("\0") || text.startsWith("\0", 1)) {
            throw malformed("it looks like UTF-16, but must be UTF-8: save it as that");
        }
    }

    /** Returns the text of a value, without white space. It is seldom needed, and so Jackson may write it. */
    static String text(@Nullable Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    /** @param depth how many arrays and objects it is in */
    private @Nullable Object value(int depth) throws MalformedException {
        return switch (peek()) {
            case '{' -> object(enter(depth));
            case '[' -> array(enter(depth));
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private int enter(int depth) throws MalformedException {
        if (depth == MOST_DEPTH) {
            throw malformed("its depth is more than " + MOST_DEPTH);
        }
        at++;
        return depth + 1;
    }

    private Map<String, @Nullable Object> object(int depth) throws MalformedException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        skipSpace();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            skipSpace();
            refuseEndAfterComma('}', "an object", !members.isEmpty());
            if (peek() != '"') {
                throw malformed("a name is missing");
            }
            int begin = at;
            String name = string();
            if (name.length() > LONGEST_NAME) {
                at = begin;
                throw malformed("a name has " + name.length() + " characters, more than " + LONGEST_NAME);
            }
            if (members.containsKey(name)) {
                throw malformed("Duplicate member \"" + name + "\"");
            }
            skipSpace();
            take(':');
            skipSpace();
            members.put(name, value(depth));
            if (isLast('}')) {
                return members;
            }
        }
    }

    private List<@Nullable Object> array(int depth) throws MalformedException {
        List<@Nullable Object> elements = new ArrayList<>();
        skipSpace();
        if (peek() == ']') {
            at++;
            return elements;
        }
        while (true) {
            skipSpace();
            refuseEndAfterComma(']', "an array", !elements.isEmpty());
            elements.add(value(depth));
            if (isLast(']')) {
                return elements;
            }
        }
    }

    private void refuseEndAfterComma(char end, String what, boolean afterComma) throws MalformedException {
        if (afterComma && peek() == end) {
            throw malformed("a comma is before the end of " + what + ": leave it out");
        }
    }

    /** Reads what follows a member or an element: a comma, or the end. */
    private boolean isLast(char end) throws MalformedException {
        skipSpace();
        if (peek() == end) {
            at++;
            return true;
        }
        take(',');
        return false;
    }

    private String string() throws MalformedException {
        int begin = ++at;
        StringBuilder unescaped = new StringBuilder();
        while (true) {
            char character = peek();
            if (character == '"') {
                return unescaped.append(text, begin, at++).toString();
            }
            if (character < ' ') {
                throw malformed("a control character is in a string");
            }
            if (character == '\\') {
                unescaped.append(text, begin, at);
                at++;
                unescaped.append(escaped());
                begin = at;
            } else {
                at++;
            }
        }
    }

    private char escaped() throws MalformedException {
        char letter = peek();
        at++;
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) (hexadecimal() << 12 | hexadecimal() << 8 | hexadecimal() << 4 | hexadecimal());
            default -> throw malformed("no escape begins with a backslash and '" + letter + "'");
        };
    }

    private int hexadecimal() throws MalformedException {
        char character = peek();
        int digit = character < 0x80 ? Character.digit(character, 16) : -1;
        if (digit < 0) {
            throw malformed("'" + character + "' is no hexadecimal digit");
        }
        at++;
        return digit;
    }

    private RawValue number() throws MalformedException {
        int begin = at;
        if (peek() == '-') {
            at++;
        }
        int first = at;
        skipDigits();
        if (at > first + 1 && text.charAt(first) == '0') {
            throw malformed("a number begins with 0");
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            skipDigits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            at++;
            char sign = peek();
            if (sign == '+' || sign == '-') {
                at++;
            }
            skipDigits();
        }
        String number = text.substring(begin, at);
        if (number.length() > LONGEST_NUMBER) {
            at = begin;
            throw malformed("a number has " + number.length() + " characters, more than " + LONGEST_NUMBER);
        }
        return new RawValue(number);
    }

    private void skipDigits() throws MalformedException {
        int begin = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == begin) {
            throw malformed("no value begins with '" + peek() + "'");
        }
    }

    private @Nullable Object literal(String word, @Nullable Object value) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw malformed("it should be " + word);
        }
        at += word.length();
        return value;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws MalformedException {
        if (at == text.length()) {
            throw malformed("it is cut off");
        }
        return text.charAt(at);
    }

    private void take(char wanted) throws MalformedException {
        char there = peek();
        if (there != wanted) {
            throw malformed("'" + wanted + "' is missing before '" + there + "'");
        }
        at++;
    }

    private MalformedException malformed(String what) {
        int line = 1;
        for (int i = 0; i < at; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return new MalformedException(what, line, at - text.lastIndexOf('\n', at - 1));
    }
}
