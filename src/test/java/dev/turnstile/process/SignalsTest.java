package dev.turnstile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an exit code says of an end. */
class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "0, exit code 0",
        "3, exit code 3",
        "128, exit code 128",
        "134, SIGABRT",
        "137, SIGKILL",
        "139, SIGSEGV",
        "162, signal 34",
        "255, exit code 255"
    })
    void exitCode_isASignalOrItself(int exitCode, String cause) {
        assertEquals(cause, Signals.cause(exitCode));
    }
}
