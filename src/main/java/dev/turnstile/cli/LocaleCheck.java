package dev.turnstile.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether Java has read the arguments and the password as they were given. It decodes them by the locale, and in the C locale it takes what is not ASCII for
 * question marks: another request would be sent, and a key locked with another password. Linux tells the bytes; on other systems nothing is looked at.
 */
final class LocaleCheck {
    private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
    private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

    private LocaleCheck() {}

    /** Returns what is wrong in this process, and the way out; {@code null} if nothing is. */
    static @Nullable String ofThisProcess(int arguments) {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding"), Charset.defaultCharset());
        try {
            if (Files.isReadable(ARGUMENTS) && Files.isReadable(ENVIRONMENT)) {
                return problem(charset, Files.readAllBytes(ARGUMENTS), arguments, Files.readAllBytes(ENVIRONMENT));
            }
        } catch (IOException notThisKindOfProc) {
            return null;
        }
        return null;
    }

    /**
     * @param commandLine each argument with a NUL at its end, those of the JVM first
     * @param arguments how many of them are the program's own
     * @param environment each variable with a NUL at its end
     */
    static @Nullable String problem(Charset charset, byte[] commandLine, int arguments, byte[] environment) {
        List<ByteBuffer> all = texts(commandLine);
        int first = Math.max(0, all.size() - arguments);
        for (int i = first; i < all.size(); i++) {
            if (!isReadable(all.get(i), charset)) {
                return "argument " + (i - first + 1) + wayOut(charset);
            }
        }
        ByteBuffer password = ByteBuffer.wrap((PasswordOptions.VARIABLE + "=").getBytes(charset));
        for (ByteBuffer variable : texts(environment)) {
            if (variable.mismatch(password) == password.remaining() && !isReadable(variable, charset)) {
                return "the environment variable " + PasswordOptions.VARIABLE + wayOut(charset);
            }
        }
        return null;
    }

    private static String wayOut(Charset charset) {
        return " has characters that are not in the locale's encoding, " + charset
                + ", so Java cannot read them: set LC_ALL=C.UTF-8, or another locale that has them";
    }

    private static List<ByteBuffer> texts(byte[] ended) {
        List<ByteBuffer> texts = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < ended.length; at++) {
            if (ended[at] == 0) {
                texts.add(ByteBuffer.wrap(ended, begin, at - begin).slice());
                begin = at + 1;
            }
        }
        return texts;
    }

    private static boolean isReadable(ByteBuffer text, Charset charset) {
        try {
            var unused = charset.newDecoder().decode(text.duplicate());
            return true;
        } catch (CharacterCodingException lost) {
            return false;
        }
    }
}
