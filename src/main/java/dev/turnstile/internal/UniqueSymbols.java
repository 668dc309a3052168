package dev.turnstile.internal;

import java.util.ArrayList;
import java.util.List;

/** What is said of symbols that the loader keeps once for the whole process ({@code STB_GNU_UNIQUE}). */
public final class UniqueSymbols {
    /** The way out, for whoever builds the library, and for whoever loads it. A sentence without its full stop. */
    public static final String REMEDY = "Compile it with -fno-gnu-unique. If that state may be shared,"
            + " PluginOptions.withUniqueSymbolsAllowed(true) loads it nevertheless";

    private static final int LONGEST_NAME = 200;
    private static final int NAMES = 2;

    private UniqueSymbols() {}

    /**
     * Says how many there are, with two of them.
     *
     * @param symbols their raw names, at least one
     * @return a noun with what belongs to it
     */
    public static String described(List<String> symbols) {
        List<String> some = new ArrayList<>();
        for (String symbol : symbols.subList(0, Math.min(NAMES, symbols.size()))) {
            some.add(symbol.length() <= LONGEST_NAME ? symbol : symbol.substring(0, LONGEST_NAME) + "...");
        }
        return "C++ state of which there is one in a process, whoever defines it (STB_GNU_UNIQUE), " + symbols.size()
                + (symbols.size() == 1 ? " symbol: " : " symbols, such as ") + String.join(" and ", some);
    }

    /**
     * Says why a library with such symbols is not for several instances, and the way out.
     *
     * @param symbols their raw names, at least one
     * @return a clause that begins with "its", and sentences; without the last full stop
     */
    public static String whyNotForSeveral(List<String> symbols) {
        return "its copies would share " + described(symbols) + ". " + REMEDY;
    }
}
