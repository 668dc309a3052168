package dev.turnstile.flink;

import dev.turnstile.plugin.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Writes and reads dead letters, between tasks and in Flink's state: the record, the reason by its name, the message, the code. */
final class DeadLetterSerializer<I> extends TypeSerializer<DeadLetter<I>> {
    private static final long serialVersionUID = 1L;

    /** Of a letter without a code, which else is an unsigned number of 32 bits. */
    private static final long NO_CODE = -1;

    private final TypeSerializer<I> record;

    DeadLetterSerializer(TypeSerializer<I> record) {
        this.record = record;
    }

    @Override
    public boolean isImmutableType() {
        return record.isImmutableType();
    }

    @Override
    public TypeSerializer<DeadLetter<I>> duplicate() {
        return new DeadLetterSerializer<>(record.duplicate());
    }

    @Override
    public @Nullable DeadLetter<I> createInstance() {
        I made = record.createInstance();
        return made == null ? null : DeadLetter.of(made, DeadLetter.Reason.PLUGIN_ERROR, "", Optional.empty());
    }

    @Override
    public DeadLetter<I> copy(DeadLetter<I> from) {
        return DeadLetter.of(record.copy(from.record()), from.reason(), from.message(), from.errorCode());
    }

    @Override
    public DeadLetter<I> copy(DeadLetter<I> from, DeadLetter<I> reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1; // it varies
    }

    @Override
    public void serialize(DeadLetter<I> letter, DataOutputView target) throws IOException {
        record.serialize(letter.record(), target);
        target.writeUTF(letter.reason().name());
        byte[] message = letter.message().getBytes(StandardCharsets.UTF_8);
        target.writeInt(message.length);
        target.write(message);
        target.writeLong(letter.errorCode().map(ErrorCode::value).orElse(NO_CODE));
    }

    @Override
    public DeadLetter<I> deserialize(DataInputView source) throws IOException {
        I of = record.deserialize(source);
        DeadLetter.Reason reason = DeadLetter.Reason.valueOf(source.readUTF());
        byte[] message = new byte[source.readInt()];
        source.readFully(message);
        long code = source.readLong();
        return DeadLetter.of(
                of,
                reason,
                new String(message, StandardCharsets.UTF_8),
                code == NO_CODE ? Optional.empty() : Optional.of(new ErrorCode(code)));
    }

    @Override
    public DeadLetter<I> deserialize(DeadLetter<I> reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetterSerializer<?> that && record.equals(that.record);
    }

    @Override
    public int hashCode() {
        return 31 * record.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<DeadLetter<I>> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    /**
     * What a savepoint keeps of the serializer. Flink makes it by its name.
     *
     * @param <I> the records
     */
    public static final class Snapshot<I>
            extends CompositeTypeSerializerSnapshot<DeadLetter<I>, DeadLetterSerializer<I>> {
        /** For Flink. */
        public Snapshot() {}

        Snapshot(DeadLetterSerializer<I> serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return 1;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(DeadLetterSerializer<I> serializer) {
            return new TypeSerializer<?>[] {serializer.record};
        }

        @Override
        @SuppressWarnings("unchecked") // it is what getNestedSerializers gave
        protected DeadLetterSerializer<I> createOuterSerializerWithNestedSerializers(TypeSerializer<?>[] nested) {
            return new DeadLetterSerializer<>((TypeSerializer<I>) nested[0]);
        }
    }
}
