package dev.turnstile.flink;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Dead letters with records of a type, as Flink knows it. */
final class DeadLetterType<I> extends TypeInformation<DeadLetter<I>> {
    private static final long serialVersionUID = 1L;

    private final TypeInformation<I> record;

    DeadLetterType(TypeInformation<I> record) {
        this.record = Objects.requireNonNull(record, "record");
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    @SuppressWarnings("unchecked") // a class literal has no type arguments
    public Class<DeadLetter<I>> getTypeClass() {
        return (Class<DeadLetter<I>>) (Class<?>) DeadLetter.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<DeadLetter<I>> createSerializer(SerializerConfig config) {
        return new DeadLetterSerializer<>(record.createSerializer(config));
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof DeadLetterType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetterType<?> that && record.equals(that.record);
    }

    @Override
    public int hashCode() {
        return 31 * record.hashCode();
    }

    @Override
    public String toString() {
        return "DeadLetter<" + record + ">";
    }
}
