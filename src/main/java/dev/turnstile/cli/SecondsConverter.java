package dev.turnstile.cli;

import java.math.BigDecimal;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as the command line has it: a number of seconds, which may have a fraction. */
final class SecondsConverter implements ITypeConverter<Duration> {
    private static final BigDecimal LONGEST = BigDecimal.valueOf(1_000_000_000);

    @Override
    public Duration convert(String text) {
        try {
            BigDecimal seconds = new BigDecimal(text);
            if (seconds.signum() > 0 && seconds.compareTo(LONGEST) <= 0) {
                return Duration.ofNanos(seconds.movePointRight(9).longValue());
            }
        } catch (NumberFormatException noNumber) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static TypeConversionException wrong(String text) {
        return new TypeConversionException("\"" + text + "\" is not a number of seconds, more than 0 and at most "
                + LONGEST + ", such as 30 or 0.5");
    }
}
