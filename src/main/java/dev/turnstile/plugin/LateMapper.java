package dev.turnstile.plugin;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A default mapper that is made when it is first needed: to load what binds data takes longer than all the rest of a start, and text calls need
 * nothing of it.
 *
 * <p>Who needs it first may be at the end of its stack, and a class whose initializer overflows is unusable until the JVM ends. So the mapper is made on a
 * thread of its own: a platform thread, since virtual ones may have no carrier.
 */
final class LateMapper {
    /** Enough for the lock and the thread: the smallest frames are of 16 bytes. */
    private static final int LEVELS = 1_024;

    private final ReentrantLock making = new ReentrantLock();
    private volatile @Nullable JsonMapper mapper;

    JsonMapper get() {
        JsonMapper made = mapper;
        return made == null ? make() : made;
    }

    private JsonMapper make() {
        descend(LEVELS); // an overflow between lock and unlock would leave it locked
        making.lock();
        try {
            JsonMapper made = mapper;
            if (made == null) {
                made = madeElsewhere();
                mapper = made;
            }
            return made;
        } finally {
            making.unlock();
        }
    }

    private static int descend(int levels) {
        return levels == 0 ? 0 : descend(levels - 1) + 1;
    }

    private static JsonMapper madeElsewhere() {
        Making making = new Making(new CompletableFuture<>());
        var unused = Thread.ofPlatform()
                .name("turnstile-json")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .start(making);
        try {
            return making.made.join();
        } catch (CompletionException failed) {
            throw PluginSource.<RuntimeException>asThrown(Objects.requireNonNullElse(failed.getCause(), failed));
        }
    }

    /** Not a lambda, which would be linked by who needs the mapper. */
    private record Making(CompletableFuture<JsonMapper> made) implements Runnable {
        @Override
        public void run() {
            try {
                made.complete(SerdeMapper.create());
            } catch (Throwable failure) {
                made.completeExceptionally(failure);
            }
        }
    }
}
