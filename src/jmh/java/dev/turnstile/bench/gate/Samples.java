package dev.turnstile.bench.gate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;

/** The figures of one run, and what is asked of them. */
final class Samples {
    private final List<Sample> all;

    Samples(Collection<Sample> all) {
        this.all = List.copyOf(all);
    }

    Optional<Spread> spread(String subject, Measure measure, long at) {
        return spread(of(subject, measure, at).mapToDouble(Sample::value).toArray());
    }

    Optional<Spread> spread(Contestant subject, Measure measure, long at) {
        return spread(subject.name(), measure, at);
    }

    /**
     * Relates two figures to each other, round by round: what was slow in a round was slow for both.
     *
     * @return the spread of what the operator makes of them, in those rounds that have both and where that is
     *     finite
     */
    Optional<Spread> relation(Figure left, Figure right, DoubleBinaryOperator operator) {
        TreeSet<Integer> rounds = new TreeSet<>();
        all.forEach(sample -> rounds.add(sample.round()));
        return spread(rounds.stream()
                .filter(round -> inRound(left, round).isPresent()
                        && inRound(right, round).isPresent())
                .mapToDouble(round -> operator.applyAsDouble(
                        inRound(left, round).orElseThrow(),
                        inRound(right, round).orElseThrow()))
                .filter(Double::isFinite)
                .toArray());
    }

    Optional<Spread> ratio(Figure left, Figure right) {
        return relation(left, right, (a, b) -> a / b);
    }

    NavigableSet<Long> valuesOfAt(Measure measure) {
        TreeSet<Long> values = new TreeSet<>();
        all.stream().filter(sample -> sample.measure() == measure).forEach(sample -> values.add(sample.at()));
        return values;
    }

    SortedSet<String> subjectsOf(Measure measure) {
        TreeSet<String> subjects = new TreeSet<>();
        all.stream().filter(sample -> sample.measure() == measure).forEach(sample -> subjects.add(sample.subject()));
        return subjects;
    }

    /** Every figure, a line each. */
    List<String> csv() {
        return Stream.concat(Stream.of(Sample.HEADER), all.stream().map(Sample::csv))
                .toList();
    }

    /** The spread of all figures that differ in their round alone. */
    List<String> summary() {
        List<String> lines = new ArrayList<>(List.of("subject,measure,at,median,least,largest,count"));
        all.stream()
                .map(sample -> new Figure(sample.subject(), sample.measure(), sample.at()))
                .distinct()
                .forEach(figure -> {
                    Spread spread = spread(figure.subject(), figure.measure(), figure.at())
                            .orElseThrow();
                    lines.add(String.format(
                            Locale.ROOT,
                            "%s,%s,%d,%.4f,%.4f,%.4f,%d",
                            figure.subject(),
                            figure.measure(),
                            figure.at(),
                            spread.median(),
                            spread.least(),
                            spread.largest(),
                            spread.count()));
                });
        return lines;
    }

    private OptionalDouble inRound(Figure figure, int round) {
        double[] values = of(figure.subject(), figure.measure(), figure.at())
                .filter(sample -> sample.round() == round)
                .mapToDouble(Sample::value)
                .toArray();
        return values.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Spread.of(values).median());
    }

    private Stream<Sample> of(String subject, Measure measure, long at) {
        return all.stream()
                .filter(sample -> sample.subject().equals(subject) && sample.measure() == measure && sample.at() == at);
    }

    private static Optional<Spread> spread(double[] values) {
        return values.length == 0 ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** Names a figure. */
    record Figure(String subject, Measure measure, long at) {
        Figure(Contestant subject, Measure measure, long at) {
            this(subject.name(), measure, at);
        }
    }
}
