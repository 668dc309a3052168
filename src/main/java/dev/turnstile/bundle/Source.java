package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where something was read from, for messages: {@code The bundle x.rbp: manifest.json: …}.
 *
 * @param name what messages call it
 */
record Source(String name) {
    private static final String BUNDLE = "The bundle ";

    /** The name is the caller's own, and shown in full. */
    static Source bundle(String name) {
        return new Source(BUNDLE + name);
    }

    /** The name of a bundle alone, where it has been said that it is one. */
    String nameOfBundle() {
        return name.startsWith(BUNDLE) ? name.substring(BUNDLE.length()) : name;
    }

    /** The name where it does not begin a message. */
    String inSentence() {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    BundleException refuse(Problem problem, String what) {
        return new BundleException(problem, name + ": " + what);
    }

    /** Refuses an entry, or a field of one: {@code where} names it. */
    BundleException refuse(Problem problem, String where, String what) {
        return refuse(problem, Quoted.plain(where) + ": " + what);
    }

    /** Reads what must be UTF-8. */
    String utf8(byte[] text) {
        refuseUtf16(text);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException otherwiseEncoded) {
            throw refuse(Problem.MALFORMED, "it is not UTF-8");
        }
    }

    /** Refuses what begins with the byte order mark of UTF-16, as PowerShell writes it. */
    void refuseUtf16(byte[] text) {
        if (beginsWith(text, 0xFF, 0xFE) || beginsWith(text, 0xFE, 0xFF)) {
            throw refuse(Problem.MALFORMED, "it is UTF-16 text, but must be UTF-8: save it as that");
        }
    }

    private static boolean beginsWith(byte[] text, int first, int second) {
        return text.length >= 2 && text[0] == (byte) first && text[1] == (byte) second;
    }

    /** Says that the file itself cannot be used. */
    BundleException failed(String what, Throwable cause) {
        return new BundleException(Problem.IO, name + ": " + what, cause);
    }

    /** For extracting to a file of the caller's, whose name is shown in full. */
    Source extractingTo(Path file) {
        return new Source(name + ": extracting to " + file);
    }

    /** The same one level down. */
    Source at(String where) {
        return new Source(name + ": " + Quoted.plain(where));
    }
}
