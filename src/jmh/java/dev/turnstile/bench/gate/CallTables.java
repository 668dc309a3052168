package dev.turnstile.bench.gate;

import java.util.List;

/** What the report says of calls of set length, of observers and of refusals. */
final class CallTables {
    private final Samples samples;

    CallTables(Samples samples) {
        this.samples = samples;
    }

    String tables() {
        StringBuilder text = new StringBuilder();
        Report.section(text, "Calls of set length: the plugin spins, for 2 ms it sleeps", lengths());
        Report.section(
                text,
                "What it costs that somebody looks on, at " + Unit.COUNT.format(Extent.OBSERVED_CALLERS) + " callers",
                observed());
        Report.section(text, "Refusals by a full line, one platform thread", refusals());
        return text.toString();
    }

    private Table lengths() {
        Table table =
                new Table("calls of", "callers", "contestant", "calls per second", "p50", "CPU time for each call");
        for (Length length : Length.values()) {
            for (long callers : samples.valuesOfAt(Measure.LENGTH_CALLS_PER_SECOND)) {
                for (Contestant contestant : Extent.WITH_LENGTHS) {
                    String subject = length.subject(contestant);
                    samples.spread(subject, Measure.LENGTH_CALLS_PER_SECOND, callers)
                            .ifPresent(spread -> table.add(List.of(
                                    length.label(),
                                    Unit.COUNT.format(callers),
                                    contestant.label(),
                                    Unit.COUNT.format(spread),
                                    samples.text(subject, Measure.LENGTH_P50_NANOS, callers, Unit.NANOS),
                                    samples.text(subject, Measure.LENGTH_CPU_NANOS_PER_CALL, callers, Unit.NANOS))));
                }
            }
        }
        return table;
    }

    private Table observed() {
        Table table = new Table("observer", "calls per second", "CPU time for each call", "allocated");
        for (Contestant contestant : Contestant.values()) {
            samples.spread(contestant, Measure.OBSERVED_CALLS_PER_SECOND, Extent.OBSERVED_CALLERS)
                    .ifPresent(spread -> table.add(List.of(
                            contestant.label(),
                            Unit.CALLS_PER_SECOND.format(spread),
                            observed(contestant, Measure.OBSERVED_CPU_NANOS_PER_CALL, Unit.NANOS),
                            observed(contestant, Measure.OBSERVED_BYTES_PER_CALL, Unit.BYTES))));
        }
        return table;
    }

    private String observed(Contestant contestant, Measure measure, Unit unit) {
        return samples.text(contestant.name(), measure, Extent.OBSERVED_CALLERS, unit);
    }

    private Table refusals() {
        Table table = new Table("verb", "time");
        for (Measure verb : List.of(Measure.TRY_CALL_REFUSAL_NANOS, Measure.TRY_SUBMIT_REFUSAL_NANOS)) {
            samples.spread(Contestant.TURNSTILE, verb, RefusedProgram.PLACES)
                    .ifPresent(spread -> table.add(List.of(
                            verb == Measure.TRY_CALL_REFUSAL_NANOS ? "`tryCall`" : "`trySubmit`",
                            Unit.NANOS.format(spread))));
        }
        return table;
    }
}
