package dev.turnstile;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says at which {@link Slot} the calls with a key run. Keys fall into shares by their hash; all slots have about the same number of shares.
 * Guarded by the {@link Monitor}, under which no user code may run: the hash, which may be user code, is taken before, and keys are never compared.
 *
 * <p>A share changes its slot only while that slot runs no call, and its pending calls move along. So two slots never run a key's calls at once or out
 * of order. A new slot is promised its part; it gets each share when the owner has no call running. The shares of a retiring slot are promised to the
 * others, preferably to slots that take calls at the moment.
 */
final class KeyShares<R> {
    /** The share of a call without a key. */
    static final int ANYWHERE = -1;

    private static final int BITS = 10;

    static final int SHARES = 1 << BITS;

    private final Slot<R>[] owners = slots();
    private final @Nullable Slot<R>[] promised = slots();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <R> Slot<R>[] slots() {
        return new Slot[SHARES];
    }

    /** Returns the share of a key, {@link #ANYWHERE} for none. The key's own code runs here, on the caller's thread. */
    static int share(@Nullable Object key) {
        if (key == null) {
            return ANYWHERE;
        }
        int spread = key.hashCode() * 0x9e3779b9; // Fibonacci hashing: consecutive numbers, too, fall into many shares
        return spread >>> (Integer.SIZE - BITS);
    }

    Slot<R> of(int share) {
        return owners[share];
    }

    /** Promises a new slot its part of the shares beside {@code staying} others; the very first slot gets all at once. */
    void add(Slot<R> added, int staying) {
        if (owners[0] == null) {
            Arrays.fill(owners, added);
            added.shares = SHARES;
            return;
        }
        int part = SHARES / (staying + 1);
        take(added, part, part + 1);
        take(added, part, part);
    }

    /** Takes promises only from slots that keep at least {@code kept} shares, or that retire, until the new slot has {@code part}. */
    private void take(Slot<R> added, int part, int kept) {
        for (int share = 0; share < SHARES && added.shares < part; share++) {
            Slot<R> other = willOwn(share);
            if (other != added && (other.shares > kept || other.isRetiring())) {
                promise(share, added);
                other.shares--;
                added.shares++;
            }
        }
    }

    private void promise(int share, @Nullable Slot<R> next) {
        owners[share].promises += (next == null ? 0 : 1) - (promised[share] == null ? 0 : 1);
        promised[share] = next;
    }

    private Slot<R> willOwn(int share) {
        Slot<R> next = promised[share];
        return next == null ? owners[share] : next;
    }

    /** A slot that runs no call hands over the shares that it has promised; says whether there were any. */
    boolean give(Slot<R> giver) {
        boolean gave = false;
        for (int share = 0; share < SHARES && giver.promises > 0; share++) {
            Slot<R> next = promised[share];
            if (next != null && owners[share] == giver) {
                promise(share, null);
                owners[share] = next;
                gave = true;
            }
        }
        return gave;
    }

    /** A slot retires: all shares that it owns, or is promised, are promised to others, of which there is at least one. */
    void promiseAllOf(Slot<R> leaving, List<Slot<R>> slots) {
        for (int share = 0; share < SHARES && leaving.shares > 0; share++) {
            if (willOwn(share) == leaving) {
                Slot<R> next = bestOf(slots, leaving);
                promise(share, next == owners[share] ? null : next);
                leaving.shares--;
                next.shares++;
            }
        }
    }

    /** Returns the slot with the fewest shares among those of the best rank. */
    private static <R> Slot<R> bestOf(List<Slot<R>> slots, Slot<R> leaving) {
        Slot<R> best = leaving;
        for (int i = 0; i < slots.size(); i++) {
            Slot<R> slot = slots.get(i);
            if (slot != leaving && (best == leaving || isBetter(slot, best))) {
                best = slot;
            }
        }
        return best;
    }

    private static boolean isBetter(Slot<?> one, Slot<?> other) {
        int rank = rank(one) - rank(other);
        return rank > 0 || (rank == 0 && one.shares < other.shares);
    }

    private static int rank(Slot<?> slot) {
        if (slot.isRetiring()) {
            return 0;
        }
        return slot.occupation == Slot.Occupation.AWAY ? 1 : 2;
    }
}
