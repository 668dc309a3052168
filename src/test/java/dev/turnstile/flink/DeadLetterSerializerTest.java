package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.turnstile.plugin.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dead letters between tasks and in savepoints. */
@Tag("any-java")
class DeadLetterSerializerTest {
    private final TypeSerializer<DeadLetter<String>> serializer =
            new DeadLetterType<>(Types.STRING).createSerializer(new SerializerConfigImpl());

    private static byte[] written(TypeSerializer<DeadLetter<String>> serializer, DeadLetter<String> letter)
            throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(16);
        serializer.serialize(letter, out);
        return out.getCopyOfBuffer();
    }

    @ParameterizedTest
    @EnumSource
    void letter_isReadAsItWasWritten(DeadLetter.Reason reason) throws Exception {
        for (Optional<ErrorCode> code : List.of(Optional.<ErrorCode>empty(), Optional.of(new ErrorCode(0xFFFFFFFFL)))) {
            DeadLetter<String> letter = DeadLetter.of("a record", reason, "é".repeat(40_000), code);
            byte[] bytes = written(serializer, letter);
            assertEquals(letter, serializer.deserialize(new DataInputDeserializer(bytes)));
            DataOutputSerializer copied = new DataOutputSerializer(16);
            serializer.copy(new DataInputDeserializer(bytes), copied);
            assertEquals(letter, serializer.deserialize(new DataInputDeserializer(copied.getCopyOfBuffer())));
            assertEquals(letter, serializer.copy(letter));
            assertNotSame(letter, serializer.copy(letter));
        }
    }

    @Test
    void serializer_isRestoredFromItsSnapshot() throws Exception {
        DeadLetter<String> letter = DeadLetter.of("a", DeadLetter.Reason.LIMIT, "late", Optional.empty());
        DataOutputSerializer out = new DataOutputSerializer(16);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<DeadLetter<String>> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), DeadLetterSerializerTest.class.getClassLoader());
        TypeSerializer<DeadLetter<String>> restored = snapshot.restoreSerializer();
        assertEquals(serializer, restored);
        assertEquals(letter, restored.deserialize(new DataInputDeserializer(written(serializer.duplicate(), letter))));
    }
}
