package dev.turnstile.bench.gate;

import java.util.Locale;

/** How a figure is written for people. */
enum Unit {
    NANOS {
        @Override
        String format(double value) {
            double size = Math.abs(value);
            if (size < 1e3) {
                return number(value) + " ns";
            }
            if (size < 1e6) {
                return number(value / 1e3) + " µs";
            }
            return size < 1e9 ? number(value / 1e6) + " ms" : number(value / 1e9) + " s";
        }
    },
    CALLS_PER_SECOND {
        @Override
        String format(double value) {
            return String.format(Locale.ROOT, "%.3f M/s", value / 1e6);
        }

        @Override
        String tick(double value) {
            return withoutZeros(String.format(Locale.ROOT, "%.6f M/s", value / 1e6));
        }
    },
    BYTES {
        @Override
        String format(double value) {
            return Math.abs(value) < 1e6 ? String.format(Locale.ROOT, "%,.0f B", value) : number(value / 1e6) + " MB";
        }
    },
    RATIO {
        @Override
        String format(double value) {
            return number(value);
        }
    },
    COUNT {
        @Override
        String format(double value) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
    },
    PERCENT {
        @Override
        String format(double value) {
            return String.format(Locale.ROOT, "%.1f %%", value * 100);
        }
    };

    abstract String format(double value);

    /** The same without zeros behind the point, for the round values at an axis. */
    String tick(double value) {
        return withoutZeros(format(value));
    }

    String format(long value) {
        return format((double) value);
    }

    String format(Spread spread) {
        String median = format(spread.median());
        return spread.count() == 1
                ? median
                : median + " (" + format(spread.least()) + " – " + format(spread.largest()) + ")";
    }

    private static String withoutZeros(String figure) {
        return figure.replaceFirst("\\.0+(?=\\D|$)|(\\.\\d*[1-9])0+(?=\\D|$)", "$1");
    }

    /** Three digits that say something. */
    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
