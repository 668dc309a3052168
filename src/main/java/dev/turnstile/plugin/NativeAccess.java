package dev.turnstile.plugin;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Checks that this JVM can call native code as it is bound here, and that this code may, before anything starts that could fail halfway. */
final class NativeAccess {
    private NativeAccess() {}

    /**
     * Passes if the JVM has 64 bits, and native access is granted.
     *
     * @throws PluginLoadException with what is needed, if one of the two is not so
     */
    static void require() {
        require64Bits(ValueLayout.ADDRESS.byteSize());
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

    /** The bindings have the structures of 64-bit systems: on others a class of them fails to initialise, at the first call. */
    static void require64Bits(long addressBytes) {
        if (addressBytes != Long.BYTES) {
            throw new PluginLoadException("This JVM has addresses of " + Byte.SIZE * addressBytes + " bits ("
                    + System.getProperty("os.arch", "unknown architecture")
                    + "), and plugins need 64: start the program with a 64-bit JVM");
        }
    }
}
