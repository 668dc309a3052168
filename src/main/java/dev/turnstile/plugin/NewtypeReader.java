package dev.turnstile.plugin;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.bean.BeanPropertyMap;
import tools.jackson.databind.deser.impl.ObjectIdReader;
import tools.jackson.databind.deser.std.StdValueInstantiator;
import tools.jackson.databind.util.NameTransformer;

/**
 * Reads a class that has a creator of one double or BigDecimal. Jackson would give the creator what it itself reads as a double, without a look at
 * what that lost; here the number is read as a member of the creator's type is. All but numbers is read as Jackson reads it: such a creator may
 * be there for convenience alone, beside members.
 */
final class NewtypeReader extends BeanDeserializer {
    private @Nullable ValueDeserializer<?> numbers;

    NewtypeReader(BeanDeserializer reader) {
        this(reader, null);
    }

    private NewtypeReader(BeanDeserializerBase reader, @Nullable ValueDeserializer<?> numbers) {
        super((BeanDeserializer) reader);
        this.numbers = numbers;
    }

    /** Whether the reader is of such a class. Where there is a delegate as well, numbers are its own matter. */
    static boolean isFor(BeanDeserializer reader) {
        ValueInstantiator creators = reader.getValueInstantiator();
        return creators.getClass() == StdValueInstantiator.class
                && (creators.canCreateFromDouble() || creators.canCreateFromBigDecimal())
                && !creators.canCreateUsingDelegate();
    }

    @Override
    public void resolve(DeserializationContext context) {
        super.resolve(context);
        Class<?> type = _valueInstantiator.canCreateFromBigDecimal() ? BigDecimal.class : double.class;
        numbers = context.findContextualValueDeserializer(context.constructType(type), null);
    }

    @Override
    public Object deserializeFromNumber(JsonParser json, DeserializationContext context) {
        boolean isIdentity = _objectIdReader != null;
        return isIdentity || hasCreatorOf(json.getNumberType())
                ? super.deserializeFromNumber(json, context)
                : deserializeFromDouble(json, context);
    }

    /** Whether a creator of whole numbers takes those of the type. */
    private boolean hasCreatorOf(JsonParser.NumberType type) {
        return _valueInstantiator.canCreateFromBigInteger()
                || (_valueInstantiator.canCreateFromLong() && type != JsonParser.NumberType.BIG_INTEGER)
                || (_valueInstantiator.canCreateFromInt() && type == JsonParser.NumberType.INT);
    }

    @Override
    public Object deserializeFromDouble(JsonParser json, DeserializationContext context) {
        Object number = Objects.requireNonNull(numbers, "resolved").deserialize(json, context);
        return number instanceof BigDecimal exact
                ? _valueInstantiator.createFromBigDecimal(context, exact)
                : _valueInstantiator.createFromDouble(context, (Double) number);
    }

    // ---- Jackson's copies of a reader, which are to be such readers too ----

    @Override
    public BeanDeserializer withObjectIdReader(ObjectIdReader ids) {
        return new NewtypeReader(super.withObjectIdReader(ids), numbers);
    }

    @Override
    public BeanDeserializer withByNameInclusion(@Nullable Set<String> ignored, @Nullable Set<String> included) {
        return new NewtypeReader(super.withByNameInclusion(ignored, included), numbers);
    }

    @Override
    public BeanDeserializerBase withIgnoreAllUnknown(boolean ignored) {
        return new NewtypeReader(super.withIgnoreAllUnknown(ignored), numbers);
    }

    @Override
    public BeanDeserializerBase withBeanProperties(BeanPropertyMap properties) {
        return new NewtypeReader(super.withBeanProperties(properties), numbers);
    }

    /** An unwrapped object is never a number: its reader is Jackson's. A class may have members of its own kind, which come here again. */
    @Override
    @SuppressWarnings("ReferenceEquality") // Jackson compares them so
    public ValueDeserializer<Object> unwrappingDeserializer(
            DeserializationContext context, NameTransformer transformer) {
        if (_currentlyTransforming == transformer) {
            return this;
        }
        _currentlyTransforming = transformer;
        try {
            return super.withIgnoreAllUnknown(_ignoreAllUnknown).unwrappingDeserializer(context, transformer);
        } finally {
            _currentlyTransforming = null;
        }
    }
}
