package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The stations of a {@link Line}: who works where, who comes and who goes, and where a call is to be run. Guarded by the line's monitor, which
 * the methods for the {@link Crew} and its workers take, and the others expect to be held.
 */
final class Roster<R> {
    private final Line<R> line;
    private final Lanes<R> shared;
    private final TurnstileOptions options;
    private final List<Station<R>> stations = new ArrayList<>();
    private final Homes<R> homes = new Homes<>();
    private int made;

    /** Workers that sleep, or are about to. */
    private int idle;

    Roster(Line<R> line, Lanes<R> shared, TurnstileOptions options) {
        this.line = line;
        this.shared = shared;
        this.options = options;
    }

    boolean isPool() {
        return options.isPool();
    }

    // ---- coming and going, without the monitor ----

    /** Makes a place for each of some workers, whose resources are open; when all are there, they begin. */
    void addStations(List<Worker<R>> staff) {
        line.lockAndAdmit();
        try {
            List<Station<R>> added = new ArrayList<>();
            for (int i = 0; i < staff.size(); i++) {
                added.add(addStation());
            }
            for (Station<R> station : stations) {
                if (station.isAtRest()) {
                    betweenCalls(station);
                }
            }
            for (int i = 0; i < staff.size(); i++) {
                added.get(i).relieveBy(staff.get(i));
            }
        } finally {
            line.unlockAndWake(null);
        }
    }

    private Station<R> addStation() {
        Lanes<R> own = isPool() ? new Lanes<>(new LinkedBlockingQueue<>()) : shared;
        Station<R> added = new Station<>(line, ++made, own, options);
        homes.add(added, stations);
        stations.add(added);
        return added;
    }

    /** Returns those that are to stay. */
    List<Station<R>> staying() {
        line.lockAndAdmit();
        try {
            return stations.stream().filter(station -> !station.isRetiring()).toList();
        } finally {
            line.unlockAndWake(null);
        }
    }

    /** Returns how many there have been so far; the next one has the number that follows. */
    int made() {
        line.lock();
        try {
            return made;
        } finally {
            line.unlockAndWake(null);
        }
    }

    /**
     * Has a worker relieve the one of a station between two calls, or begin there if there is none.
     *
     * @param onlyIfAwaited or have it withdraw if it is no longer needed to replace what was lost
     * @return {@code false} if it had to withdraw
     */
    boolean relieve(Station<R> station, Worker<R> next, boolean onlyIfAwaited) {
        line.lockAndAdmit();
        try {
            boolean fits = line.state() == TurnstileState.OPEN
                    && stations.contains(station)
                    && !station.isRetiring()
                    && (!onlyIfAwaited || station.isAwaiting(next));
            if (fits) {
                if (onlyIfAwaited) {
                    station.restarted();
                }
                station.relieveBy(next);
            } else {
                next.withdraw();
            }
            return fits;
        } finally {
            line.unlockAndWake(null);
        }
    }

    /** A station is to go, when the call that runs there has returned. */
    void retire(Station<R> station) {
        line.lockAndAdmit();
        try {
            station.retire();
            if (station.staff() == null && stations.contains(station)) {
                remove(station);
            }
        } finally {
            line.unlockAndWake(null);
        }
    }

    /**
     * A worker has run its last call here.
     *
     * @param canBeReplaced whether another one is going to come if the resource was lost
     * @return whether one is to come
     */
    boolean left(Station<R> station, boolean canBeReplaced) {
        line.lock();
        try {
            line.attendNoMore();
            Throwable lostBy = station.lostBy();
            boolean isVacant = station.successor() == null;
            station.left();
            if (!isVacant) {
                return false;
            }
            if (line.state() != TurnstileState.OPEN) {
                goWhileClosing(station);
            } else if (station.isRetiring() || (!canBeReplaced && stations.size() > 1)) {
                remove(station);
            } else if (!canBeReplaced) {
                line.endAll(lostBy);
            } else if (line.refusesWhileDown() && isDown()) {
                line.refuseOutside();
            }
            wakeAnother();
            return canBeReplaced && line.state() == TurnstileState.OPEN && !station.isRetiring();
        } finally {
            line.unlockAndWake(null);
        }
    }

    /** Whoever leaves may have been woken for a call that any other could run. */
    private void wakeAnother() {
        Station<R> other = shared.isEmpty() ? null : anyIdle();
        if (other != null) {
            other.rouse();
        }
    }

    /** The worker of a station cannot go on: the owner of the call in its hand is told; and everybody, if there is no other one. */
    void die(Station<R> station, Throwable cause) {
        line.lockAndAdmit();
        try {
            station.abortCalls();
            station.lose(cause);
        } finally {
            line.unlockAndWake(null);
        }
    }

    /** A worker is on its way to a station where a resource was lost; {@code false} if it is not needed there. */
    boolean expect(Station<R> station, Worker<R> next) {
        line.lock();
        try {
            return line.state() == TurnstileState.OPEN && stations.contains(station) && station.expect(next);
        } finally {
            line.unlockAndWake(null);
        }
    }

    boolean isAwaited(Station<R> station, Worker<R> worker) {
        line.lock();
        try {
            return line.state() == TurnstileState.OPEN && station.isAwaiting(worker);
        } finally {
            line.unlockAndWake(null);
        }
    }

    /**
     * Nobody is going to work at a station again.
     *
     * @param last who was expected there; {@code null} if nobody could be
     */
    void giveUp(Station<R> station, @Nullable Worker<R> last, @Nullable Throwable cause) {
        line.lockAndAdmit();
        try {
            boolean isVacant = station.staff() == null && (last == null || station.isAwaiting(last));
            if (isVacant && stations.contains(station) && line.state() == TurnstileState.OPEN) {
                station.lose(cause == null ? new IllegalStateException("no attempt is left") : cause);
                remove(station);
            }
        } finally {
            line.unlockAndWake(null);
        }
    }

    /** Says whether a resource that is of no use is given up: not if no other one would take its calls. */
    boolean lose(Station<R> station, Throwable cause, boolean canBeReplaced) {
        line.lock();
        try {
            boolean isLost = line.state() == TurnstileState.OPEN && (canBeReplaced || others(station) > 0);
            if (isLost) {
                station.lose(cause);
            }
            return isLost;
        } finally {
            line.unlockAndWake(null);
        }
    }

    private int others(Station<R> station) {
        int count = 0;
        for (Station<R> other : stations) {
            if (!other.equals(station) && other.staff() != null && !other.isRelieved()) {
                count++;
            }
        }
        return count;
    }

    boolean isDown() {
        for (Station<R> station : stations) {
            if (station.staff() != null) {
                return false;
            }
        }
        return true;
    }

    /** A station goes; what waits there is for others. */
    private void remove(Station<R> station) {
        if (stations.size() == 1) {
            line.endAll(station.lostBy()); // while it is there: what waits at it is refused, too
            return;
        }
        stations.remove(station);
        homes.remove(station, stations);
        rehome(station);
    }

    private void goWhileClosing(Station<R> station) {
        boolean anybodyLeft = false;
        for (Station<R> other : stations) {
            anybodyLeft |= other.staff() != null;
        }
        if (anybodyLeft) {
            remove(station);
        } else if (station.lostBy() != null) {
            line.endAll(station.lostBy());
        } else {
            line.refuseQueued();
        }
    }

    /** A station runs nothing at this moment: what it has promised to give to others it gives now. */
    void betweenCalls(Station<R> station) {
        if (isPool() && homes.give(station)) {
            rehome(station);
        }
    }

    /** Brings each call that waits at a station to where its home is by now. Those that stay go round once, in each lane. */
    private void rehome(Station<R> station) {
        Lanes<R> lanes = station.own();
        for (int lane = 0; lane < Turns.LANES; lane++) {
            for (int left = lanes.size(lane); left > 0; left--) {
                Call<R, ?> call = lanes.poll(lane);
                if (call != null && call.state() == CallState.PENDING) {
                    bringHome(call);
                } else if (call != null) {
                    line.tookOutShell();
                }
            }
        }
    }

    private void bringHome(Call<R, ?> call) {
        try {
            put(call);
        } catch (Throwable noMemoryOrNoStation) {
            line.refuse(call);
        }
    }

    // ---- closing ----

    /** Wakes everybody who sleeps. */
    void rouseAll() {
        for (Station<R> station : stations) {
            station.rouse();
        }
    }

    /** Nobody comes any more: what waits where nobody works is for others. */
    void closes() {
        for (Station<R> station : stations) {
            station.dropSuccessor();
        }
        for (Station<R> station : List.copyOf(stations)) {
            if (station.staff() == null) {
                goWhileClosing(station);
            }
        }
    }

    // ---- where calls are run ----

    List<Station<R>> all() {
        return stations;
    }

    /** Returns all queues of pending calls; where there is one station, its own are those that are shared. */
    List<Lanes<R>> lanes() {
        List<Lanes<R>> lanes = new ArrayList<>();
        lanes.add(shared);
        if (isPool()) {
            stations.forEach(station -> lanes.add(station.own()));
        }
        return lanes;
    }

    boolean isAnybodyIdle() {
        return idle > 0;
    }

    void countIdle(int change) {
        idle += change;
    }

    /** Returns where a call is to be run; {@code null} if that may be anywhere, or the place is no more. */
    private @Nullable Station<R> homeOf(Call<R, ?> call) {
        int number = call.stationNumber();
        if (number == 0) {
            return isPool() && call.share() != Homes.ANYWHERE ? homes.of(call.share()) : null;
        }
        for (Station<R> station : stations) {
            if (station.number() == number) {
                return station;
            }
        }
        return null;
    }

    /** Puts a pending call where it is to be run. */
    void put(Call<R, ?> call) {
        Station<R> home = homeOf(call);
        if (home == null && call.stationNumber() != 0) {
            throw new IllegalStateException("Instance " + call.stationNumber() + " has gone");
        }
        (home == null ? shared : home.own()).add(call);
        Station<R> worker = home == null ? anyIdle() : home;
        if (worker != null) {
            worker.rouse();
        }
    }

    private @Nullable Station<R> anyIdle() {
        if (idle > 0) {
            for (Station<R> station : stations) {
                if (station.isIdle()) {
                    return station;
                }
            }
        }
        return null;
    }
}
