package dev.turnstile.plugin;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** The default mapper: JSON as Rust's serde writes and reads it. */
final class SerdeMapper {
    private static final AtomicReference<@Nullable JsonMapper> SHARED = new AtomicReference<>();

    private SerdeMapper() {}

    /** The one that is shown to users, always the same. Not for their classes: see {@link JsonCodec#of}. */
    static JsonMapper shared() {
        JsonMapper shared = SHARED.get();
        if (shared == null) {
            SHARED.compareAndSet(null, create());
            shared = Objects.requireNonNull(SHARED.get());
        }
        return shared;
    }

    /** Whether it is that one; which is not made for this. */
    static boolean isShared(JsonMapper mapper) {
        return mapper.equals(SHARED.get());
    }

    static JsonMapper create() {
        return create(StreamReadConstraints.defaults());
    }

    static JsonMapper create(StreamReadConstraints limits) {
        try {
            return build(limits);
        } catch (LinkageError mixed) {
            throw JacksonVersions.explain(mixed);
        }
    }

    private static JsonMapper build(StreamReadConstraints limits) {
        JsonMapper.Builder mapper = JsonMapper.builder(JsonFactory.builder()
                .streamReadConstraints(limits)
                .addDecorator(FiniteNumbers::written)
                .build());
        named(mapper);
        mapper.disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).addModule(ExactReads.module());
        strict(mapper);
        return mapper.build();
    }

    /** Nothing is cut off or turned into another kind of value. Members that are missing are up to {@link SerdeAnnotations}. */
    private static void strict(JsonMapper.Builder mapper) {
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS) // but for records, which may be empty
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfigDefaults(all -> all.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .withCoercionConfig(LogicalType.Textual, text -> {
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                });
    }

    private static void named(JsonMapper.Builder mapper) {
        mapper.propertyNamingStrategy(new SnakeCase())
                .annotationIntrospector(AnnotationIntrospector.pair(
                        new VisibleTags(),
                        AnnotationIntrospector.pair(mapper.annotationIntrospector(), new SerdeAnnotations())))
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
    }
}
