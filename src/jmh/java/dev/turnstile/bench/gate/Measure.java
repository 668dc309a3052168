package dev.turnstile.bench.gate;

/** What a figure is of; its {@code at} is said in brackets. */
enum Measure {
    /** In a closed loop (callers). */
    CALLS_PER_SECOND,
    P50_NANOS,
    P99_NANOS,
    LONGEST_NANOS,
    CPU_NANOS_PER_CALL,
    BYTES_PER_CALL,
    /** Of a lone caller who calls once in a while (callers). */
    SELDOM_P50_NANOS,
    SELDOM_P99_NANOS,
    /** Of calls of a set {@link Length}, in a closed loop (callers). */
    LENGTH_CALLS_PER_SECOND,
    LENGTH_P50_NANOS,
    LENGTH_CPU_NANOS_PER_CALL,
    /** Under an observer, in a closed loop (callers). */
    OBSERVED_CALLS_PER_SECOND,
    OBSERVED_CPU_NANOS_PER_CALL,
    OBSERVED_BYTES_PER_CALL,
    /** Of a refusal by a line that is full (places). */
    TRY_CALL_REFUSAL_NANOS,
    TRY_SUBMIT_REFUSAL_NANOS,
    /** At a fixed rate (calls per second). */
    PACED_P50_NANOS,
    PACED_P99_NANOS,
    PACED_P999_NANOS,
    PACED_LONGEST_NANOS,
    /** Live heap for each caller who waits, its thread included (callers). */
    HEAP_PER_CALLER,
    /** Live heap of all, in a JVM of 1 GiB (callers). */
    HEAP_OF_ALL,
    /** How many of them had their answer in the end (callers). */
    ANSWERED,
    /** CPU time of all Java threads, and of the whole process, while nobody calls (seconds). */
    IDLE_THREADS_NANOS,
    IDLE_PROCESS_NANOS,
    /** Time for each call of many callers (callers, bytes of the message, places). */
    NANOS_BY_CALLERS,
    NANOS_BY_PAYLOAD,
    NANOS_BY_CAPACITY,
    /** Time for all cancels, in some order (calls in the line). */
    CANCEL_OLDEST_FIRST_NANOS,
    CANCEL_NEWEST_FIRST_NANOS,
    CANCEL_SHUFFLED_NANOS,
    /** Of a pool, in a closed loop (instances). */
    POOL_ECHOES_PER_SECOND,
    POOL_SLEEPS_PER_SECOND,
    /** Of a plugin that is swapped under load (swaps). */
    SWAP_CALLS,
    SWAP_NATIVE_CALLS,
    SWAP_FAILED,
    SWAP_LOST,
    SWAP_OUT_OF_ORDER,
    SWAP_OVERLAPS,
    SWAP_INSTANCES_LEFT,
    SWAP_BUFFERS_LEFT,
    SWAP_FILES_LEFT,
    SWAP_P50_NANOS,
    SWAP_P99_NANOS,
    SWAP_LONGEST_WAIT_NANOS,
    /** Of a plugin that panics under load (calls that make it panic). */
    PANIC_CALLS,
    PANIC_FAILED,
    PANIC_OTHERS_FAILED,
    PANIC_RESTARTS,
    PANIC_RECOVERY_P50_NANOS,
    PANIC_RECOVERY_LONGEST_NANOS,
    /** Of the low lane under a flood of the high one (the option). */
    LANES_STARTS,
    LANES_LOW_STARTS,
    LANES_LOW_OVERTAKEN,
    LANES_LOW_WAIT_P50_NANOS,
    LANES_LOW_WAIT_LONGEST_NANOS,
    /** Of a plugin in a process of its own, in a closed loop (callers). */
    ISOLATED_CALLS_PER_SECOND,
    ISOLATED_CPU_NANOS_PER_CALL,
    /** The same, by a lone caller (bytes of the message). */
    ISOLATED_P50_NANOS,
    /** Until its first answer, and the memory of its process (0). */
    ISOLATED_START_NANOS,
    ISOLATED_PSS_BYTES,
    /** How much later than its limit a call that hangs ends (the limit in ms). */
    KILL_OVER_NANOS,
    /** Of such a plugin that crashes under load (crashes). */
    CRASH_FAILED,
    CRASH_OTHERS_FAILED,
    CRASH_RECOVERY_P50_NANOS,
    CRASH_RECOVERY_LONGEST_NANOS,
    CRASH_ANSWERS_BEFORE_PER_SECOND,
    /** After a crash, since the number before (ms, see {@link CrashProgram#MILLIS}). */
    CRASH_ANSWERS_PER_SECOND,
    /** Of many calls by one thread that joins them all ({@link FuturesProgram}'s kind of thread). */
    JOINED_PER_SECOND,
    /** Of a program in a new JVM, from its start to its end (0). */
    START_NANOS,
    START_CPU_NANOS,
    /** Of the binding alone (0). */
    BINDING_NANOS,
    BINDING_BYTES
}
