package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.EnumNamingStrategy;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** What holds where a class has no annotation of Jackson's that says otherwise. */
final class SerdeAnnotations extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    private static final EnumNamingStrategy VARIANTS = (config, enumClass, constant) -> SnakeCase.of(constant);

    @Override
    public @Nullable Object findEnumNamingStrategy(MapperConfig<?> config, AnnotatedClass enumClass) {
        return VARIANTS;
    }
}
