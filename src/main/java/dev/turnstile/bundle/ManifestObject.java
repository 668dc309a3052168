package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of the manifest, read member by member. Errors name the whole path of a member, such as {@code
 * platforms.linux-x86_64.variants.release.checksum}. An optional member that is {@code null} counts as missing.
 *
 * @param source the manifest, for messages
 * @param path where in the manifest the object is; empty for the outermost
 */
record ManifestObject(Source source, String path, Map<?, ?> members) {
    /** Requires that a value is an object. */
    static ManifestObject of(Source source, String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> members) {
            return new ManifestObject(source, path, members);
        }
        throw refuse(source, path, value, "an object");
    }

    String string(String member) {
        String value = stringOrNull(member);
        if (value == null) {
            throw missing(member, "a string");
        }
        if (value.isEmpty()) {
            throw refuse(member, "is empty");
        }
        return value;
    }

    Optional<String> optionalString(String member) {
        return Optional.ofNullable(stringOrNull(member));
    }

    private @Nullable String stringOrNull(String member) {
        Object value = members.get(member);
        return value == null ? null : text(pathOf(member), value);
    }

    Optional<Boolean> optionalBoolean(String member) {
        Object value = members.get(member);
        if (value == null || value instanceof Boolean) {
            return Optional.ofNullable((Boolean) value);
        }
        throw refuse(source, pathOf(member), value, "true or false");
    }

    /** Any JSON, as text. */
    Optional<String> optionalJson(String member) {
        Object value = members.get(member);
        return value == null ? Optional.empty() : Optional.of(whole(pathOf(member), JsonTree.text(value)));
    }

    List<String> strings(String member) {
        Object value = members.get(member);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> array)) {
            throw refuse(source, pathOf(member), value, "an array of strings");
        }
        List<String> strings = new ArrayList<>();
        for (Object element : array) {
            strings.add(text(pathOf(member) + "[" + strings.size() + "]", element));
        }
        return List.copyOf(strings);
    }

    ManifestObject object(String member) {
        ManifestObject object = objectOrNull(member);
        if (object == null) {
            throw missing(member, "an object");
        }
        return object;
    }

    /** For a member that is a map. */
    ManifestObject objectOrEmpty(String member) {
        ManifestObject object = objectOrNull(member);
        return object == null ? new ManifestObject(source, pathOf(member), Map.of()) : object;
    }

    @Nullable
    ManifestObject objectOrNull(String member) {
        Object value = members.get(member);
        return value == null ? null : of(source, pathOf(member), value);
    }

    /** The names of all members. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Object name : members.keySet()) {
            names.add(whole(path, (String) name));
        }
        return names;
    }

    /** Refuses the value of a member; in the message, {@code what} follows the member's path. */
    BundleException refuse(String member, String what) {
        return source.refuse(Problem.MALFORMED, Quoted.plain(pathOf(member)) + " " + what);
    }

    private BundleException missing(String member, String wanted) {
        return refuse(member, "is missing, and must be " + wanted);
    }

    private String text(String at, @Nullable Object value) {
        if (value instanceof String text) {
            return whole(at, text);
        }
        throw refuse(source, at, value, "a string");
    }

    /** Refuses a lone surrogate: JSON can escape one, but no encoding can write it. */
    private String whole(String at, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw source.refuse(
                    Problem.MALFORMED,
                    Quoted.plain(at) + " has " + Quoted.of(text) + ", in which half of a surrogate pair is missing");
        }
        return text;
    }

    private String pathOf(String member) {
        return path.isEmpty() ? member : path + "." + member;
    }

    private static BundleException refuse(Source source, String path, @Nullable Object value, String wanted) {
        String where = path.isEmpty() ? "it" : Quoted.plain(path);
        return source.refuse(
                Problem.MALFORMED, where + " is " + Quoted.plain(JsonTree.text(value)) + ", but must be " + wanted);
    }
}
