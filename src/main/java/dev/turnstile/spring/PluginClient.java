package dev.turnstile.spring;

import dev.turnstile.Lane;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a bean of an interface whose methods are calls of a plugin. Spring Boot finds it if it is in a package of the application, as it finds components.
 *
 * {@snippet :
 * @PluginClient("demo")
 * interface Demo {
 *     @Tag("echo")
 *     Echo echo(Say say) throws InterruptedException;
 * }
 * }
 *
 * <p>{@link dev.turnstile.plugin.PluginCalls#as} says what the methods may be. If one cannot be a call, the application does not start. The property {@code
 * turnstile.plugins.NAME.call-timeout} limits each call.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface PluginClient {
    /**
     * Returns which plugin is called.
     *
     * @return the name of its bean, which is that of its properties
     */
    String value();

    /**
     * Returns where in the line the calls stand.
     *
     * @return the lane, by default that of ordinary calls
     */
    Lane lane() default Lane.NORMAL;
}
