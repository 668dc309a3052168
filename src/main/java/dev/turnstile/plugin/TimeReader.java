package dev.turnstile.plugin;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;

/** Refuses what Jackson takes for a time although it says something else, or more. A text for a pattern of one's own is up to that. */
final class TimeReader extends DelegatingDeserializer {
    private static final int LONGEST_LONG = 18; // digits, of which all numbers are longs
    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?[0-9.]+\\s*");

    TimeReader(ValueDeserializer<?> reader) {
        super(reader);
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
        return new TimeReader(reader);
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        return findFormatOverrides(context, property, handledType()).hasPattern()
                ? context.handleSecondaryContextualization(getDelegatee(), property, getValueType(context))
                : super.createContextual(context, property);
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        if (json.hasToken(JsonToken.VALUE_NUMBER_FLOAT) && isBeyondLong(json.getDecimalValue())) {
            throw MismatchedInputException.from(
                    json,
                    handledType(),
                    json.getString() + " is beyond all of " + handledType().getSimpleName());
        }
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            String text = json.getString();
            String problem = problem(text);
            if (problem != null) {
                throw MismatchedInputException.from(
                        json,
                        handledType(),
                        "\"" + text + "\" is no " + handledType().getSimpleName() + ": " + problem);
            }
        }
        return super.deserialize(json, context);
    }

    /** Jackson takes what no long holds for zero, or cuts its highest bits off. */
    private static boolean isBeyondLong(BigDecimal number) {
        return (long) number.precision() - number.scale() > LONGEST_LONG;
    }

    private @Nullable String problem(String text) {
        if (handledType() == LocalDate.class) {
            return text.contains("T") ? "it has a time; LocalDateTime, Instant and OffsetDateTime hold that" : null;
        }
        if (handledType() == LocalDateTime.class) {
            return text.endsWith("Z") ? "it has an offset; Instant and OffsetDateTime hold that" : null;
        }
        return NUMBER.matcher(text).matches()
                ? "a number in quotes; the number without quotes is read, and so is a text as in ISO 8601"
                : null;
    }
}
