package dev.turnstile.plugin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** Has a tag that is a member of the class as well read into the member. Jackson writes it from there and reads it from nowhere. */
final class VisibleTags extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo tag = annotated.getAnnotation(JsonTypeInfo.class);
        return tag != null && tag.include() == JsonTypeInfo.As.EXISTING_PROPERTY
                ? JsonTypeInfo.Value.from(tag).withIdVisible(true)
                : null;
    }
}
