package dev.turnstile.plugin;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.util.EnumDefinition;
import tools.jackson.databind.util.EnumValuesToWrite;

/** The names of an enum's constants in JSON. */
final class EnumNames {
    private EnumNames() {}

    /**
     * Refuses an enum with two constants of one name. What has {@code @JsonValue} has its values, not names.
     *
     * @throws IllegalArgumentException naming both, and what tells them apart
     */
    static void requireDistinct(MapperConfig<?> config, JavaType type) {
        AnnotatedClass described = AnnotatedClassResolver.resolve(config, type, config);
        if (hasValues(config, described)) {
            return;
        }
        EnumValuesToWrite names = EnumDefinition.construct(config, described).valuesToWrite(config);
        Map<String, Enum<?>> known = new HashMap<>();
        for (Enum<?> constant : names.enums()) {
            String name = names.enumValueFromName(config, constant).getValue();
            Enum<?> other = known.put(name, constant);
            if (other != null) {
                throw new IllegalArgumentException(
                        "Two constants of the enum " + type.getRawClass().getName() + " have the name \"" + name
                                + "\" in JSON: " + other.name() + " and " + constant.name()
                                + "; @JsonProperty on one of them gives it another, @EnumNaming on the enum renames"
                                + " all");
            }
        }
    }

    /** Whether a method or field of the enum says what its constants are in JSON. */
    static boolean hasValues(MapperConfig<?> config, AnnotatedClass enumClass) {
        Stream.Builder<AnnotatedMember> members = Stream.builder();
        enumClass.memberMethods().forEach(members);
        enumClass.fields().forEach(members);
        return members.build()
                .anyMatch(member ->
                        Boolean.TRUE.equals(config.getAnnotationIntrospector().hasAsValue(config, member)));
    }
}
