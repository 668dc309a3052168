package dev.turnstile.plugin;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.Objects;

/**
 * A function pointer that is valid as long as the JVM lives, and does not keep what it calls. The JVM holds on to all that such a pointer refers to: here
 * method handles of the JDK, and a weak reference. Once its target is gone, it does nothing. So the class loader of this library can go, although a
 * plugin may still call.
 */
final class WeakUpcall {
    private WeakUpcall() {}

    /**
     * Makes a function pointer.
     *
     * @param target returns nothing; the caller keeps it for as long as it is to be called
     */
    static MemorySegment allocate(MethodHandle target, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().upcallStub(weak(target), descriptor, Arena.global());
    }

    /** Calls the target if it still exists. What is thrown is dropped, since it would end the JVM. */
    private static MethodHandle weak(MethodHandle target) {
        MethodType type = target.type();
        MethodHandle nothing = MethodHandles.empty(type);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        try {
            MethodHandle get = lookup.findVirtual(WeakReference.class, "get", MethodType.methodType(Object.class))
                    .bindTo(new WeakReference<>(target));
            MethodHandle orNothing = MethodHandles.insertArguments(
                    lookup.findStatic(
                            Objects.class,
                            "requireNonNullElse",
                            MethodType.methodType(Object.class, Object.class, Object.class)),
                    1,
                    nothing);
            MethodHandle current =
                    MethodHandles.filterReturnValue(get, orNothing).asType(MethodType.methodType(MethodHandle.class));
            return MethodHandles.catchException(
                    MethodHandles.foldArguments(MethodHandles.exactInvoker(type), current),
                    Throwable.class,
                    MethodHandles.empty(MethodType.methodType(void.class, Throwable.class)));
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError(missing.getMessage(), missing);
        }
    }
}
