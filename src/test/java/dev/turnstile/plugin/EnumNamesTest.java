package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.core.type.TypeReference;

/** Two constants of an enum never have one name: they would be one constant to the other side. */
class EnumNamesTest {
    private static final JsonCodec CODEC =
            new JsonCodec(PluginOptions.defaults().mapper());

    private static <T> T read(String payload, TypeReference<T> type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return CODEC.payload("tag", body, CODEC.type(type));
    }

    private static String written(Object request) {
        return new String(CODEC.encode("tag", request), StandardCharsets.UTF_8);
    }

    private static void assertRefused(Executable use, String... wanted) {
        CodecException refused = assertThrows(CodecException.class, use);
        for (String each : wanted) {
            assertTrue(refused.getMessage().contains(each), refused::getMessage);
        }
    }

    enum Written {
        RED,
        LIGHT_BLUE,
        LightBlue
    }

    enum Read {
        RED,
        LIGHT_BLUE,
        LightBlue
    }

    enum Key {
        A_B,
        aB
    }

    enum ReadKey {
        A_B,
        aB
    }

    enum Renamed {
        @JsonProperty("red")
        CRIMSON,
        RED
    }

    enum InMap {
        A_B,
        aB
    }

    enum InSet {
        A_B,
        aB
    }

    private static final String[] CONSTANTS = {
        "LIGHT_BLUE", "LightBlue", "light_blue", "@JsonProperty", "EnumNamesTest$"
    };

    @Test
    void constantsOfOneName_areRefusedAtFirstUse() {
        assertRefused(() -> written(Written.RED), CONSTANTS);
        assertRefused(() -> written(Written.RED), CONSTANTS);
        assertRefused(() -> read("\"red\"", new TypeReference<Read>() {}), CONSTANTS);
        assertRefused(() -> read("\"red\"", new TypeReference<Renamed>() {}), "CRIMSON", "RED", "@JsonProperty");
        assertRefused(() -> written(Renamed.RED), "CRIMSON", "RED", "@JsonProperty");
    }

    @Test
    void constantsOfOneName_areRefusedAsKeysAndElements() {
        assertRefused(() -> written(Map.of(Key.aB, 1)), "A_B", "aB");
        assertRefused(() -> read("{\"a_b\":1}", new TypeReference<Map<ReadKey, Integer>>() {}), "A_B", "aB");
        assertRefused(() -> written(new EnumMap<>(Map.of(InMap.aB, 1))), "A_B", "aB");
        assertRefused(() -> written(EnumSet.of(InSet.aB)), "A_B", "aB");
        assertRefused(() -> read("{\"a_b\":1}", new TypeReference<EnumMap<InMap, Integer>>() {}), "A_B", "aB");
        assertRefused(() -> read("[\"a_b\"]", new TypeReference<EnumSet<InSet>>() {}), "A_B", "aB");
    }

    enum Parted {
        LIGHT_BLUE,
        @JsonProperty("light-blue")
        LightBlue
    }

    enum Valued {
        A_B,
        aB;

        @JsonValue
        String value() {
            return name();
        }
    }

    @Test
    void constantsOfTwoNames_areReadAndWritten() {
        assertEquals("[\"light_blue\",\"light-blue\"]", written(Parted.values()));
        assertEquals(List.of(Parted.LightBlue), read("[\"light-blue\"]", new TypeReference<List<Parted>>() {}));
        assertEquals("[\"A_B\",\"aB\"]", written(Valued.values()));
        assertEquals(Valued.aB, read("\"aB\"", new TypeReference<Valued>() {}));
        assertEquals("{\"aB\":1}", written(Map.of(Valued.aB, 1)));
        assertEquals(Map.of(Valued.aB, 1), read("{\"aB\":1}", new TypeReference<Map<Valued, Integer>>() {}));
    }
}
