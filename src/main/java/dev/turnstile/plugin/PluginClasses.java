package dev.turnstile.plugin;

import dev.turnstile.abi.plugin_call_fn;
import dev.turnstile.abi.plugin_call_raw_fn;
import dev.turnstile.abi.plugin_create_fn;
import dev.turnstile.abi.plugin_create_with_config_fn;
import dev.turnstile.abi.plugin_free_buffer_fn;
import dev.turnstile.abi.plugin_get_rejected_count_fn;
import dev.turnstile.abi.plugin_get_state_fn;
import dev.turnstile.abi.plugin_init_fn;
import dev.turnstile.abi.plugin_set_log_level_fn;
import dev.turnstile.abi.plugin_shutdown_fn;
import dev.turnstile.abi.rb_response_free_fn;
import dev.turnstile.bundle.BundleException;

/**
 * Loads the classes that a caller of a plugin may need, before there are callers. A caller may be at the end of its stack, and a class
 * whose initializer overflows is unusable until the JVM ends. {@code LateClassesTest} names what is missing here.
 */
final class PluginClasses {
    private PluginClasses() {}

    /** For any plugin. Cheap once they are loaded. */
    static void load() {
        initialize(
                BundleException.Problem.class,
                CodecException.class,
                CodecProblem.class,
                Envelope.class,
                EachInstance.class,
                ErrorCode.class,
                Exchange.class,
                FiniteTree.class,
                GuardedPlugin.class,
                LateMapper.class,
                OneLine.class,
                PluginException.class,
                PluginFanOut.class,
                PluginLostException.class,
                PluginRequest.class,
                PluginState.class,
                Utf8.class);
        initialize(Succession.class.getDeclaredClasses());
        initialize(Exchange.class.getDeclaredClasses());
        initialize(LateMapper.class.getDeclaredClasses());
        initialize(PluginFanOut.class.getDeclaredClasses());
        initialize(PluginRequest.class.getDeclaredClasses());
        initialize(GuardedPlugin.class.getDeclaredClasses());
        link(ErrorCode.INTERNAL, ErrorCode.HANDLER);
        link(PluginState.ACTIVE, PluginState.FAILED);
    }

    /** For a plugin in native code. */
    static void loadBinding() {
        load();
        initialize(
                plugin_call_fn.class,
                plugin_call_raw_fn.class,
                plugin_free_buffer_fn.class,
                plugin_get_rejected_count_fn.class,
                plugin_get_state_fn.class,
                plugin_set_log_level_fn.class,
                plugin_shutdown_fn.class,
                rb_response_free_fn.class);
        // Loaded, and no more: a later load may have no descriptor for that, and to make what calls them takes a while.
        Class<?> unused = ThreadLocalKeys.Functions.class;
    }

    /** For a process that is to load a native plugin later, and fast. */
    static void loadStart() {
        initialize(plugin_create_fn.class, plugin_create_with_config_fn.class, plugin_init_fn.class);
    }

    /** A record's own methods are linked at their first use. */
    private static void link(Record one, Record other) {
        if (one.equals(other) || one.hashCode() == other.hashCode()) {
            throw new AssertionError(one + " and " + other + " are meant to differ");
        }
    }

    private static void initialize(Class<?>... classes) {
        for (Class<?> needed : classes) {
            try {
                Class.forName(needed.getName(), true, PluginClasses.class.getClassLoader());
            } catch (ClassNotFoundException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
