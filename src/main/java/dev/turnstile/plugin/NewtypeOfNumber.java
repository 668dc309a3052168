package dev.turnstile.plugin;

import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.deser.std.StdValueInstantiator;
import tools.jackson.databind.introspect.AnnotatedWithParams;

/**
 * Makes objects of a class that has a creator of one double or BigDecimal. Jackson would give the creator what it itself reads as a double,
 * without a look at what that lost; here the number is read as a member of the creator's type is.
 */
final class NewtypeOfNumber extends StdValueInstantiator {
    private static final long serialVersionUID = 1L;

    NewtypeOfNumber(StdValueInstantiator creators) {
        super(creators);
    }

    private AnnotatedWithParams creator() {
        return _fromBigDecimalCreator != null ? _fromBigDecimalCreator : _fromDoubleCreator;
    }

    @Override
    public boolean canCreateFromDouble() {
        return false;
    }

    @Override
    public boolean canCreateFromBigDecimal() {
        return false;
    }

    @Override
    public boolean canCreateUsingDelegate() {
        return true;
    }

    @Override
    public JavaType getDelegateType(DeserializationConfig config) {
        return creator().getParameterType(0);
    }

    @Override
    public AnnotatedWithParams getDelegateCreator() {
        return creator();
    }

    @Override
    public Object createUsingDelegate(DeserializationContext context, Object number) {
        return number instanceof Double real
                ? createFromDouble(context, real)
                : createFromBigDecimal(context, (java.math.BigDecimal) number);
    }
}
