package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JacksonStdImpl;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;

/** Reads numbers and booleans in quotes where {@code @JsonFormat(shape = STRING)} has them written so, and nowhere else. */
@JacksonStdImpl // as FiniteReader, for the sake of a Number
final class QuotedReader extends DelegatingDeserializer {
    private final boolean quoted;

    QuotedReader(ValueDeserializer<?> reader) {
        this(reader, false);
    }

    private QuotedReader(ValueDeserializer<?> reader, boolean quoted) {
        super(reader);
        this.quoted = quoted;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
        return new QuotedReader(reader, quoted);
    }

    /** Where nothing is in quotes it is out of the way. */
    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        ValueDeserializer<?> reader =
                context.handleSecondaryContextualization(getDelegatee(), property, getValueType(context));
        return findFormatOverrides(context, property, handledType()).getShape() == JsonFormat.Shape.STRING
                ? new QuotedReader(reader, true)
                : reader;
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        if (!quoted || !json.hasToken(JsonToken.VALUE_STRING)) {
            return super.deserialize(json, context);
        }
        String text = json.getString();
        try (JsonParser inside = context.tokenStreamFactory().createParser(context, text)) {
            JsonToken token = inside.nextToken();
            if (token == null || !(token.isNumeric() || token.isBoolean())) {
                throw refused(text, json, null);
            }
            Object read = super.deserialize(inside, context);
            if (inside.nextToken() != null) {
                throw refused(text, json, null);
            }
            return read;
        } catch (StreamReadException malformed) {
            throw refused(text, json, malformed);
        }
    }

    private MismatchedInputException refused(String text, JsonParser json, @Nullable Throwable cause) {
        MismatchedInputException refusal = MismatchedInputException.from(
                json, handledType(), "\"" + text + "\" is no " + handledType().getSimpleName() + " in quotes");
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }
}
