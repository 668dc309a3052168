package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Witness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** Promise 12: the caller's MDC is there while its action runs, and nobody else's. */
class ContextTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @ParameterizedTest
    @EnumSource
    void action_seesItsCallersMdc_andNoOther(EntryPoint entry) throws Throwable {
        MDC.put("request", "of the opener");
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new));
        MDC.put("request", "42");
        assertEquals("42", entry.run(gate, resource -> MDC.get("request")));
        MDC.clear();
        assertNull(entry.run(gate, resource -> MDC.get("request")));

        Caller<String> other = Caller.start(() -> {
            MDC.put("request", "43");
            return gate.call(resource -> MDC.get("request"));
        });
        assertEquals("43", other.result());
        assertNull(gate.call(resource -> MDC.get("request")), "nothing stays on the worker");
    }

    @ParameterizedTest
    @EnumSource
    void actionThatChangesTheMdc_leavesNothingForTheNext(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new));
        entry.run(gate, resource -> {
            MDC.put("request", "left behind");
            return 0;
        });
        assertNull(entry.run(gate, resource -> MDC.get("request")));
    }
}
