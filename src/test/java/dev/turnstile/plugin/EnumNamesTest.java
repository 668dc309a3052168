package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

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

    /** The names are those of constants, but as a key each has its own. */
    enum Keyed {
        m,
        M;

        @JsonKey
        String key() {
            return this == m ? "milli" : "mega";
        }
    }

    enum Created {
        A1,
        a1;

        @JsonCreator
        static Created of(String name) {
            return valueOf(name);
        }
    }

    enum OfTheUsers {
        m,
        M
    }

    @Test
    void constantsThatOthersName_areLeftToThem() {
        assertEquals("{\"mega\":1}", written(Map.of(Keyed.M, 1)));
        assertRefused(() -> written(Keyed.M), "Keyed", "@JsonProperty");
        assertEquals(Map.of(Created.A1, 1), read("{\"A1\":1}", new TypeReference<Map<Created, Integer>>() {}));
        assertEquals(Created.A1, read("\"A1\"", new TypeReference<Created>() {}));
        assertRefused(() -> written(Map.of(Created.A1, 1)), "A1", "a1");
    }

    private static <T> ValueSerializer<T> named(Function<T, String> name) {
        return new ValueSerializer<>() {
            @Override
            public void serialize(T key, JsonGenerator json, SerializationContext context) {
                json.writeName(name.apply(key));
            }
        };
    }

    @Test
    void keys_thatAUsersModuleWritesOrReads_areLeftToIt() {
        SimpleModule module = new SimpleModule()
                .addKeySerializer(
                        OfTheUsers.class,
                        EnumNamesTest.<OfTheUsers>named(key -> key == OfTheUsers.m ? "milli" : "mega"))
                .addKeySerializer(Double.class, EnumNamesTest.<Double>named(key -> "k" + key))
                .addKeyDeserializer(OfTheUsers.class, new KeyDeserializer() {
                    @Override
                    public Object deserializeKey(String key, DeserializationContext context) {
                        return key.equals("milli") ? OfTheUsers.m : OfTheUsers.M;
                    }
                });
        JsonMapper mapper =
                PluginOptions.defaults().mapper().rebuild().addModule(module).build();
        assertEquals("{\"milli\":1}", mapper.writeValueAsString(Map.of(OfTheUsers.m, 1)));
        assertEquals(
                Map.of(OfTheUsers.M, 1),
                mapper.readValue("{\"mega\":1}", new TypeReference<Map<OfTheUsers, Integer>>() {}));
        assertEquals("{\"kNaN\":1}", mapper.writeValueAsString(Map.of(Double.NaN, 1)));
    }

    /** Jackson reads keys by it, too. */
    @Test
    void keys_ofAnEnumThatAUsersModuleReads_areLeftToIt() {
        SimpleModule module = new SimpleModule().addDeserializer(OfTheUsers.class, new ValueDeserializer<OfTheUsers>() {
            @Override
            public OfTheUsers deserialize(JsonParser json, DeserializationContext context) {
                return json.getString().equals("milli") ? OfTheUsers.m : OfTheUsers.M;
            }
        });
        JsonMapper mapper =
                PluginOptions.defaults().mapper().rebuild().addModule(module).build();
        assertEquals(
                Map.of(OfTheUsers.M, 1),
                mapper.readValue("{\"mega\":1}", new TypeReference<Map<OfTheUsers, Integer>>() {}));
    }
}
