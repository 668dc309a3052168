package dev.turnstile;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says at which {@link Station} the calls with a key are run. Keys fall into shares by their hash, and no station has two shares more
 * than another. Used only under the monitor of the {@link Line}, where no user code may run: so the hash, which may be the user's, is
 * taken before, and keys are never compared.
 *
 * <p>A share changes hands only while its station is between two calls, together with its pending calls: so a key's calls are never run by
 * two stations at once or out of order. A new station is promised its part, and has each share when the one that gives it comes to that point.
 */
final class Homes<R> {
    /** What a call has that may run anywhere. */
    static final int ANYWHERE = -1;

    private static final int BITS = 10;

    static final int SHARES = 1 << BITS;

    private final Station<R>[] owners = stations();
    private final @Nullable Station<R>[] promised = stations();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <R> Station<R>[] stations() {
        return new Station[SHARES];
    }

    /** Returns the share of a key, {@link #ANYWHERE} for none. The key's own code runs here, on the caller's thread. */
    static int share(@Nullable Object key) {
        if (key == null) {
            return ANYWHERE;
        }
        int spread = key.hashCode() * 0x9e3779b9; // Fibonacci hashing: counted numbers, too, fall into many shares
        return spread >>> (Integer.SIZE - BITS);
    }

    Station<R> of(int share) {
        return owners[share];
    }

    /** Promises a new station its part of the shares of the others; the first one has them all at once. */
    void add(Station<R> added, List<Station<R>> others) {
        if (others.isEmpty()) {
            Arrays.fill(owners, added);
            added.shares = SHARES;
            return;
        }
        int part = SHARES / (others.size() + 1);
        take(added, part, part + 1);
        take(added, part, part);
    }

    /** Promises it shares of those who keep so many nevertheless, until it has its part. */
    private void take(Station<R> added, int part, int kept) {
        for (int share = 0; share < SHARES && added.shares < part; share++) {
            Station<R> other = willOwn(share);
            if (other.shares > kept) {
                promise(share, added);
                other.shares--;
                added.shares++;
            }
        }
    }

    private void promise(int share, @Nullable Station<R> next) {
        owners[share].promises += (next == null ? 0 : 1) - (promised[share] == null ? 0 : 1);
        promised[share] = next;
    }

    private Station<R> willOwn(int share) {
        Station<R> next = promised[share];
        return next == null ? owners[share] : next;
    }

    /** A station that is between two calls gives what it has promised; says whether there was something. */
    boolean give(Station<R> giver) {
        boolean gave = false;
        for (int share = 0; share < SHARES && giver.promises > 0; share++) {
            Station<R> next = promised[share];
            if (next != null && owners[share].equals(giver)) {
                promise(share, null);
                owners[share] = next;
                gave = true;
            }
        }
        return gave;
    }

    /** A station that is between two calls, and goes, gives all it has to the others, of which there is one at least. */
    void remove(Station<R> removed, List<Station<R>> others) {
        for (int share = 0; share < SHARES; share++) {
            Station<R> owner = owners[share];
            if (willOwn(share).equals(removed)) {
                Station<R> next = withFewest(others);
                promise(share, next);
                next.shares++;
            }
            if (owner.equals(removed)) {
                Station<R> next = willOwn(share);
                promise(share, null);
                owners[share] = next;
            }
        }
    }

    private Station<R> withFewest(List<Station<R>> stations) {
        Station<R> fewest = stations.getFirst();
        for (Station<R> station : stations) {
            if (station.shares < fewest.shares) {
                fewest = station;
            }
        }
        return fewest;
    }
}
