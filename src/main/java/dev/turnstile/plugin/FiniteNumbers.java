package dev.turnstile.plugin;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Refuses NaN and the infinities, which JSON has not, when a request is written. {@link FiniteReader} does so for responses. Jackson's own
 * settings for them turn this off.
 */
final class FiniteNumbers {
    private static final String WAY_OUT = "; null in its place is what serde writes, and"
            + " `JsonWriteFeature.WRITE_NAN_AS_STRINGS` of a mapper of your own writes a string";

    private FiniteNumbers() {}

    /** Has a generator refuse them, unless it writes them as strings. */
    static JsonGenerator written(TokenStreamFactory factory, JsonGenerator generator) {
        int features = generator.objectWriteContext().getFormatWriteFeatures(factory.getFormatWriteFeatures());
        return JsonWriteFeature.WRITE_NAN_AS_STRINGS.enabledIn(features) ? generator : new Generator(generator);
    }

    static boolean isFinite(Number number) {
        return Double.isFinite(number.doubleValue());
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
            return new StreamWriteException(this, "JSON has no number " + number + WAY_OUT);
        }
    }

    /** The names in a map whose keys are doubles or floats: those that are no numbers are refused too. */
    static final class Keys extends ValueSerializer<Object> {
        private final ValueSerializer<Object> writer;

        @SuppressWarnings("unchecked") // it writes what the other one writes
        Keys(ValueSerializer<?> writer) {
            this.writer = (ValueSerializer<Object>) writer;
        }

        @Override
        public void serialize(Object key, JsonGenerator json, SerializationContext context) {
            if (key instanceof Number number && !isFinite(number) && json instanceof Generator) {
                throw new StreamWriteException(json, "JSON has no number " + key + ", nor has serde such a name");
            }
            writer.serialize(key, json, context);
        }
    }
}
