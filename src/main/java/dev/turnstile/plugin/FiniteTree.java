package dev.turnstile.plugin;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the first number that is not finite in values inside of each other. Nearly all have none and few levels: so a quick look by recursion
 * comes first, and the search that knows where it is only where that did not see the end.
 */
final class FiniteTree {
    private static final int MANY_LEVELS = 32;

    private FiniteTree() {}

    static void check(Object outermost, FiniteReader reader, DeserializationContext context) {
        if (!isFinite(outermost, 0)) {
            search(outermost, reader, context);
        }
    }

    /** False also where there are many levels. */
    private static boolean isFinite(@Nullable Object value, int level) {
        if (value instanceof String) {
            return true;
        }
        if (value instanceof Map<?, ?> map) {
            return areFinite(map.values(), level);
        }
        if (value instanceof Collection<?> values) {
            return areFinite(values, level);
        }
        if (value instanceof JsonNode node && node.isContainer()) {
            return areFinite(node.values(), level);
        }
        return value instanceof Object[] values
                ? areFinite(Arrays.asList(values), level)
                : FiniteReader.isFinite(value);
    }

    private static boolean areFinite(Collection<?> values, int level) {
        if (level == MANY_LEVELS) {
            return false;
        }
        for (Object value : values) {
            if (!isFinite(value, level + 1)) {
                return false;
            }
        }
        return true;
    }

    private static void search(Object outermost, FiniteReader reader, DeserializationContext context) {
        Deque<Level> open = new ArrayDeque<>();
        open.push(new Level(outermost));
        while (!open.isEmpty()) {
            if (!open.peek().rest.hasNext()) {
                open.pop();
                continue;
            }
            Object value = open.peek().next();
            if (value != null && isContainer(value)) {
                open.push(new Level(value));
            } else if (!FiniteReader.isFinite(value) && !FiniteReader.mayBeInfinite(context)) {
                throw at(open, reader.refused(value, context));
            }
        }
    }

    private static JacksonException at(Deque<Level> open, JacksonException refusal) {
        open.forEach(level -> level.addTo(refusal)); // the innermost first
        return refusal;
    }

    static boolean isContainer(Object value) {
        return value instanceof Map
                || value instanceof Collection
                || value instanceof Object[]
                || (value instanceof JsonNode node && node.isContainer());
    }

    /** Where the search is in one container. */
    private static final class Level {
        private final Object container;
        private final Iterator<?> rest;
        private int index = -1;
        private @Nullable String name;

        Level(Object container) {
            this.container = container;
            this.rest = switch (container) {
                case Map<?, ?> map -> map.entrySet().iterator();
                case ObjectNode object -> object.properties().iterator();
                case Object[] values -> Arrays.asList(values).iterator();
                case Iterable<?> values -> values.iterator(); // an array node as well
                default -> Collections.emptyIterator();
            };
        }

        @Nullable
        Object next() {
            Object next = rest.next();
            index++;
            if (next instanceof Map.Entry<?, ?> member) {
                name = String.valueOf(member.getKey());
                return member.getValue();
            }
            return next;
        }

        void addTo(JacksonException refusal) {
            if (name == null) {
                refusal.prependPath(container, index);
            } else {
                refusal.prependPath(container, name);
            }
        }
    }
}
