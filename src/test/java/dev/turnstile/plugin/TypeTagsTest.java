package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.TestPlugins;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Tags are encoded once, up to a bound; beyond it they are right all the same. */
class TypeTagsTest {
    private static String read(MemorySegment address) {
        MemorySegment memory = address.reinterpret(10_000);
        int length = 0;
        while (memory.get(ValueLayout.JAVA_BYTE, length) != 0) {
            length++;
        }
        return new String(memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }

    @Test
    void tags_upToTheBound_areEncodedOnceAndStay() {
        try (TypeTags tags = new TypeTags()) {
            long[] addresses = new long[TypeTags.MOST_KEPT];
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] = tags.address("tag " + i).address();
            }
            for (int i = 0; i < addresses.length; i++) {
                MemorySegment again = tags.address("tag " + i);
                assertEquals(addresses[i], again.address());
                assertEquals("tag " + i, read(again));
            }
        }
    }

    @Test
    void tags_beyondTheBound_areEncodedEachTimeInOnePlace() {
        try (TypeTags tags = new TypeTags()) {
            for (int i = 0; i < TypeTags.MOST_KEPT; i++) {
                tags.address("tag " + i);
            }
            long place = tags.address("another").address();
            for (int i = 0; i < 1000; i++) {
                MemorySegment more = tags.address("übrig " + i);
                assertEquals(place, more.address());
                assertEquals("übrig " + i, read(more));
            }
            assertEquals("tag 0", read(tags.address("tag 0")));
        }
    }

    @Test
    void tag_thatIsLong_takesNoneOfThePlaces() {
        try (TypeTags tags = new TypeTags()) {
            String longest = "x".repeat(TypeTags.LONGEST_KEPT);
            for (int i = 0; i < 2 * TypeTags.MOST_KEPT; i++) {
                assertEquals(longest + i, read(tags.address(longest + i)));
            }
            long kept = tags.address("short").address();
            tags.address(longest + "x");
            assertEquals(kept, tags.address("short").address());
            assertEquals("short", read(tags.address("short")));
        }
    }

    @Test
    void tag_thatIsRefused_isRefusedEachTime() {
        try (TypeTags tags = new TypeTags()) {
            for (String tag : new String[] {"", "a\0b", "\ud800"}) {
                assertThrows(IllegalArgumentException.class, () -> tags.address(tag));
                assertThrows(IllegalArgumentException.class, () -> tags.address(tag));
            }
        }
    }

    /** More tags than are kept, and again in another order. */
    @Test
    void tags_ofManyCalls_allReachThePlugin() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            for (int i = 0; i < 300; i++) {
                String tag = "no such " + i * 7 % 100;
                PluginException refused = assertThrows(PluginException.class, () -> plugin.call(tag, "{}"));
                assertEquals("unknown message type: " + tag, refused.pluginMessage());
                assertEquals("{\"message\":\"x\",\"length\":1}", plugin.call("echo", "{\"message\":\"x\"}"));
            }
        }
    }
}
