package dev.turnstile.plugin;

import java.lang.reflect.Array;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.jdk.NumberDeserializers;
import tools.jackson.databind.deser.jdk.PrimitiveArrayDeserializers;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.module.SimpleModule;

/**
 * Refuses NaN and the infinities, which JSON has not: when a request is written, and where the double or float of a response would be one.
 * Jackson's own settings for them turn this off.
 */
final class FiniteNumbers {
    private FiniteNumbers() {}

    // ---- requests ----

    /** Has a generator refuse them, unless it writes them as strings. */
    static JsonGenerator written(TokenStreamFactory factory, JsonGenerator generator) {
        int features = generator.objectWriteContext().getFormatWriteFeatures(factory.getFormatWriteFeatures());
        return JsonWriteFeature.WRITE_NAN_AS_STRINGS.enabledIn(features) ? generator : new Generator(generator);
    }

    /** All numbers that anything writes come by here. */
    private static final class Generator extends JsonGeneratorDelegate {
        Generator(JsonGenerator generator) {
            super(generator, false);
        }

        @Override
        public JsonGenerator writeNumber(double number) {
            if (!Double.isFinite(number)) {
                throw refused(number);
            }
            return super.writeNumber(number);
        }

        @Override
        public JsonGenerator writeNumber(float number) {
            if (!Float.isFinite(number)) {
                throw refused(number);
            }
            return super.writeNumber(number);
        }

        @Override
        public JsonGenerator writeArray(double[] array, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (!Double.isFinite(array[i])) {
                    throw refused(array[i]);
                }
            }
            return super.writeArray(array, offset, length);
        }

        private StreamWriteException refused(Number number) {
            return new StreamWriteException(
                    this,
                    "JSON has no number " + number + "; null in its place is what serde writes, and"
                            + " `JsonWriteFeature.WRITE_NAN_AS_STRINGS` of a mapper of your own writes a string");
        }
    }

    // ---- responses ----

    static SimpleModule module() {
        return new SimpleModule(FiniteNumbers.class.getName())
                .addDeserializer(double.class, finite(new NumberDeserializers.DoubleDeserializer(double.class, 0.0)))
                .addDeserializer(Double.class, finite(new NumberDeserializers.DoubleDeserializer(Double.class, null)))
                .addDeserializer(float.class, finite(new NumberDeserializers.FloatDeserializer(float.class, 0.0f)))
                .addDeserializer(Float.class, finite(new NumberDeserializers.FloatDeserializer(Float.class, null)))
                .addDeserializer(double[].class, finite(PrimitiveArrayDeserializers.forType(double.class)))
                .addDeserializer(float[].class, finite(PrimitiveArrayDeserializers.forType(float.class)));
    }

    @SuppressWarnings("unchecked") // it reads what the other one reads
    private static <T> ValueDeserializer<T> finite(ValueDeserializer<?> reader) {
        return (ValueDeserializer<T>) (ValueDeserializer<?>) new Reader(reader);
    }

    private static final class Reader extends DelegatingDeserializer {
        Reader(ValueDeserializer<?> reader) {
            super(reader);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
            return new Reader(reader);
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) {
            Object read = super.deserialize(json, context);
            if (read instanceof Number number) {
                check(number, json, context);
            } else if (read != null) {
                checkAll(read, context);
            }
            return read;
        }

        private void check(Number number, JsonParser json, DeserializationContext context) {
            if (!Double.isFinite(number.doubleValue()) && !mayBeInfinite(context)) {
                throw refused(json.getString(), context);
            }
        }

        private void checkAll(Object array, DeserializationContext context) {
            for (int i = 0; i < Array.getLength(array); i++) {
                if (!Double.isFinite(Array.getDouble(array, i)) && !mayBeInfinite(context)) {
                    throw refused(String.valueOf(Array.get(array, i)), context).prependPath(array, i);
                }
            }
        }

        private static boolean mayBeInfinite(DeserializationContext context) {
            int features =
                    context.getFormatReadFeatures(context.tokenStreamFactory().getFormatReadFeatures());
            return JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.enabledIn(features);
        }

        private JacksonException refused(String number, DeserializationContext context) {
            return MismatchedInputException.from(
                    context.getParser(),
                    handledType(),
                    number + " is not a finite number of the type "
                            + handledType().getSimpleName()
                            + "; BigDecimal holds numbers of any size, and"
                            + " `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` of a mapper of your own allows infinities");
        }
    }
}
