package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the payload in the two plain forms of a success envelope, in one pass over the bytes and without an allocation:
 *
 * <pre>
 * {"status":"success","payload":…}
 * {"payload":…,"status":"success"}
 * </pre>
 *
 * <p>It finds only what {@link Envelope#parse} reads as a success with that very payload. So the payload is checked to its end: JSON by the
 * letter of RFC 8259, in well-formed UTF-8, of any depth and length. Everything else, wrong or just unusual (another member, a space
 * between the envelope's own, a name that is not plain ASCII), is {@link #NOT_PLAIN}: then the parser decides, with its own error messages.
 */
final class PayloadScan {
    /** What {@link #find} returns when the parser has to decide. */
    static final long NOT_PLAIN = -1;

    private static final byte[] STATUS_FIRST = "{\"status\":\"success\",\"payload\":".getBytes(US_ASCII);
    private static final byte[] PAYLOAD_FIRST = "{\"payload\":".getBytes(US_ASCII);
    private static final byte[] END = "}".getBytes(US_ASCII);
    private static final byte[] STATUS_LAST = ",\"status\":\"success\"}".getBytes(US_ASCII);
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);
    private static final byte[] NULL = "null".getBytes(US_ASCII);

    private static final long[] NONE = {};

    /** How many brackets are read by recursion, the envelope's own among them: that is faster, but the stack has an end. */
    static final int MAX_DEPTH = 64;

    /** An index beyond every end, where nothing that is looked for can be. */
    private static final int NOWHERE = Utf8.ILL_FORMED;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101_0101_0101_0101L;
    private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

    /** For the default mapper, which need not be there for it. */
    static final PayloadScan OF_DEFAULT = new PayloadScan(true);

    /** Whether the mapper's parser reads bytes as this scan does, and checks nothing beyond it. */
    private final boolean usable;

    PayloadScan(JsonMapper mapper) {
        this(isUsable(mapper));
    }

    private PayloadScan(boolean usable) {
        this.usable = usable;
    }

    private static boolean isUsable(JsonMapper mapper) {
        TokenStreamFactory factory = mapper.tokenStreamFactory();
        StreamReadConstraints limits = factory.streamReadConstraints();
        return mapper.getClass() == JsonMapper.class
                && factory.getClass() == JsonFactory.class
                && factory.isEnabled(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES) // else it reads characters
                && !mapper.isEnabled(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                && !limits.hasMaxDocumentLength()
                && !limits.hasMaxTokenCount();
    }

    /**
     * Reads the first {@code length} bytes of {@code body}. Returns the payload's place in them, for {@link #start} and {@link
     * #length}, or {@link #NOT_PLAIN}.
     */
    long find(byte[] body, int length) {
        if (usable && isAt(body, 0, length, STATUS_FIRST)) {
            return find(body, STATUS_FIRST.length, length, END);
        }
        if (usable && isAt(body, 0, length, PAYLOAD_FIRST)) {
            return find(body, PAYLOAD_FIRST.length, length, STATUS_LAST);
        }
        return NOT_PLAIN;
    }

    private long find(byte[] body, int start, int end, byte[] rest) {
        int after = value(body, start, end, 1);
        return after <= end && end - after == rest.length && isAt(body, after, end, rest)
                ? (long) start << 32 | (after - start)
                : NOT_PLAIN;
    }

    static int start(long found) {
        return (int) (found >>> 32);
    }

    static int length(long found) {
        return (int) found;
    }

    // Each of these is given the index of the first byte it reads, and returns the index after the last, or NOWHERE.

    private static int value(byte[] json, int at, int end, int depth) {
        if (at >= end) {
            return NOWHERE;
        }
        return switch (json[at]) {
            case '{' -> depth < MAX_DEPTH ? object(json, at + 1, end, depth + 1) : deep(json, at, end);
            case '[' -> depth < MAX_DEPTH ? array(json, at + 1, end, depth + 1) : deep(json, at, end);
            case '"' -> string(json, at + 1, end);
            case 't' -> literal(json, at, end, TRUE);
            case 'f' -> literal(json, at, end, FALSE);
            case 'n' -> literal(json, at, end, NULL);
            default -> number(json, at, end);
        };
    }

    private static int object(byte[] json, int from, int end, int depth) {
        int at = skipSpace(json, from, end);
        if (is(json, at, end, '}')) {
            return at + 1;
        }
        while (true) {
            at = skipSpace(json, value(json, key(json, at, end), end, depth), end);
            if (!is(json, at, end, ',')) {
                return is(json, at, end, '}') ? at + 1 : NOWHERE;
            }
            at = skipSpace(json, at + 1, end);
        }
    }

    private static int array(byte[] json, int from, int end, int depth) {
        int at = skipSpace(json, from, end);
        if (is(json, at, end, ']')) {
            return at + 1;
        }
        while (true) {
            at = skipSpace(json, value(json, at, end, depth), end);
            if (!is(json, at, end, ',')) {
                return is(json, at, end, ']') ? at + 1 : NOWHERE;
            }
            at = skipSpace(json, at + 1, end);
        }
    }

    /**
     * A value inside of many others, without recursion: whether the brackets that are open are an object's or an array's is kept in bits.
     */
    private static int deep(byte[] json, int from, int end) {
        int at = from;
        int depth = 0;
        long kinds = 0; // of the innermost brackets, the innermost in the lowest bit: 1 for an object
        long[] outer = NONE; // of those outside of them, 64 each
        while (at < end) {
            byte first = json[at];
            if (first == '{' || first == '[') {
                boolean isObject = first == '{';
                at = skipSpace(json, at + 1, end);
                if (is(json, at, end, isObject ? '}' : ']')) {
                    at++;
                } else {
                    if (depth != 0 && depth % Long.SIZE == 0) {
                        outer = depth / Long.SIZE > outer.length ? Arrays.copyOf(outer, 2 * outer.length + 1) : outer;
                        outer[depth / Long.SIZE - 1] = kinds;
                    }
                    depth++;
                    kinds = kinds << 1 | (isObject ? 1 : 0);
                    at = isObject ? key(json, at, end) : at;
                    continue;
                }
            } else {
                at = value(json, at, end, 0);
            }
            while (depth > 0) { // a value has ended, and perhaps what it is the last of
                at = skipSpace(json, at, end);
                boolean isInObject = (kinds & 1) != 0;
                if (is(json, at, end, ',')) {
                    at = skipSpace(json, at + 1, end);
                    at = isInObject ? key(json, at, end) : at;
                    break;
                }
                if (!is(json, at, end, isInObject ? '}' : ']')) {
                    return NOWHERE;
                }
                at++;
                depth--;
                kinds = depth != 0 && depth % Long.SIZE == 0 ? outer[depth / Long.SIZE - 1] : kinds >>> 1;
            }
            if (depth == 0) {
                return at;
            }
        }
        return NOWHERE;
    }

    /** A name, its colon, and the space around that. */
    private static int key(byte[] json, int from, int end) {
        int at = is(json, from, end, '"') ? skipSpace(json, name(json, from + 1, end), end) : NOWHERE;
        return is(json, at, end, ':') ? skipSpace(json, at + 1, end) : NOWHERE;
    }

    private static int name(byte[] json, int from, int end) {
        int at = skipPlain(json, from, end);
        return is(json, at, end, '"') ? at + 1 : NOWHERE;
    }

    private static int string(byte[] json, int from, int end) {
        int at = from;
        while (true) {
            at = skipPlain(json, at, end);
            if (at >= end) {
                return NOWHERE;
            }
            byte special = json[at];
            if (special == '"') {
                return at + 1;
            }
            at = special == '\\' ? escape(json, at + 1, end) : special < 0 ? Utf8.character(json, at, end) : NOWHERE;
        }
    }

    private static int escape(byte[] json, int at, int end) {
        if (at >= end) {
            return NOWHERE;
        }
        return switch (json[at]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 1;
            case 'u' -> {
                for (int i = at + 1; i <= at + 4; i++) {
                    if (i >= end || Character.digit(json[i], 16) < 0) {
                        yield NOWHERE;
                    }
                }
                yield at + 5;
            }
            default -> NOWHERE;
        };
    }

    private static int number(byte[] json, int from, int end) {
        int at = is(json, from, end, '-') ? from + 1 : from;
        at = is(json, at, end, '0') ? at + 1 : digits(json, at, end);
        if (is(json, at, end, '.')) {
            at = digits(json, at + 1, end);
        }
        if (is(json, at, end, 'e') || is(json, at, end, 'E')) {
            boolean signed = is(json, at + 1, end, '+') || is(json, at + 1, end, '-');
            at = digits(json, signed ? at + 2 : at + 1, end);
        }
        return at;
    }

    /** One digit or more. */
    private static int digits(byte[] json, int from, int end) {
        int at = from;
        while (at < end && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        return at > from ? at : NOWHERE;
    }

    private static int literal(byte[] json, int at, int end, byte[] literal) {
        return isAt(json, at, end, literal) ? at + literal.length : NOWHERE;
    }

    // These return where they stopped, which may be the end.

    private static int skipSpace(byte[] json, int from, int end) {
        int at = from;
        while (at < end && json[at] <= ' ' && isSpace(json[at])) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Skips ASCII without control characters, quotes and backslashes: eight bytes at a time, then one by one. */
    private static int skipPlain(byte[] json, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long special = special((long) LONG.get(json, at));
            if (special != 0) {
                return at + Long.numberOfTrailingZeros(special) / Byte.SIZE;
            }
            at += Long.BYTES;
        }
        while (at < end && json[at] >= ' ' && json[at] != '"' && json[at] != '\\') {
            at++;
        }
        return at;
    }

    /**
     * The lowest set bit is the highest bit of the first byte that is not plain. (A subtraction borrows only from bytes above one that is
     * not plain itself.)
     */
    private static long special(long bytes) {
        long quotes = bytes ^ EACH * '"';
        long backslashes = bytes ^ EACH * '\\';
        return (bytes | (bytes - EACH * ' ') | (quotes - EACH) | (backslashes - EACH)) & HIGHEST_BITS;
    }

    private static boolean is(byte[] json, int at, int end, char wanted) {
        return at < end && json[at] == wanted;
    }

    private static boolean isAt(byte[] json, int at, int end, byte[] wanted) {
        return end - at >= wanted.length && Arrays.equals(json, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
