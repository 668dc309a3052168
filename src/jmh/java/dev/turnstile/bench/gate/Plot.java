package dev.turnstile.bench.gate;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.SeriesRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Lines over two logarithmic axes, drawn by JFreeChart. A line that matters has a colour, and its name at its end. */
final class Plot {
    static final int WIDTH = 840;
    static final int HEIGHT = 460;

    /** What the names at the ends of the lines take of the width, and what one takes of the height. */
    private static final double NAMES = 0.21;

    private static final double NAME_HEIGHT = 0.045;

    private static final Color GRID = new Color(0xe8e8e8);
    private static final Color INK = new Color(0x404040);
    private static final Color OTHERS = new Color(0xcccccc);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = TEXT.deriveFont(Font.BOLD);

    private final String title;
    private final String across;
    private final Unit up;
    private final List<Line> lines = new ArrayList<>();
    private String greyOnes = "others";

    /**
     * @param across what is told by the horizontal axis
     * @param up in which unit the vertical axis is labelled
     */
    Plot(String title, String across, Unit up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** Puts a line over those that are there. One without points is left out. */
    void add(Line line) {
        if (!line.points.isEmpty()) {
            lines.add(line);
        }
    }

    /** Says which lines the grey ones are. */
    void sayGrey(String which) {
        greyOnes = which;
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String svg() {
        return Svg.of(chart(), WIDTH, HEIGHT);
    }

    JFreeChart chart() {
        double[] xs = points().mapToDouble(Point::x).toArray();
        double[] ys = points().mapToDouble(Point::y).toArray();
        TickedAxis x = TickedAxis.at(xs, across, NAMES);
        TickedAxis y = TickedAxis.over(ys, up);
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setDrawSeriesLineAsPath(true); // else the dashes begin anew at each point
        renderer.setDrawOutlines(false);
        for (int index = 0; index < lines.size(); index++) {
            Line line = lines.get(index);
            data.addSeries(line.series(index));
            renderer.setSeriesPaint(index, line.colour);
            renderer.setSeriesStroke(index, line.style.stroke(line.isOther()));
            renderer.setSeriesShape(index, line.style.dot(line.isOther()));
            renderer.setSeriesShapesVisible(index, line.style != Style.CEILING);
        }
        XYPlot plot = new XYPlot(data, x, y, renderer);
        plot.setSeriesRenderingOrder(SeriesRenderingOrder.FORWARD);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlineStroke(new BasicStroke(1));
        for (ValueAxis axis : List.of(x, y)) {
            axis.setAxisLineVisible(false);
            axis.setTickMarksVisible(false);
            axis.setTickLabelFont(TEXT);
            axis.setTickLabelPaint(INK);
            axis.setLabelFont(TEXT);
            axis.setLabelPaint(INK);
        }
        addNames(renderer, y);
        JFreeChart chart = new JFreeChart(title, BOLD.deriveFont(16f), plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, 8, 8, 8));
        chart.getTitle().setHorizontalAlignment(HorizontalAlignment.LEFT);
        if (lines.stream().anyMatch(Line::isOther)) {
            TextTitle others = new TextTitle("Grey: " + greyOnes, TEXT);
            others.setPaint(INK);
            others.setHorizontalAlignment(HorizontalAlignment.LEFT);
            chart.addSubtitle(others);
        }
        return chart;
    }

    private Stream<Point> points() {
        return lines.stream().flatMap(line -> line.points.stream());
    }

    private void addNames(XYLineAndShapeRenderer renderer, TickedAxis y) {
        List<Line> named = lines.stream().filter(Line::isNamed).toList();
        double[] ends =
                named.stream().mapToDouble(line -> y.share(line.end().y)).toArray();
        double[] places = Apart.move(ends, NAME_HEIGHT);
        for (int index = 0; index < places.length; index++) {
            Line line = named.get(index);
            XYTextAnnotation name = new XYTextAnnotation("  " + line.name, line.end().x, y.at(places[index]));
            name.setTextAnchor(TextAnchor.CENTER_LEFT);
            name.setFont(BOLD);
            name.setPaint(line.colour);
            name.setBackgroundPaint(Color.WHITE); // over the grid
            renderer.addAnnotation(name, Layer.BACKGROUND);
        }
    }

    /** Both greater than 0, and finite. */
    record Point(double x, double y) {
        Point {
            if (!(x > 0 && y > 0 && Double.isFinite(x) && Double.isFinite(y))) {
                throw new IllegalArgumentException("no place on logarithmic axes: " + x + ", " + y);
            }
        }
    }

    enum Style {
        SOLID,
        DASHED,
        /** Without dots: nothing was measured there. */
        CEILING;

        private BasicStroke stroke(boolean isOther) {
            float width = isOther || this == CEILING ? 1.2f : 2.5f;
            float[] dash = switch (this) {
                case SOLID -> null;
                case DASHED -> new float[] {6, 4};
                case CEILING -> new float[] {2, 3};
            };
            return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
        }

        private Ellipse2D dot(boolean isOther) {
            double radius = isOther ? 2.5 : 4;
            return new Ellipse2D.Double(-radius, -radius, 2 * radius, 2 * radius);
        }
    }

    record Line(String name, Color colour, Style style, List<Point> points) {
        static Line other(List<Point> points) {
            return new Line("", OTHERS, Style.SOLID, points);
        }

        Line with(Style other) {
            return new Line(name, colour, other, points);
        }

        Line withoutName() {
            return new Line("", colour, style, points);
        }

        boolean isOther() {
            return colour.equals(OTHERS);
        }

        boolean isNamed() {
            return !name.isEmpty();
        }

        Point end() {
            return points.getLast();
        }

        XYSeries series(int key) {
            XYSeries series = new XYSeries(key, false);
            points.forEach(point -> series.add(point.x, point.y));
            return series;
        }
    }
}
