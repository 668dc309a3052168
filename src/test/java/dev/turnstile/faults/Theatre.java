package dev.turnstile.faults;

import java.util.List;

/** Plays the scenarios. Its implementation is loaded together with the gate's changed code. */
public interface Theatre {
    List<String> scenarios();

    /** Plays a scenario from its opening to the end of its gate. */
    Outcome play(String scenario, Watch watch);
}
