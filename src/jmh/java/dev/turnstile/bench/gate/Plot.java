package dev.turnstile.bench.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over two logarithmic axes, as an SVG file. */
final class Plot {
    private static final int WIDTH = 1040;
    private static final int HEIGHT = 480;
    private static final int LEFT = 80;
    private static final int RIGHT = 470;
    private static final int TOP = 40;
    private static final int BOTTOM = 60;
    /** One for each contestant, those of Turnstile alike. */
    private static final List<String> COLOURS = List.of(
            "#000000", "#7f7f7f", "#d62728", "#ff9896", "#e377c2", "#f7b6d2", "#c49c94", "#1f77b4", "#17becf",
            "#2ca02c", "#98df8a", "#9467bd", "#c5b0d5", "#bcbd22", "#8c564b");

    private final String title;
    private final String across;
    private final Unit up;
    private final List<Line> lines = new ArrayList<>();

    /**
     * @param across what is told by the horizontal axis
     * @param up in which unit the vertical axis is labelled
     */
    Plot(String title, String across, Unit up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /**
     * @param label what the legend says; nothing for a line that goes with another one
     * @param colour lines of the same number have the same colour
     */
    void add(String label, int colour, boolean dashed, List<Point> points) {
        if (!points.isEmpty()) {
            lines.add(new Line(label, COLOURS.get(colour % COLOURS.size()), dashed, List.copyOf(points)));
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    String svg() {
        double[] xs = lines.stream()
                .flatMap(line -> line.points.stream())
                .mapToDouble(Point::x)
                .toArray();
        double[] ys = lines.stream()
                .flatMap(line -> line.points.stream())
                .mapToDouble(Point::y)
                .toArray();
        Axis x = Axis.over(xs, LEFT, WIDTH - RIGHT);
        Axis y = Axis.over(ys, HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n",
                WIDTH, HEIGHT));
        svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, HEIGHT));
        svg.append(text(LEFT, TOP - 16, "start", title));
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", across));
        for (double tick : x.ticks()) {
            svg.append(rule(x.place(tick), TOP, x.place(tick), HEIGHT - BOTTOM));
            svg.append(text(x.place(tick), HEIGHT - BOTTOM + 18, "middle", Unit.COUNT.format(tick)));
        }
        for (double tick : y.ticks()) {
            svg.append(rule(LEFT, y.place(tick), WIDTH - RIGHT, y.place(tick)));
            svg.append(text(LEFT - 8, y.place(tick) + 4, "end", up.format(tick)));
        }
        double legend = TOP + 8;
        for (Line line : lines) {
            svg.append(line.svg(x, y));
            if (!line.label.isEmpty()) {
                svg.append(line.legend(legend));
                legend += 18;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static String rule(double x1, double y1, double x2, double y2) {
        return format("<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#dddddd\"/>%n", x1, y1, x2, y2);
    }

    private static String text(double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "");
        return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format.replace("%n", "\n"), arguments);
    }

    /** Both greater than 0, and finite. */
    record Point(double x, double y) {
        Point {
            if (!(x > 0 && y > 0 && Double.isFinite(x) && Double.isFinite(y))) {
                throw new IllegalArgumentException("no place on logarithmic axes: " + x + ", " + y);
            }
        }
    }

    private record Line(String label, String colour, boolean dashed, List<Point> points) {
        String svg(Axis x, Axis y) {
            String dash = dashed ? " stroke-dasharray=\"5 4\"" : "";
            StringBuilder path = new StringBuilder();
            StringBuilder dots = new StringBuilder();
            for (Point point : points) {
                path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : "L", x.place(point.x), y.place(point.y)));
                dots.append(format(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
                        x.place(point.x), y.place(point.y), colour));
            }
            return format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>%n", path, colour, dash)
                    + dots;
        }

        String legend(double y) {
            double x = WIDTH - RIGHT + 16;
            return format("<path d=\"M%.1f %.1fh24\" stroke=\"%s\" stroke-width=\"2\"/>%n", x, y, colour)
                    + text(x + 32, y + 4, "start", label);
        }
    }

    /** Whole powers of ten at both ends. */
    private record Axis(int least, int largest, double begin, double end) {
        static Axis over(double[] values, double begin, double end) {
            Spread spread = Spread.of(values);
            int least = (int) Math.floor(Math.log10(spread.least()));
            int largest = (int) Math.ceil(Math.log10(spread.largest()));
            return new Axis(least, Math.max(largest, least + 1), begin, end);
        }

        double place(double value) {
            return begin + (end - begin) * (Math.log10(value) - least) / (largest - least);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int power = least; power <= largest; power++) {
                ticks.add(Math.pow(10, power));
            }
            return ticks;
        }
    }
}
