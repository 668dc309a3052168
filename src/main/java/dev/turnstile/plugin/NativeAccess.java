package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;

/** Checks that this code may call native code, before anything starts that could fail halfway. */
final class NativeAccess {
    private NativeAccess() {}

    /**
     * Passes if native access is granted.
     *
     * @throws PluginLoadException with the flag to set, if it is denied
     */
    static void require() {
        try {
            // The smallest restricted method. Without this check a class of the bindings would fail to initialise, and
            // would never work again.
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
