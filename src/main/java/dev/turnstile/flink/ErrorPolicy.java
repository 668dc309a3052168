package dev.turnstile.flink;

/** What becomes of a record whose call has failed by an error, as {@link PluginOperator#withErrorPolicy} lists them. */
public enum ErrorPolicy {
    /** It becomes a {@link DeadLetter}, and the job goes on. */
    DEAD_LETTER,
    /** The job fails, and Flink's restart strategy decides: a record that fails again fails the job again. */
    FAIL_JOB
}
