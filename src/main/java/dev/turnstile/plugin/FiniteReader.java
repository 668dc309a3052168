package dev.turnstile.plugin;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JacksonStdImpl;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.node.NumericNode;

/**
 * Refuses a number of a response that is beyond all doubles or floats, where it would become an infinity; and the texts that Jackson takes
 * for NaN and the infinities. It reads what may hold a double: one, an array of them, a tree, or a value of no declared type.
 */
@JacksonStdImpl // else Jackson reads values of no declared type by recursion, for the sake of this reader of a Number
final class FiniteReader extends DelegatingDeserializer {
    FiniteReader(ValueDeserializer<?> reader) {
        super(reader);
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
        return new FiniteReader(reader);
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        return checked(super.deserialize(json, context), json, context);
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context, Object into) {
        return checked(super.deserialize(json, context, into), json, context);
    }

    @Override
    public @Nullable Object deserializeWithType(
            JsonParser json, DeserializationContext context, TypeDeserializer type) {
        return checked(super.deserializeWithType(json, context, type), json, context);
    }

    private @Nullable Object checked(@Nullable Object read, JsonParser json, DeserializationContext context) {
        // No switch over types: it would be linked at its first use, when memory may be short.
        if (read instanceof double[] numbers) {
            check(numbers, context);
        } else if (read instanceof float[] numbers) {
            check(numbers, context);
        } else if (read != null && FiniteTree.isContainer(read)) {
            FiniteTree.check(read, this, context);
        } else if (!isFinite(read) && !mayBeInfinite(context)) {
            throw refused(json.currentToken().isScalarValue() ? json.getString() : read, context);
        }
        return read;
    }

    /** Whether a value that has no others inside is anything but NaN or an infinity. */
    static boolean isFinite(@Nullable Object value) {
        if (value instanceof Double number) {
            return Double.isFinite(number);
        }
        if (value instanceof Float number) {
            return Float.isFinite(number);
        }
        if (value instanceof NumericNode number) {
            return !number.isNaN(); // it says so of infinities too
        }
        return !(value instanceof OptionalDouble number) || Double.isFinite(number.orElse(0));
    }

    private void check(double[] numbers, DeserializationContext context) {
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i]) && !mayBeInfinite(context)) {
                throw refused(numbers[i], context).prependPath(numbers, i);
            }
        }
    }

    private void check(float[] numbers, DeserializationContext context) {
        for (int i = 0; i < numbers.length; i++) {
            if (!Float.isFinite(numbers[i]) && !mayBeInfinite(context)) {
                throw refused(numbers[i], context).prependPath(numbers, i);
            }
        }
    }

    static boolean mayBeInfinite(DeserializationContext context) {
        int features =
                context.getFormatReadFeatures(context.tokenStreamFactory().getFormatReadFeatures());
        return JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.enabledIn(features);
    }

    JacksonException refused(@Nullable Object number, DeserializationContext context) {
        return refused(number, handledType(), context);
    }

    private static JacksonException refused(@Nullable Object number, Class<?> type, DeserializationContext context) {
        return MismatchedInputException.from(
                context.getParser(),
                type,
                number + " is not a finite number of the type " + type.getSimpleName()
                        + "; BigDecimal holds numbers of any size, and"
                        + " `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` of a mapper of your own allows infinities");
    }

    /** The names in a map whose keys are doubles or floats. */
    static final class OfKey extends KeyDeserializer {
        private final KeyDeserializer reader;

        OfKey(KeyDeserializer reader) {
            this.reader = reader;
        }

        @Override
        public @Nullable Object deserializeKey(String key, DeserializationContext context) {
            Object read = reader.deserializeKey(key, context);
            if (!isFinite(read) && !mayBeInfinite(context)) {
                throw refused(key, read.getClass(), context);
            }
            return read;
        }
    }
}
