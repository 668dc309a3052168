package dev.turnstile.soak;

import dev.turnstile.ResourceSource;
import dev.turnstile.plugin.NativePlugin;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Opens {@link WatchedPlugin}s for a gate. Each generation of them is one source; those that come to a gate at work may be of no use. */
final class WatchedSource implements ResourceSource<WatchedPlugin, RuntimeException> {
    /** How the message of a resource begins that is of no use on purpose. */
    static final String OF_NO_USE = "of no use, as planned";

    private static final int ONE_CANNOT_BE_OPENED_OF = 13;
    private static final int ONE_FAILS_ITS_WARM_UP_OF = 17;

    private final Supplier<NativePlugin> loader;
    private final Watch watch;
    private final int generation;
    private final AtomicInteger opened;

    WatchedSource(Supplier<NativePlugin> loader, Watch watch) {
        this(loader, watch, 0, new AtomicInteger(-2 * Setup.MOST_INSTANCES)); // the first ones are of use
    }

    private WatchedSource(Supplier<NativePlugin> loader, Watch watch, int generation, AtomicInteger opened) {
        this.loader = loader;
        this.watch = watch;
        this.generation = generation;
        this.opened = opened;
    }

    WatchedSource next() {
        return new WatchedSource(loader, watch, generation + 1, opened);
    }

    int generation() {
        return generation;
    }

    @Override
    public WatchedPlugin open() {
        int number = opened.incrementAndGet();
        if (number > 0 && number % ONE_CANNOT_BE_OPENED_OF == 0) {
            throw ofNoUse(number);
        }
        return new WatchedPlugin(loader.get(), watch, generation);
    }

    @Override
    public void warmUp(WatchedPlugin plugin) {
        plugin.warmUp();
        int number = opened.get();
        if (number > 0 && number % ONE_FAILS_ITS_WARM_UP_OF == 0) {
            throw ofNoUse(number);
        }
    }

    private RuntimeException ofNoUse(int number) {
        boolean isUnprintable = watch.setup().troubled() && number % 2 == 0;
        return isUnprintable ? new Unprintable(0) : new IllegalStateException(OF_NO_USE);
    }

    /** Says whether that is why something could not be opened. */
    static boolean isPlanned(Throwable refused) {
        return refused.getCause() instanceof Unprintable
                || String.valueOf(refused.getMessage()).contains(OF_NO_USE);
    }

    @Override
    public boolean isLost(WatchedPlugin plugin, Throwable failure) {
        if (watch.setup().troubled() && !plugin.isLost()) {
            Mischief.mayThrow();
        }
        return plugin.isLost();
    }

    @Override
    public void close(WatchedPlugin plugin) {
        plugin.close();
        if (watch.setup().troubled()) {
            Mischief.mayThrow();
        }
    }
}
