package dev.turnstile.loaders;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Eventually;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;

/** Runs an {@link Application} in a class loader of its own, drops the loader, and waits until it is collected. Prints which have been. */
final class LoadersProgram {
    private LoadersProgram() {}

    public static void main(String[] arguments) throws Exception {
        LoaderKind kind = LoaderKind.valueOf(arguments[0]);
        try (Recording recording = new Recording()) {
            for (boolean isRecorded : new boolean[] {false, true}) {
                if (isRecorded) {
                    recording.enable("dev.turnstile.Call").withThreshold(Duration.ZERO);
                    recording.start();
                }
                run(kind);
                System.out.println("collected" + (isRecorded ? ", recorded" : ""));
            }
        }
    }

    private static void run(LoaderKind kind) throws Exception {
        // Another application's gate, of the parent's library.
        CountDownLatch held = new CountDownLatch(1);
        try (Turnstile<Object> others = Turnstile.open(Object::new, resource -> {}, TurnstileOptions.defaults())) {
            WeakReference<ClassLoader> loader = runAndDrop(kind);
            // If the library is the parent's, the application has started the timer, which is needed for longer than
            // that.
            others.request(resource -> held.await(1, TimeUnit.DAYS))
                    .within(Duration.ofDays(1))
                    .submit();
            Eventually.isTrue("the class loader is collected", () -> {
                System.gc();
                return loader.refersTo(null);
            });
            held.countDown();
        }
    }

    private static WeakReference<ClassLoader> runAndDrop(LoaderKind kind) throws Exception {
        WeakReference<ClassLoader> loader = runAndDrop(kind, Application.class);
        replaceWhatTheJdkKeeps();
        return loader;
    }

    /**
     * The JDK (seen on 21 and 25) keeps the record class whose {@code equals} was used for the first time last, with its loader: here it gets another
     * one to keep.
     */
    static void replaceWhatTheJdkKeeps() throws Exception {
        runAndDrop(LoaderKind.SHARED, OtherApplication.class);
    }

    private static WeakReference<ClassLoader> runAndDrop(LoaderKind kind, Class<?> which) throws Exception {
        try (URLClassLoader loader = kind.make()) {
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> application = loader.loadClass(which.getName());
            if (!loader.equals(application.getClassLoader())) {
                throw new AssertionError(application + " is of another loader");
            }
            Callable<?> made = (Callable<?>) application.getConstructor().newInstance();
            made.call();
            return new WeakReference<>(loader);
        } finally {
            Thread.currentThread().setContextClassLoader(LoadersProgram.class.getClassLoader());
        }
    }

    /** It only uses {@code equals} of a record. */
    public static final class OtherApplication implements Callable<Boolean> {
        record Kept(String value) {}

        @Override
        public Boolean call() {
            return new Kept("one").equals(new Kept("other"));
        }
    }
}
