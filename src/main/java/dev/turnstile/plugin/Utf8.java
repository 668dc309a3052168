package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Turns text into the bytes that a plugin wants, or says why that cannot be done without changing the text; and finds what is no text. */
final class Utf8 {
    /** An index beyond every end. */
    static final int ILL_FORMED = Integer.MAX_VALUE;

    private Utf8() {}

    /**
     * Encodes a type tag. The plugin reads it up to the first NUL, so a NUL inside would call another handler.
     *
     * @throws IllegalArgumentException if the tag is empty, has a NUL or a lone surrogate
     */
    static byte[] tag(String tag) {
        checkTag(tag);
        return tag.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Refuses what {@link #tag} refuses, without encoding it.
     *
     * @throws IllegalArgumentException if the tag is empty, has a NUL or a lone surrogate
     */
    static void checkTag(String tag) {
        Objects.requireNonNull(tag, "tag");
        if (tag.isEmpty()) {
            throw new IllegalArgumentException("The type tag is empty");
        }
        int nul = tag.indexOf('\0');
        if (nul >= 0) {
            throw new IllegalArgumentException("The type tag \"" + tag.replace("\0", "\\0") + "\" has a NUL at index "
                    + nul + "; the plugin would read \"" + tag.substring(0, nul) + "\"");
        }
        int lone = loneSurrogate(tag);
        if (lone >= 0) {
            throw new IllegalArgumentException(
                    "The type tag has a lone surrogate (" + hex(tag.charAt(lone)) + ") at index " + lone);
        }
    }

    /**
     * Encodes a request that is JSON text already.
     *
     * @throws CodecException if it has a lone surrogate, which no UTF-8 can carry
     */
    static byte[] request(String json) {
        int lone = loneSurrogate(json);
        if (lone >= 0) {
            throw new CodecException(
                    "The request has a lone surrogate (" + hex(json.charAt(lone)) + ") at index " + lone, false, null);
        }
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the length in bytes of a text without lone surrogates. */
    static int length(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Half of a pair is two of its four bytes.
            length += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return length;
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Returns the index of the first byte that no well-formed character begins with, or -1. */
    static int illFormed(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            int next = bytes[at] >= 0 ? at + 1 : character(bytes, at, length);
            if (next == ILL_FORMED) {
                return at;
            }
            at = next;
        }
        return -1;
    }

    /**
     * Returns the index after a character of two to four bytes, or {@link #ILL_FORMED}; by the letter of Unicode's table of well-formed
     * sequences.
     */
    static int character(byte[] bytes, int at, int end) {
        int first = bytes[at] & 0xff;
        int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (first < 0xc2 || first > 0xf4 || end - at < length) {
            return ILL_FORMED;
        }
        int second = bytes[at + 1] & 0xff;
        int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80; // else it would be overlong
        int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf; // else a surrogate, or beyond U+10FFFF
        boolean formed = least <= second && second <= most;
        for (int i = at + 2; i < at + length; i++) {
            formed &= (bytes[i] & 0xc0) == 0x80;
        }
        return formed ? at + length : ILL_FORMED;
    }

    /** Returns the index of the first surrogate without its other half, or -1. */
    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private static String hex(char c) {
        return String.format("U+%04X", (int) c);
    }

    /** Returns where the character begins that the last byte belongs to; a character has at most four bytes. */
    static int lastBoundary(byte[] utf8) {
        int last = utf8.length - 1;
        int at = last;
        while (at > 0 && at > last - 3 && (utf8[at] & 0xC0) == 0x80) {
            at--;
        }
        return at;
    }
}
