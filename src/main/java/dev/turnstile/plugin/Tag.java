package dev.turnstile.plugin;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the call that a method makes, in an interface for {@link PluginCalls#as}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Tag {
    /**
     * Returns what is called.
     *
     * @return the type tag
     */
    String value();
}
