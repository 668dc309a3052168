package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Captures what surrounds a caller, by the {@linkplain ContextCarrier carriers} of the gate. Without carriers that is the MDC alone. No lambdas: a caller may be at the end of its stack. */
final class Surroundings {
    static final Surroundings MDC_ALONE = new Surroundings(List.of());

    private final ContextCarrier[] carriers;

    Surroundings(List<ContextCarrier> carriers) {
        this.carriers = carriers.toArray(new ContextCarrier[0]);
    }

    /** On the caller's thread. Throws what a carrier throws. */
    @Nullable
    CarriedContext capture() {
        CarriedContext.Restorer captured = null;
        for (int i = carriers.length - 1; i >= 0; i--) {
            ContextCarrier.Captured one = carriers[i].capture();
            if (one != null) {
                captured = captured == null ? new Single(one) : CarriedContext.nest(new Single(one), captured);
            }
        }
        return CarriedContext.of(captured);
    }

    private record Single(ContextCarrier.Captured captured) implements CarriedContext.Restorer {
        @Override
        public void run(Runnable code) {
            captured.run(code);
        }
    }
}
