package dev.turnstile.demo;

/** The messages of the demo plugins. Their members are written and read in {@code snake_case}: {@code duration_ms}. */
final class Messages {
    private Messages() {}

    /** Request of {@code echo}. */
    record Say(String message) {}

    /** Answer of {@code echo}; the length is in UTF-8 bytes. */
    record Echo(String message, int length) {}

    /** Request of {@code sleep}. */
    record Sleep(int durationMs) {}

    /** Answer of {@code sleep}. */
    record Slept(int sleptMs) {}

    /** Request of {@code fail}. */
    record Fail(int code, String message) {}

    /** Request of {@code probe}. */
    record Ask() {}

    /**
     * Answer of {@code probe}: what the plugin itself saw since it was started.
     *
     * @param calls calls that reached it, this one included: so it is also the position of this call among them
     * @param overlaps calls that began while another one was inside
     * @param threads distinct threads that called
     */
    record Probe(long calls, long overlaps, long threads) {}
}
