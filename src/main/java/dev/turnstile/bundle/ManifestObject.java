package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object of the manifest, read member by member. Errors name the whole path of a member, such as {@code
 * platforms.linux-x86_64.variants.release.checksum}. An optional member that is {@code null} counts as missing.
 *
 * @param source the manifest, for messages
 * @param path where in the manifest the object is; empty for the outermost
 */
record ManifestObject(Source source, String path, JsonNode node) {
    /** Requires that a node is an object. */
    static ManifestObject of(Source source, String path, JsonNode node) {
        if (!node.isObject()) {
            throw refuse(source, path, node, "an object");
        }
        return new ManifestObject(source, path, node);
    }

    String string(String member) {
        String value = optionalString(member).orElseThrow(() -> missing(member, "a string"));
        if (value.isEmpty()) {
            throw refuse(member, "is empty");
        }
        return value;
    }

    Optional<String> optionalString(String member) {
        return optional(member).map(value -> text(pathOf(member), value));
    }

    Optional<Boolean> optionalBoolean(String member) {
        return optional(member).map(value -> {
            if (!value.isBoolean()) {
                throw refuse(source, pathOf(member), value, "true or false");
            }
            return value.booleanValue();
        });
    }

    /** Any JSON, as text. */
    Optional<String> optionalJson(String member) {
        return optional(member).map(value -> whole(pathOf(member), value.toString()));
    }

    List<String> strings(String member) {
        JsonNode array = optional(member).orElse(null);
        if (array == null) {
            return List.of();
        }
        if (!array.isArray()) {
            throw refuse(source, pathOf(member), array, "an array of strings");
        }
        List<String> strings = new ArrayList<>();
        for (JsonNode element : array) {
            strings.add(text(pathOf(member) + "[" + strings.size() + "]", element));
        }
        return List.copyOf(strings);
    }

    ManifestObject object(String member) {
        return optionalObject(member, Function.identity()).orElseThrow(() -> missing(member, "an object"));
    }

    <T> Optional<T> optionalObject(String member, Function<ManifestObject, T> reader) {
        return optional(member).map(value -> reader.apply(of(source, pathOf(member), value)));
    }

    /** The members of an object that is a map, sorted by their keys. */
    <K extends Comparable<K>, V> SequencedMap<K, V> map(
            String member, BiFunction<ManifestObject, String, K> key, BiFunction<ManifestObject, String, V> value) {
        SequencedMap<K, V> map = new TreeMap<>();
        optionalObject(member, Function.identity()).ifPresent(object -> {
            for (Map.Entry<String, JsonNode> entry : object.node.properties()) {
                String name = whole(object.path, entry.getKey());
                map.put(key.apply(object, name), value.apply(object, name));
            }
        });
        return Collections.unmodifiableSequencedMap(map);
    }

    /** Refuses the value of a member; in the message, {@code what} follows the member's path. */
    BundleException refuse(String member, String what) {
        return source.refuse(Problem.MALFORMED, Quoted.plain(pathOf(member)) + " " + what);
    }

    private BundleException missing(String member, String wanted) {
        return refuse(member, "is missing, and must be " + wanted);
    }

    private Optional<JsonNode> optional(String member) {
        @Nullable JsonNode value = node.get(member);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    private String text(String at, JsonNode value) {
        if (!value.isString()) {
            throw refuse(source, at, value, "a string");
        }
        return whole(at, value.stringValue());
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

    private static BundleException refuse(Source source, String path, JsonNode value, String wanted) {
        String where = path.isEmpty() ? "it" : Quoted.plain(path);
        return source.refuse(
                Problem.MALFORMED, where + " is " + Quoted.plain(value.toString()) + ", but must be " + wanted);
    }
}
