package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

/** How names are moved apart. */
class ApartTest {
    private static final double EXACTLY = 1e-12;

    @Test
    void places_farEnoughFromEachOther_stayWhereTheyAre() {
        assertArrayEquals(new double[] {0.9, 0.1, 0.5}, Apart.move(new double[] {0.9, 0.1, 0.5}, 0.1), EXACTLY);
    }

    @Test
    void places_tooNearToEachOther_standRoundTheirMiddleInTheirOrder() {
        assertArrayEquals(new double[] {0.56, 0.46, 0.36}, Apart.move(new double[] {0.5, 0.46, 0.42}, 0.1), EXACTLY);
    }

    @Test
    void places_pushedOntoAThird_moveItToo() {
        assertArrayEquals(
                new double[] {0.4, 0.5, 0.6, 0.9}, Apart.move(new double[] {0.46, 0.47, 0.57, 0.9}, 0.1), EXACTLY);
    }

    @Test
    void places_atAnEnd_stayWithin() {
        assertArrayEquals(new double[] {0.85, 0.95}, Apart.move(new double[] {1, 1}, 0.1), EXACTLY);
        assertArrayEquals(new double[] {0.05, 0.15}, Apart.move(new double[] {0, 0}, 0.1), EXACTLY);
        assertArrayEquals(new double[0], Apart.move(new double[0], 0.1));
    }
}
