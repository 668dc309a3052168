package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.jdk.PrimitiveArrayDeserializers;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.jsontype.TypeDeserializer;

/** Refuses a number of a response that no {@code byte} holds: Jackson reads 128 to 255 as negative numbers. */
final class ByteReader extends DelegatingDeserializer {
    private static final String WAY_OUT = " is not a number of the type byte, which is -128 to 127;"
            + " short and int hold a u8, short[] and int[] a Vec<u8>";

    ByteReader(ValueDeserializer<?> reader) {
        super(reader);
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
        return new ByteReader(reader);
    }

    @Override
    public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
        check(json, context);
        return super.deserialize(json, context);
    }

    @Override
    public @Nullable Object deserializeWithType(
            JsonParser json, DeserializationContext context, TypeDeserializer type) {
        check(json, context);
        return super.deserializeWithType(json, context, type);
    }

    private static void check(JsonParser json, DeserializationContext context) {
        if (json.hasToken(JsonToken.VALUE_NUMBER_INT)
                && (json.getNumberType() != JsonParser.NumberType.INT || !isByte(json.getIntValue()))) {
            throw refused(json.getString(), byte.class, context);
        }
    }

    private static boolean isByte(int number) {
        return number == (byte) number;
    }

    private static JacksonException refused(String number, Class<?> type, DeserializationContext context) {
        return MismatchedInputException.from(context.getParser(), type, number + WAY_OUT);
    }

    /** Arrays of numbers are read as shorts first. */
    static final class OfArray extends DelegatingDeserializer {
        private final ValueDeserializer<?> shorts;

        OfArray(ValueDeserializer<?> reader) {
            this(reader, PrimitiveArrayDeserializers.forType(short.class));
        }

        private OfArray(ValueDeserializer<?> reader, ValueDeserializer<?> shorts) {
            super(reader);
            this.shorts = shorts;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> reader) {
            return new OfArray(reader, shorts);
        }

        @Override
        public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            return new OfArray(
                    context.handleSecondaryContextualization(getDelegatee(), property, getValueType(context)),
                    context.handleSecondaryContextualization(shorts, property, context.constructType(short[].class)));
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context) {
            check(json, context);
            return json.isExpectedStartArrayToken()
                    ? bytes((short[]) shorts.deserialize(json, context), context)
                    : super.deserialize(json, context);
        }

        private static byte[] bytes(short[] numbers, DeserializationContext context) {
            byte[] bytes = new byte[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                if (!isByte(numbers[i])) {
                    throw refused(String.valueOf(numbers[i]), byte[].class, context)
                            .prependPath(numbers, i);
                }
                bytes[i] = (byte) numbers[i];
            }
            return bytes;
        }
    }
}
