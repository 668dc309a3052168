package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallInProgressTest {
    private final CallInProgress call = new CallInProgress();

    @ParameterizedTest
    @ValueSource(strings = {"echo", "größer", "🎟"})
    void jsonCall_isNamedByItsTag_untilItEnds(String tag) {
        try (TypeTags tags = new TypeTags()) {
            call.begins(tags.address(tag));
            assertEquals(tag, call.tag());
            call.ends();
            assertNull(call.tag());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void rawCall_isNamedByItsNumber_asInItsErrors(int messageId) {
        call.begins(messageId);
        assertEquals("message " + Integer.toUnsignedString(messageId), call.tag());
        assertEquals(ConfinedPlugin.target(messageId), call.tag());
        call.ends();
        assertNull(call.tag());
    }

    @Test
    void tag_thatIsTooLongToBeKept_isCut() {
        try (TypeTags tags = new TypeTags()) {
            MemorySegment address = tags.address("x".repeat(PluginLog.LONGEST_TARGET + 1));
            call.begins(address);
            assertEquals("x".repeat(PluginLog.LONGEST_TARGET), call.tag());
        }
    }
}
