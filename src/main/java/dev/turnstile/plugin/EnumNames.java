package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.EnumNamingStrategy;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.util.ClassUtil;

/** The names of an enum's constants in JSON. */
final class EnumNames {
    private EnumNames() {}

    /**
     * Refuses an enum with two constants of one name. What has {@code @JsonValue} has its values, not names.
     *
     * @throws IllegalArgumentException naming both, and what tells them apart
     */
    static void requireDistinct(MapperConfig<?> config, JavaType type) {
        AnnotatedClass described = described(config, type);
        Class<?> enumClass = described.getRawType();
        if (hasValues(config, described)) {
            return;
        }
        Enum<?>[] constants = (Enum<?>[]) enumClass.getEnumConstants();
        String[] names = config.getAnnotationIntrospector()
                .findEnumValues(config, described, constants, new String[constants.length]);
        EnumNamingStrategy strategy = strategy(config, described);
        Map<String, Enum<?>> known = new HashMap<>();
        for (int i = 0; i < constants.length; i++) {
            String name = names[i] != null
                    ? names[i]
                    : strategy.convertEnumToExternalName(config, described, constants[i].name());
            Enum<?> other = known.put(name, constants[i]);
            if (other != null) {
                throw new IllegalArgumentException("Two constants of the enum "
                        + enumClass.getName() + " have the name \"" + name + "\" in JSON: " + other.name()
                        + " and " + constants[i].name()
                        + "; @JsonProperty on one of them gives it another, @EnumNaming on the enum renames all");
            }
        }
    }

    private static AnnotatedClass described(MapperConfig<?> config, JavaType type) {
        Class<?> raw = type.getRawClass();
        Class<?> enumClass = raw.isEnum() ? raw : raw.getSuperclass(); // a constant with a body has a class of its own
        return AnnotatedClassResolver.resolve(config, config.constructType(enumClass), config);
    }

    /** Whether a creator makes the constants of the text of a key, whatever their names. */
    static boolean haveCreator(MapperConfig<?> config, JavaType type) {
        return described(config, type).getFactoryMethods().stream()
                .anyMatch(factory -> isCreator(config, factory)
                        && factory.getParameterCount() == 1
                        && factory.getRawParameterType(0) == String.class);
    }

    private static boolean isCreator(MapperConfig<?> config, AnnotatedMethod factory) {
        JsonCreator.Mode mode = config.getAnnotationIntrospector().findCreatorAnnotation(config, factory);
        return mode != null && mode != JsonCreator.Mode.DISABLED;
    }

    /** Jackson's introspectors give one, or its class. */
    private static EnumNamingStrategy strategy(MapperConfig<?> config, AnnotatedClass described) {
        Object found = config.getAnnotationIntrospector().findEnumNamingStrategy(config, described);
        return found instanceof EnumNamingStrategy strategy
                ? strategy
                : found instanceof Class<?> type
                        ? (EnumNamingStrategy) ClassUtil.createInstance(type, true)
                        : (mapper, enumClass, constant) -> constant;
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
