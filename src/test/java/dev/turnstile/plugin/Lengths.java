package dev.turnstile.plugin;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Lengths of the contents that a reused buffer gets one after another. */
final class Lengths {
    private Lengths() {}

    /** Many of them are next to the sizes that buffers have, and to the largest one that is kept. */
    static Arbitrary<List<Integer>> around(int largestKept) {
        Arbitrary<Integer> around = Arbitraries.of(0, 256, 512, 4096, largestKept / 2, largestKept, 2 * largestKept)
                .flatMap(size -> Arbitraries.integers().between(Math.max(0, size - 4), size + 4));
        return Arbitraries.oneOf(around, Arbitraries.integers().between(0, 3 * largestKept))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }
}
