package dev.turnstile.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Picks values of an enum, some more often than others. */
final class Shares<E extends Enum<E>> {
    private final Map<E, Double> weights;
    private final double sum;

    private Shares(Map<E, Double> weights) {
        this.weights = weights;
        this.sum = weights.values().stream().mapToDouble(weight -> weight).sum();
    }

    /** Draws how often each value comes: up to its most, and some are rare now and then. */
    static <E extends Enum<E>> Shares<E> draw(Class<E> type, ToDoubleFunction<E> most, SplittableRandom random) {
        Map<E, Double> weights = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            double weight = random.nextDouble();
            weights.put(value, most.applyAsDouble(value) * weight * weight);
        }
        return new Shares<>(weights);
    }

    E pick(SplittableRandom random) {
        double at = random.nextDouble() * sum;
        E picked = null;
        for (Map.Entry<E, Double> share : weights.entrySet()) {
            if (share.getValue() > 0 && at >= 0) {
                picked = share.getKey();
                at -= share.getValue();
            }
        }
        return picked;
    }
}
