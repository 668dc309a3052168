package dev.turnstile.faults.play;

import dev.turnstile.ResourceSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Where the resources of a play come from. */
final class Source implements ResourceSource<Resource, RuntimeException> {
    private final String version;
    private final List<Resource> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger failuresToOpen = new AtomicInteger();
    private final Predicate<Throwable> losing;
    private final AtomicInteger wornOut = new AtomicInteger();
    private volatile boolean failsWarmUp;
    private volatile Duration longestRest = Duration.ZERO;

    /** @param losing which failure of a call loses its resource */
    Source(String version, Predicate<Throwable> losing) {
        this.version = version;
        this.losing = losing;
    }

    List<Resource> opened() {
        return opened;
    }

    /** From now on, so many times. */
    void failToOpen(int times) {
        failuresToOpen.set(times);
    }

    void failToWarmUp() {
        failsWarmUp = true;
    }

    /** From now on, after so many calls. */
    void wearOut(int times) {
        wornOut.set(times);
    }

    void rest(Duration longest) {
        longestRest = longest;
    }

    @Override
    public boolean isWornOut(Resource resource) {
        return wornOut.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Override
    public Duration longestRest() {
        return longestRest;
    }

    @Override
    public Resource open() {
        if (failuresToOpen.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new Failure("cannot be opened");
        }
        Resource resource = new Resource(version);
        opened.add(resource);
        return resource;
    }

    @Override
    public void warmUp(Resource resource) {
        if (failsWarmUp) {
            throw new Failure("of no use");
        }
    }

    @Override
    public boolean isLost(Resource resource, Throwable failure) {
        return losing.test(failure);
    }

    @Override
    public void close(Resource resource) {
        resource.close();
    }
}
