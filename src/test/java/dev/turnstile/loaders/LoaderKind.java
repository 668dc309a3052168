package dev.turnstile.loaders;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How an application and the library can be loaded. */
enum LoaderKind {
    /** All of the application, the library included, in a loader of its own, as in a web application. */
    CHILD {
        @Override
        boolean isOwn(String className) {
            return true;
        }
    },
    /** The parent has the library too, but the application's own comes first, but for the logging: so are the jobs of Flink loaded. */
    CHILD_FIRST {
        @Override
        boolean isOwn(String className) {
            return !className.startsWith("org.slf4j.") && !className.startsWith("dev.turnstile.testing.TestLogging");
        }
    },
    /** The parent's library, as of a container's shared ones, and an application's own classes. */
    SHARED {
        @Override
        boolean isOwn(String className) {
            return className.contains("Application");
        }
    };

    abstract boolean isOwn(String className);

    URLClassLoader make() {
        return new URLClassLoader(name(), classPath(), new Others());
    }

    /** Has what is not the application's own: of the platform, and of the parent. */
    private final class Others extends ClassLoader {
        Others() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (isOwn(name)) {
                throw new ClassNotFoundException(name);
            }
            return LoaderKind.class.getClassLoader().loadClass(name);
        }
    }

    private static URL[] classPath() {
        List<URL> urls = new ArrayList<>();
        for (String entry : List.of(System.getProperty("java.class.path").split(File.pathSeparator))) {
            try {
                urls.add(Path.of(entry).toUri().toURL());
            } catch (MalformedURLException unreadable) {
                throw new AssertionError(entry, unreadable);
            }
        }
        return urls.toArray(URL[]::new);
    }
}
