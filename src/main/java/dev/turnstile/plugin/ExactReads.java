package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.OptionalDouble;
import java.util.Set;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;
import tools.jackson.databind.deser.jdk.EnumDeserializer;
import tools.jackson.databind.deser.jdk.JDKKeyDeserializer;
import tools.jackson.databind.deser.std.FromStringDeserializer;
import tools.jackson.databind.ext.jdk8.OptionalDoubleDeserializer;
import tools.jackson.databind.module.SimpleDeserializers;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.databind.type.ArrayType;

/** Has Jackson's own readers refuse what they would change. Readers that a user brings stay as they are. */
final class ExactReads extends ValueDeserializerModifier {
    private static final long serialVersionUID = 1L;

    private static final Set<Class<?>> FINITE =
            Set.of(double.class, Double.class, float.class, Float.class, Number.class, Object.class);
    private static final Set<Class<?>> QUOTABLE = Set.of(
            boolean.class,
            Boolean.class,
            byte.class,
            Byte.class,
            short.class,
            Short.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            float.class,
            Float.class,
            double.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            Number.class);
    private static final Set<Class<?>> WHOLE =
            Set.of(Byte.class, Short.class, Integer.class, Long.class, BigInteger.class);
    private static final Set<Class<?>> TIMES = Set.of(
            Instant.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            LocalDate.class,
            LocalDateTime.class,
            Duration.class);

    private ExactReads() {}

    static SimpleModule module() {
        return new SimpleModule(ExactReads.class.getName())
                .setDeserializers(new Trees()) // Jackson shows a modifier neither these nor that of OptionalDouble
                .setDeserializerModifier(new ExactReads())
                .setSerializerModifier(new ExactWrites())
                .addSerializer(Path.class, ToStringSerializer.instance) // Jackson makes a URI of it
                .addSerializer(File.class, ToStringSerializer.instance) // and this absolute
                .addDeserializer(Path.class, FileNameReader.ofPath())
                .addDeserializer(File.class, FileNameReader.ofFile())
                .addDeserializer(OptionalDouble.class, finiteOptional());
    }

    @SuppressWarnings("unchecked") // it reads what the other one reads
    private static ValueDeserializer<OptionalDouble> finiteOptional() {
        return (ValueDeserializer<OptionalDouble>)
                (ValueDeserializer<?>) new FiniteReader(new OptionalDoubleDeserializer());
    }

    @Override
    public ValueDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription.Supplier described, ValueDeserializer<?> reader) {
        if (!isJacksons(reader)) {
            return reader;
        }
        Class<?> type = reader.handledType();
        ValueDeserializer<?> exact = reader;
        if (reader.getClass() == BeanDeserializer.class) {
            BeanDeserializer object = (BeanDeserializer) reader;
            boolean isArray = described.findExpectedFormat(type).getShape() == JsonFormat.Shape.ARRAY;
            return isArray
                    ? new TupleReader.OfClass(object)
                    : NewtypeReader.isFor(object) ? new NewtypeReader(object) : object;
        }
        if (FINITE.contains(type)) {
            exact = new FiniteReader(exact);
        } else if (type == byte.class || type == Byte.class) {
            exact = new ByteReader(exact);
        } else if (TIMES.contains(type) || Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type)) {
            exact = new TimeReader(exact);
        } else if (reader instanceof FromStringDeserializer) {
            exact = new TextReader(exact);
        }
        return QUOTABLE.contains(type) ? new QuotedReader(exact) : exact;
    }

    @Override
    public ValueDeserializer<?> modifyArrayDeserializer(
            DeserializationConfig config,
            ArrayType type,
            BeanDescription.Supplier described,
            ValueDeserializer<?> reader) {
        Class<?> raw = type.getRawClass();
        if (!isJacksons(reader)) {
            return reader;
        }
        return raw == byte[].class
                ? new ByteReader.OfArray(reader)
                : raw == double[].class || raw == float[].class ? new FiniteReader(reader) : reader;
    }

    @Override
    public ValueDeserializer<?> modifyEnumDeserializer(
            DeserializationConfig config,
            JavaType type,
            BeanDescription.Supplier described,
            ValueDeserializer<?> reader) {
        if (reader instanceof EnumDeserializer) {
            EnumNames.requireDistinct(config, type);
        }
        return reader;
    }

    @Override
    public KeyDeserializer modifyKeyDeserializer(DeserializationConfig config, JavaType type, KeyDeserializer reader) {
        if (!isJacksons(reader)) {
            return reader;
        }
        if (type.isEnumImplType() && reader instanceof JDKKeyDeserializer && !EnumNames.haveCreator(config, type)) {
            EnumNames.requireDistinct(config, type);
        }
        return WHOLE.contains(type.getRawClass())
                ? new WholeKey(reader)
                : type.hasRawClass(Double.class) || type.hasRawClass(Float.class)
                        ? new FiniteReader.OfKey(reader)
                        : reader;
    }

    /** Refuses another spelling of a number, such as 01: two members would become one; and 200 for a byte, which Jackson reads as -56. */
    private static final class WholeKey extends KeyDeserializer {
        private final KeyDeserializer reader;

        WholeKey(KeyDeserializer reader) {
            this.reader = reader;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            Object number = reader.deserializeKey(key, context);
            return key.equals(String.valueOf(number))
                    ? number
                    : context.handleWeirdKey(
                            number.getClass(),
                            key,
                            "%s is another number, or its name is; String and short hold it",
                            number);
        }
    }

    /** Whether a reader or writer is none that a user brings. */
    static boolean isJacksons(Object reader) {
        return reader.getClass().getName().startsWith("tools.jackson.");
    }

    /** The readers of trees, of any kind of node. */
    private static final class Trees extends SimpleDeserializers {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueDeserializer<?> findTreeNodeDeserializer(
                JavaType node, DeserializationConfig config, BeanDescription.Supplier described) {
            return new FiniteReader(JsonNodeDeserializer.getDeserializer(node.getRawClass()));
        }
    }
}
