package dev.turnstile.bundle;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version such as {@code 1.2.3-rc.1+build}, compared by precedence as semver.org's version 2.0.0 has it. Its numbers may have any length;
 * what follows a plus is ignored.
 */
final class SemanticVersion implements Comparable<SemanticVersion> {
    private static final String NUMBER = "(0|[1-9][0-9]*)";
    private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    private static final Pattern VERSION = Pattern.compile(NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-("
            + IDENTIFIER + "(?:\\." + IDENTIFIER + ")*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?");
    private static final int LONGEST = 256;

    private final String[] core;
    private final String[] preRelease;

    private SemanticVersion(String[] core, String[] preRelease) {
        this.core = core;
        this.preRelease = preRelease;
    }

    /**
     * Reads a version.
     *
     * @throws IllegalArgumentException if it is not a semantic one
     */
    static SemanticVersion parse(String text) {
        Matcher matcher = VERSION.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " is not a semantic version such as \"1.2.3\" or \"1.2.3-rc.1\"");
        }
        String preRelease = matcher.group(4);
        return new SemanticVersion(
                new String[] {matcher.group(1), matcher.group(2), matcher.group(3)},
                preRelease == null ? new String[0] : preRelease.split("\\."));
    }

    @Override
    public int compareTo(SemanticVersion other) {
        int order = compareParts(core, other.core);
        if (order != 0 || preRelease.length == 0 || other.preRelease.length == 0) {
            // A release comes after all that lead up to it.
            return order != 0 ? order : Integer.compare(other.preRelease.length, preRelease.length);
        }
        return compareParts(preRelease, other.preRelease);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SemanticVersion version && compareTo(version) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(core) * 31 + Arrays.hashCode(preRelease);
    }

    private static int compareParts(String[] ours, String[] theirs) {
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            int order = compareIdentifiers(ours[i], theirs[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(ours.length, theirs.length);
    }

    private static int compareIdentifiers(String ours, String theirs) {
        boolean number = isNumber(ours);
        if (number != isNumber(theirs)) {
            return number ? -1 : 1;
        }
        // Without leading zeros the longer number is the greater one.
        return number && ours.length() != theirs.length()
                ? Integer.compare(ours.length(), theirs.length())
                : ours.compareTo(theirs);
    }

    private static boolean isNumber(String identifier) {
        return identifier.chars().allMatch(character -> character >= '0' && character <= '9');
    }
}
