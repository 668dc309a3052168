package dev.turnstile.bundle;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The first member of which two manifests, or parts of them, say different things.
 *
 * @param member its name, with dots between the levels
 * @param here what the one says of it, for messages
 * @param there what the other says
 */
record ManifestDifference(String member, String here, String there) {
    /** Finds it; {@code null} if both say the same. */
    static @Nullable ManifestDifference between(JsonNode here, JsonNode there) {
        return between("", here, there);
    }

    private static @Nullable ManifestDifference between(String member, JsonNode here, JsonNode there) {
        if (here.equals(there)) {
            return null;
        }
        if (!here.isObject() || !there.isObject()) {
            return new ManifestDifference(member, shown(here), shown(there));
        }
        Set<String> names = new LinkedHashSet<>(here.propertyNames());
        names.addAll(there.propertyNames());
        for (String name : names) {
            ManifestDifference found = between(
                    member.isEmpty() ? name : member + "." + name, orMissing(here, name), orMissing(there, name));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static JsonNode orMissing(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value == null ? MissingNode.getInstance() : value;
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode()
                ? "missing"
                : value.isString() ? Quoted.of(value.stringValue()) : Quoted.plain(value.toString());
    }
}
