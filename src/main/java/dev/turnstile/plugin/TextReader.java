package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;

/** Refuses numbers and booleans where a text is read, as into a URI or a StringBuilder. */
final class TextReader extends DelegatingDeserializer {
    TextReader(ValueDeserializer<?> reader) {
        super(reader);
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
        return new TextReader(reader);
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        JsonToken token = json.currentToken();
        if (token != null && (token.isNumeric() || token.isBoolean())) {
            throw MismatchedInputException.from(
                    json,
                    handledType(),
                    "The value (" + json.getString() + ") is no text, as `"
                            + handledType().getName() + "` is read from");
        }
        return super.deserialize(json, context);
    }
}
