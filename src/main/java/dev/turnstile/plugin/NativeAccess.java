package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;

/** Asks the JVM whether this code may call native code, before anything that could only fail halfway is touched. */
final class NativeAccess {
    private NativeAccess() {}

    /**
     * Passes if native access is granted.
     *
     * @throws PluginLoadException with the flag to set, if it is denied
     */
    static void require() {
        try {
            // The smallest restricted method there is. Without it the first trouble would be a class of the bindings
            // that
            // fails to initialise, and never works again.
            MemorySegment unused = MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException denied) {
            Module module = NativeAccess.class.getModule();
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            throw new PluginLoadException(
                    "Native access is denied to " + (module.isNamed() ? "module " + name : "code on the class path")
                            + ". Start java with --enable-native-access=" + name,
                    denied);
        }
    }
}
