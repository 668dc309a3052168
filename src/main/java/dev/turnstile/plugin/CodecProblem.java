package dev.turnstile.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;

/** What Jackson could not write or read, in words: the member, what is wrong with it, and the way out. */
final class CodecProblem {
    private CodecProblem() {}

    static String of(JacksonException problem) {
        String member = member(problem.getPath());
        String wayOut = wayOut(problem);
        return (member.isEmpty() ? "" : "member " + member + ": ")
                + problem.getOriginalMessage()
                + (wayOut == null ? "" : "; " + wayOut);
    }

    /** Returns the way to a member, such as {@code items[2].price}; empty for the whole. */
    private static String member(List<JacksonException.Reference> path) {
        StringBuilder member = new StringBuilder();
        for (JacksonException.Reference step : path) {
            String name = step.getPropertyName();
            if (name != null) {
                member.append(member.isEmpty() ? "" : ".").append(name);
            } else if (step.getIndex() >= 0) {
                member.append('[').append(step.getIndex()).append(']');
            }
        }
        return member.toString();
    }

    private static @Nullable String wayOut(JacksonException problem) {
        if (problem instanceof InvalidFormatException value && isEnum(value.getTargetType())) {
            return "@JsonProperty on a constant names it, @EnumNaming on the enum names them all";
        }
        return null;
    }

    private static boolean isEnum(@Nullable Class<?> type) {
        return type != null && Enum.class.isAssignableFrom(type);
    }
}
