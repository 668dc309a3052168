package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonView;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.EnumNamingStrategy;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** What holds where a class has no annotation of Jackson's that says otherwise. */
final class SerdeAnnotations extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final EnumNamingStrategy VARIANTS = (config, enumClass, constant) -> SnakeCase.of(constant);

    @Override
    public @Nullable Object findEnumNamingStrategy(MapperConfig<?> config, AnnotatedClass enumClass) {
        return EnumNames.hasValues(config, enumClass) ? null : VARIANTS; // a strategy would come before them
    }

    /**
     * A parameter of a creator needs its member: but for Optional and its kin, what any annotation calls Nullable, and what Jackson is told to leave
     * out.
     */
    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        if (!(member instanceof AnnotatedParameter parameter)) {
            return null;
        }
        Class<?> type = parameter.getDeclaringClass();
        return !OPTIONALS.contains(parameter.getRawType()) && !isNullable(parameter) && !isLeftOut(parameter, type);
    }

    private static boolean isLeftOut(AnnotatedParameter parameter, Class<?> type) {
        JsonProperty property = parameter.getAnnotation(JsonProperty.class);
        return parameter.hasAnnotation(JsonView.class)
                || parameter.hasAnnotation(JsonSetter.class)
                || (property != null && property.access() == JsonProperty.Access.READ_ONLY)
                || isLeftOutOf(type, property != null ? property.value() : "", declared(parameter));
    }

    private static boolean isLeftOutOf(Class<?> type, String given, @Nullable Parameter declared) {
        JsonIgnoreProperties ignored = type.getAnnotation(JsonIgnoreProperties.class);
        JsonIncludeProperties included = type.getAnnotation(JsonIncludeProperties.class);
        return (ignored != null && isAmong(ignored.value(), given, declared))
                || (included != null && !isAmong(included.value(), given, declared));
    }

    /** Whatever the naming strategy: names that differ in case and underscores only are one. */
    private static boolean isAmong(String[] names, String given, @Nullable Parameter declared) {
        return Arrays.stream(names)
                .map(SerdeAnnotations::bare)
                .anyMatch(name ->
                        name.equals(bare(given)) || (declared != null && name.equals(bare(declared.getName()))));
    }

    private static String bare(String name) {
        return name.replaceAll("[_.-]", "").toLowerCase(Locale.ROOT);
    }

    private static @Nullable Parameter declared(AnnotatedParameter parameter) {
        AnnotatedElement creator = parameter.getOwner().getAnnotated();
        return creator instanceof Executable executable && parameter.getIndex() < executable.getParameterCount()
                ? executable.getParameters()[parameter.getIndex()]
                : null;
    }

    /** Mix-ins have their say, but for annotations of a type's use, which Jackson does not pass on. */
    private static boolean isNullable(AnnotatedParameter parameter) {
        Parameter declared = declared(parameter);
        return saysNullable(parameter)
                || (declared != null
                        && (saysNullable(declared.getAnnotations())
                                || saysNullable(declared.getAnnotatedType().getAnnotations())
                                || isNullableComponent(parameter.getDeclaringClass(), declared.getName())));
    }

    /** A canonical constructor that is written out does not repeat the annotations of the components. */
    private static boolean isNullableComponent(Class<?> type, String name) {
        return type.isRecord()
                && Arrays.stream(type.getRecordComponents())
                        .filter(component -> component.getName().equals(name))
                        .anyMatch(component -> saysNullable(component.getAnnotations())
                                || saysNullable(component.getAnnotatedType().getAnnotations()));
    }

    /** What Jackson knows of it. In Jackson 3.0 an element may be without even an empty map of annotations, and only that method tells. */
    @SuppressWarnings("deprecation")
    private static boolean saysNullable(AnnotatedParameter parameter) {
        var all = parameter._annotationMap();
        return all != null && all.values().anyMatch(SerdeAnnotations::saysNullable);
    }

    /** There are many annotations of that name. */
    private static boolean saysNullable(Annotation[] annotations) {
        return Arrays.stream(annotations).anyMatch(SerdeAnnotations::saysNullable);
    }

    private static boolean saysNullable(Annotation annotation) {
        return annotation.annotationType().getSimpleName().equals("Nullable");
    }
}
