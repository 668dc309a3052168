package dev.turnstile.plugin;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.Arrays;
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
        return VARIANTS;
    }

    /** A parameter of a creator needs its member: but for Optional and its kin, and what any annotation calls Nullable. */
    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        if (member instanceof AnnotatedParameter parameter) {
            return !OPTIONALS.contains(parameter.getRawType()) && !isNullable(parameter);
        }
        return null;
    }

    private static boolean isNullable(AnnotatedParameter parameter) {
        AnnotatedElement creator = parameter.getOwner().getAnnotated();
        if (!(creator instanceof Executable executable) || parameter.getIndex() >= executable.getParameterCount()) {
            return false;
        }
        Parameter declared = executable.getParameters()[parameter.getIndex()];
        return saysNullable(declared.getAnnotations())
                || saysNullable(declared.getAnnotatedType().getAnnotations());
    }

    /** There are many annotations of that name. */
    private static boolean saysNullable(Annotation[] annotations) {
        return Arrays.stream(annotations)
                .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
    }
}
