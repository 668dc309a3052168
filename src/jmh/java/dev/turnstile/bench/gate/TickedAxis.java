package dev.turnstile.bench.gate;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** A logarithmic axis that is as long as the data, and has ticks where it is told to. */
final class TickedAxis extends LogAxis {
    private static final long serialVersionUID = 1;

    /** Beyond the data at either end, so that no dot is cut. */
    private static final double MARGIN = 0.03;

    /** Over more powers of ten than these, each has one tick. */
    private static final double FEW_DECADES = 2.5;

    private final double[] values;
    private final transient DoubleFunction<String> text;
    private final TextAnchor anchor;

    private TickedAxis(String label, double[] values, DoubleFunction<String> text, TextAnchor anchor) {
        super(label);
        this.values = values;
        this.text = text;
        this.anchor = anchor;
    }

    /**
     * A horizontal axis with a tick at each value.
     *
     * @param room which share of the axis is left free beyond the largest value
     */
    static TickedAxis at(double[] data, String label, double room) {
        double[] values = Arrays.stream(data).sorted().distinct().toArray();
        TickedAxis axis = new TickedAxis(label, values, Unit.COUNT::tick, TextAnchor.TOP_CENTER);
        axis.span(values[0], values[values.length - 1], room);
        return axis;
    }

    /** A vertical axis with ticks at round values. It goes beyond the data where these would be fewer than two. */
    static TickedAxis over(double[] data, Unit unit) {
        Spread spread = Spread.of(data);
        double least = spread.least();
        double largest = spread.largest();
        int[] steps = Math.log10(largest / least) > FEW_DECADES ? new int[] {1} : new int[] {1, 2, 5};
        double[] all = IntStream.rangeClosed(
                        (int) Math.floor(Math.log10(least)) - 1, (int) Math.ceil(Math.log10(largest)))
                .boxed()
                .flatMapToDouble(power -> IntStream.of(steps).mapToDouble(step -> step * Math.pow(10, power)))
                .toArray();
        if (between(all, least, largest).length < 2) {
            double from = least;
            double to = largest;
            least = DoubleStream.of(all).filter(tick -> tick <= from).max().orElseThrow();
            largest = DoubleStream.of(all).filter(tick -> tick > to).min().orElseThrow();
        }
        TickedAxis axis = new TickedAxis(null, between(all, least, largest), unit::tick, TextAnchor.CENTER_RIGHT);
        axis.span(least, largest, 0);
        return axis;
    }

    private static double[] between(double[] ticks, double least, double largest) {
        return DoubleStream.of(ticks)
                .filter(tick -> tick >= least && tick <= largest)
                .toArray();
    }

    /** Sets the range: the values, a margin on either side, and the room. */
    private void span(double least, double largest, double room) {
        double decades = Math.max(Math.log10(largest / least), 0.3);
        double axis = decades / (1 - 2 * MARGIN - room);
        setRange(least / Math.pow(10, axis * MARGIN), least * Math.pow(10, axis * (1 - MARGIN)));
    }

    /** Where on the axis a value is, from 0 to 1. */
    double share(double value) {
        return Math.log(value / getLowerBound()) / Math.log(getUpperBound() / getLowerBound());
    }

    /** Which value is at a share of the axis. */
    double at(double share) {
        return getLowerBound() * Math.pow(getUpperBound() / getLowerBound(), share);
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D g2, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
        return DoubleStream.of(values)
                .mapToObj(value -> new NumberTick(value, text.apply(value), anchor, TextAnchor.CENTER, 0))
                .toList();
    }
}
