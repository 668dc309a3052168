package dev.turnstile;

import java.util.List;

/** Stations whose steps a test takes itself. */
public final class Stations {
    private Stations() {}

    /** Adds a station, at which no thread works. */
    static <R> Station<R> add(Line<R> line) {
        line.roster().addStations(List.of(idler(line)));
        return line.roster().staying().getLast();
    }

    /** A worker that is never started. */
    static <R> Worker<R> idler(Line<R> line) {
        ResourceSource<R, RuntimeException> none = new SimpleSource<>(
                () -> {
                    throw new IllegalStateException("nobody works here");
                },
                resource -> {});
        TurnstileOptions options = TurnstileOptions.defaults();
        Crew<R> crew = new Crew<>(line, Observers.NOBODY, none, options);
        return new Worker<>(crew, "idler", none, options, false, null);
    }
}
