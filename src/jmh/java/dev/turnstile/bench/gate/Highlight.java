package dev.turnstile.bench.gate;

import dev.turnstile.bench.gate.Plot.Line;
import dev.turnstile.bench.gate.Plot.Point;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;

/** Which contestants have a colour and a name in the plots, by their names; the last is drawn over the others. */
enum Highlight {
    DIRECT("one thread in a loop", 0x404040),
    BARE("a queue and a waker", 0x8a4fbf),
    SEMAPHORE("fair Semaphore", 0x2a8c4a),
    EXECUTOR("executor", 0x1f6fc4),
    TURNSTILE("Turnstile", 0xd62728);

    private final String label;
    private final Color colour;

    Highlight(String label, int colour) {
        this.label = label;
        this.colour = new Color(colour);
    }

    static boolean isOf(Contestant contestant) {
        return Arrays.stream(values()).anyMatch(highlight -> highlight.name().equals(contestant.name()));
    }

    Line line(List<Point> points) {
        return line(label, points);
    }

    Line line(String name, List<Point> points) {
        return new Line(name, colour, Plot.Style.SOLID, points);
    }
}
