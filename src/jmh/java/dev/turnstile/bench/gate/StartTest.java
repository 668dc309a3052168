package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What a start is taken to have cost. */
class StartTest {
    @Test
    void times_ofAShell_areThoseOfItsChildren() {
        assertEquals(1.37e9, Start.cpuNanos("0m0.001s 0m0.002s\n0m1.250s 0m0.120s\n"), 1);
        assertEquals(61.5e9, Start.cpuNanos("0m0.00s 0m0.00s\n1m1.0s 0m0.50s\n"), 1);
    }
}
