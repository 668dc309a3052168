package dev.turnstile.plugin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a {@link PluginConfig}: anything that Jackson can write, and single members that override its own when it is written.
 *
 * @param base {@code null} for none
 * @param members by name, in the order in which they were set; unmodifiable
 */
record ConfigValue(@Nullable Object base, Map<String, @Nullable Object> members) {
    static final ConfigValue NONE = new ConfigValue(null, Map.of());

    boolean isNone() {
        return base == null && members.isEmpty();
    }

    ConfigValue withBase(@Nullable Object value) {
        return new ConfigValue(value, members);
    }

    ConfigValue withMember(String name, @Nullable Object value) {
        return new ConfigValue(base, with(members, name, value));
    }

    static Map<String, @Nullable Object> with(
            Map<String, @Nullable Object> members, String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return Collections.unmodifiableMap(more);
    }

    /** Returns what is to be written; {@code null} if there is nothing. */
    @Nullable
    Object whole(String name, JsonMapper mapper) {
        if (base == null || members.isEmpty()) {
            return members.isEmpty() ? base : members;
        }
        if (!(mapper.<JsonNode>valueToTree(base) instanceof ObjectNode tree)) {
            throw new PluginLoadException("The plugin's configuration cannot be written: " + name + " is a "
                    + base.getClass().getName()
                    + ", which is not written as a JSON object, and so cannot have the members "
                    + members.keySet() + ": leave one of the two out");
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        tree.properties().forEach(member -> whole.put(member.getKey(), member.getValue()));
        whole.putAll(members);
        return whole;
    }

    /** Returns the base, with the members if there are any. */
    @Override
    public String toString() {
        return members.isEmpty() ? String.valueOf(base) : base == null ? members.toString() : base + " with " + members;
    }
}
