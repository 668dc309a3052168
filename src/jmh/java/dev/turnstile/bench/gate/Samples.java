package dev.turnstile.bench.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

    /** Reads what {@link #csv} has written. */
    static Samples read(Path file) throws IOException {
        return new Samples(
                Files.readAllLines(file).stream().skip(1).map(Sample::parse).toList());
    }

    Optional<Spread> spread(String subject, Measure measure, long at) {
        return spread(of(subject, measure, at).mapToDouble(Sample::value).toArray());
    }

    Optional<Spread> spread(Contestant subject, Measure measure, long at) {
        return spread(subject.name(), measure, at);
    }

    /** Returns a figure for people; nothing if it was not measured. */
    String text(String subject, Measure measure, long at, Unit unit) {
        return spread(subject, measure, at).map(unit::format).orElse("");
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

    /** Returns the figure with the least median; none if one of them was not measured, since that might be the least. */
    Optional<Figure> least(Collection<Figure> figures) {
        return first(figures, Comparator.naturalOrder());
    }

    /** Returns the figure with the largest median; none if one of them was not measured. */
    Optional<Figure> largest(Collection<Figure> figures) {
        return first(figures, Comparator.reverseOrder());
    }

    private Optional<Figure> first(Collection<Figure> figures, Comparator<Double> order) {
        if (figures.stream().anyMatch(figure -> spread(figure).isEmpty())) {
            return Optional.empty();
        }
        return figures.stream()
                .min(Comparator.comparing(figure -> spread(figure).orElseThrow().median(), order));
    }

    private Optional<Spread> spread(Figure figure) {
        return spread(figure.subject(), figure.measure(), figure.at());
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
                    Spread spread = spread(figure).orElseThrow();
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
