package dev.turnstile.plugin;

import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.jdk.EnumSerializer;
import tools.jackson.databind.ser.jdk.JDKKeySerializers;

/** Has Jackson's own writers refuse what the other side would take for something else. Writers that a user brings stay as they are. */
final class ExactWrites extends ValueSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public ValueSerializer<?> modifyEnumSerializer(
            SerializationConfig config, JavaType type, BeanDescription.Supplier described, ValueSerializer<?> writer) {
        if (writer instanceof EnumSerializer) {
            EnumNames.requireDistinct(config, type);
        }
        return writer;
    }

    @Override
    public ValueSerializer<?> modifyKeySerializer(
            SerializationConfig config, JavaType type, BeanDescription.Supplier described, ValueSerializer<?> writer) {
        if (writer instanceof JDKKeySerializers.EnumKeySerializer) {
            EnumNames.requireDistinct(config, type);
        }
        boolean isReal = type.hasRawClass(Double.class) || type.hasRawClass(Float.class);
        return isReal && ExactReads.isJacksons(writer) ? new FiniteNumbers.Keys(writer) : writer;
    }
}
