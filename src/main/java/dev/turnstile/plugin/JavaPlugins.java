package dev.turnstile.plugin;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.function.Consumer;

/** Makes plugins that are written in Java from their classes. */
final class JavaPlugins {
    private JavaPlugins() {}

    /** Makes the plugin of a class of this name, of the loader that has the application's classes. */
    static ConfinedPlugin make(String name, Consumer<PluginLogLine> log) {
        try {
            return make(Class.forName(name).asSubclass(ConfinedPlugin.class), log);
        } catch (ClassNotFoundException missing) {
            throw new PluginLoadException(
                    "The plugin's process does not have the class " + name
                            + ": put it on the application's class path, or name what it needs with"
                            + " Isolation.withClassPath",
                    missing);
        }
    }

    /**
     * Makes a plugin by the public constructor that takes a consumer of log lines, or by the one without parameters.
     *
     * @throws PluginLoadException if there is neither, or it throws
     */
    static ConfinedPlugin make(Class<? extends ConfinedPlugin> type, Consumer<PluginLogLine> log) {
        Constructor<?> constructor = constructor(type);
        try {
            return (ConfinedPlugin)
                    (constructor.getParameterCount() == 0 ? constructor.newInstance() : constructor.newInstance(log));
        } catch (InvocationTargetException thrown) {
            throw new PluginLoadException(
                    "The plugin " + type.getName() + " could not be made: " + thrown.getCause(), thrown.getCause());
        } catch (ReflectiveOperationException notMade) {
            throw new PluginLoadException("The plugin " + type.getName() + " cannot be made: " + notMade, notMade);
        }
    }

    /** Returns the constructor that makes it. */
    static Constructor<?> constructor(Class<? extends ConfinedPlugin> type) {
        if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
            throw new IllegalArgumentException(
                    "plugin is " + type.getName() + ", but must be a public class that is not abstract");
        }
        return Arrays.stream(type.getConstructors())
                .filter(each -> Arrays.equals(each.getParameterTypes(), new Class<?>[] {Consumer.class})
                        || each.getParameterCount() == 0)
                .max((one, other) -> Integer.compare(one.getParameterCount(), other.getParameterCount()))
                .orElseThrow(() -> new IllegalArgumentException("plugin is " + type.getName()
                        + ", but must have a public constructor without parameters, or with a"
                        + " Consumer<PluginLogLine>"));
    }
}
