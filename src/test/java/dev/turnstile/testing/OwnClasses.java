package dev.turnstile.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** A class loader that has classes of its own, of names that others have as well, as that of an application or a job has. */
public final class OwnClasses extends ClassLoader {
    private final List<String> own;

    public OwnClasses(Class<?>... own) {
        super(OwnClasses.class.getClassLoader());
        this.own = Arrays.stream(own).map(Class::getName).toList();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!own.contains(name)) {
            return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream content = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] bytes = content.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }
}
