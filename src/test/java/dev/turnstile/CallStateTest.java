package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The legal moves of a call, all of them; any other throws and changes nothing. */
class CallStateTest {
    private static final Map<CallState, Set<CallState>> LEGAL = new EnumMap<>(Map.of(
            CallState.NEW,
            EnumSet.of(CallState.WAITING, CallState.PENDING, CallState.FAILED, CallState.REFUSED),
            CallState.WAITING,
            EnumSet.of(CallState.PENDING, CallState.FAILED, CallState.CANCELLED, CallState.EXPIRED, CallState.REFUSED),
            CallState.PENDING,
            EnumSet.of(CallState.RUNNING, CallState.FAILED, CallState.CANCELLED, CallState.EXPIRED, CallState.REFUSED),
            CallState.RUNNING,
            EnumSet.of(CallState.COMPLETED, CallState.FAILED, CallState.ABANDONED),
            CallState.ABANDONED,
            EnumSet.of(CallState.CANCELLED, CallState.EXPIRED, CallState.REFUSED)));

    static Stream<Arguments> pairs() {
        return Stream.of(CallState.values())
                .flatMap(from -> Stream.of(CallState.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void move_isAllowedIfAndOnlyIfItIsLegal(CallState from, CallState to) {
        boolean legal = LEGAL.getOrDefault(from, Set.of()).contains(to);
        assertEquals(legal, from.mayBecome(to));

        Call<Object, Object> call = callIn(from);
        if (legal) {
            call.moveTo(to);
            assertEquals(to, call.state());
        } else {
            assertThrows(IllegalStateException.class, () -> call.moveTo(to));
            assertEquals(from, call.state());
        }
    }

    /** Every state can be reached by legal moves. */
    private static Call<Object, Object> callIn(CallState state) {
        Call<Object, Object> call = new BlockingCall<>(resource -> resource, Deadline.NEVER);
        switch (state) {
            case NEW -> {}
            case WAITING, PENDING, REFUSED -> call.moveTo(state);
            case RUNNING -> move(call, CallState.PENDING, CallState.RUNNING);
            case ABANDONED, COMPLETED, FAILED -> move(call, CallState.PENDING, CallState.RUNNING, state);
            case CANCELLED, EXPIRED -> move(call, CallState.WAITING, state);
        }
        return call;
    }

    private static void move(Call<?, ?> call, CallState... states) {
        for (CallState state : states) {
            call.moveTo(state);
        }
    }
}
