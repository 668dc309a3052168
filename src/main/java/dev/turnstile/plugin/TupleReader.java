package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanAsArrayDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.exc.MismatchedInputException;

/** Reads a class that is an array in JSON, and refuses arrays of another length: Jackson drops what is too much and makes up what is missing. */
final class TupleReader extends BeanAsArrayDeserializer {
    private static final String TOO_MUCH =
            "; if Java wrote it: a member of a getter alone, or READ_ONLY, is an element too,"
                    + " and @JsonIgnore leaves it out";

    private TupleReader(BeanDeserializerBase reader, SettableBeanProperty[] properties) {
        super(reader, properties);
    }

    /** What a class with {@code @JsonFormat(shape = ARRAY)} is read by, until Jackson asks for its reader of arrays. */
    static final class OfClass extends BeanDeserializer {
        OfClass(BeanDeserializer reader) {
            super(reader);
        }

        @Override
        protected BeanDeserializerBase asArrayDeserializer() {
            return new TupleReader(this, _beanProperties.getPrimaryProperties());
        }
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        if (!json.isExpectedStartArrayToken()) {
            return super.deserialize(json, context);
        }
        TokenStreamContext array = json.streamReadContext();
        Object tuple;
        try {
            tuple = super.deserialize(json, context);
        } catch (MismatchedInputException incomplete) {
            if (json.hasToken(JsonToken.END_ARRAY) && array.getEntryCount() < length()) {
                throw (MismatchedInputException) refused(array, json).initCause(incomplete);
            }
            throw incomplete;
        }
        if (array.getEntryCount() != length()) {
            throw refused(array, json);
        }
        return tuple;
    }

    private int length() {
        return _orderedProperties.length;
    }

    private MismatchedInputException refused(TokenStreamContext array, JsonParser json) {
        return MismatchedInputException.from(
                json,
                handledType(),
                "a tuple of " + length() + " elements, but the array has " + array.getEntryCount()
                        + (array.getEntryCount() > length() ? TOO_MUCH : ""));
    }
}
