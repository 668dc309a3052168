package dev.turnstile.comparison;

import java.util.Locale;

/** What may befall a caller, the resource or the gate. */
enum Harm {
    LOST("without an end"),
    HUNG("hung"),
    LEAKED("place leaked", "places leaked"),
    NEXT_STUCK("next caller stuck"),
    RAN_ANYWAY("ran all the same"),
    FAILED_FOR_OTHERS("failed for another's fault"),
    REFUSED("refused"),
    CLOSED_UNDER_CALL("closed under the call"),
    USED_AFTER_CLOSE("used after it was closed"),
    RETURNED_WHILE_OPEN("returned while it was open"),
    OVERLAP("overlap", "overlaps"),
    OTHER_THREADS("other thread", "other threads"),
    OUT_OF_ORDER("out of order"),
    STALL("ms stall");

    private final String once;
    private final String often;

    Harm(String label) {
        this(label, label);
    }

    Harm(String once, String often) {
        this.once = once;
        this.often = often;
    }

    String told(int count) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? once : often);
    }
}
