package dev.turnstile.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.MismatchedInputException;

/** What Jackson could not write or read, in words: the member, what is wrong with it, and the way out. */
final class CodecProblem {
    private static final String LARGER = "long, BigInteger and BigDecimal hold larger numbers";
    private static final String SETTING = "on a mapper of your own, ";

    private CodecProblem() {}

    static String of(JacksonException problem) {
        String member = OneLine.of(member(problem.getPath()));
        String said = OneLine.of(problem.getOriginalMessage());
        String wayOut = wayOut(problem, said);
        return (member.isEmpty() ? "" : "member " + member + ": ") + said + (wayOut == null ? "" : "; " + wayOut);
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

    /** Goes by Jackson's words where its exceptions do not differ; then a change of them costs the way out, and no more. */
    private static @Nullable String wayOut(JacksonException problem, String said) {
        if (said.contains("class is not public")) {
            return "in a named module, open its package to Jackson: `opens … to tools.jackson.databind;`";
        }
        if (problem instanceof StreamConstraintsException) {
            return said.contains("`StreamWriteConstraints.")
                    ? "JSON text (a String) has no such limit"
                    : "PluginOptions.withReadLimits raises it, or the StreamReadConstraints of a mapper of your own";
        }
        if (problem instanceof InputCoercionException) {
            return LARGER;
        }
        if (!(problem instanceof MismatchedInputException mismatch)) {
            return null;
        }
        if (said.contains("overflow")) {
            return LARGER;
        }
        Class<?> type = mismatch.getTargetType();
        if (said.startsWith("Missing required creator property")) {
            return "it may be missing if it is an Optional, @Nullable, or @JsonProperty(isRequired = OptBoolean.FALSE);"
                    + " if the plugin has another name for it, @JsonProperty says so, or @JsonNaming for all";
        }
        if (said.startsWith("Missing property ") && said.contains(" for external type id ")) {
            return "serde leaves the content of a unit variant out; as `Variant {}` in Rust it has one, which is {}";
        }
        if (type != null && Enum.class.isAssignableFrom(type)) {
            return "@JsonProperty on a constant names it, @EnumNaming on the enum names them all";
        }
        if (!said.startsWith("Cannot coerce ")
                || said.startsWith("Cannot coerce empty ")
                || said.startsWith("Cannot coerce blank ")) {
            return null;
        }
        if (said.startsWith("Cannot coerce String value ") && (type == char.class || type == Character.class)) {
            return "a char is one unit of UTF-16; a String holds more, and any char of Rust";
        }
        if (type == String.class) {
            return SETTING + "withCoercionConfig(LogicalType.Textual, …) allows it";
        }
        if (said.startsWith("Cannot coerce Floating-point")) {
            return SETTING + "DeserializationFeature.ACCEPT_FLOAT_AS_INT cuts the fraction off";
        }
        return SETTING + "MapperFeature.ALLOW_COERCION_OF_SCALARS allows it";
    }
}
