package dev.turnstile.plugin;

import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** The default mapper: JSON as Rust's serde writes and reads it. */
final class SerdeMapper {
    private SerdeMapper() {}

    static JsonMapper create() {
        JsonMapper.Builder mapper = JsonMapper.builder(
                JsonFactory.builder().addDecorator(FiniteNumbers::written).build());
        named(mapper);
        mapper.disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).addModule(FiniteNumbers.module());
        return mapper.build();
    }

    private static void named(JsonMapper.Builder mapper) {
        mapper.propertyNamingStrategy(new SnakeCase())
                .annotationIntrospector(
                        AnnotationIntrospector.pair(mapper.annotationIntrospector(), new SerdeAnnotations()))
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
    }
}
