package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Answer;
import dev.turnstile.testing.ScriptedPlugin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON has no NaN and no infinities, and serde reads none: none is sent, and none comes from a response. */
class SerdeNumbersTest {
    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(DEFAULT);

    private static String written(JsonCodec codec, Object request) {
        return new String(codec.encode("tag", request), StandardCharsets.UTF_8);
    }

    private static <T> T read(JsonCodec codec, String payload, Class<T> type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return codec.payload("tag", body, codec.type(type));
    }

    // ---- requests ----

    record Price(double total) {}

    record Prices(List<Price> items) {}

    record Single(float value) {}

    record Boxed(Double value) {}

    @SuppressWarnings("ArrayRecordComponent") // what is tested
    record Weights(double[] weights, float[] more) {}

    record Maybe(OptionalDouble value) {}

    record Streamed(DoubleStream values) {}

    static List<Arguments> requests() {
        return List.of(
                Arguments.of(new Price(Double.NaN), "member total", "NaN"),
                Arguments.of(new Price(Double.POSITIVE_INFINITY), "member total", "Infinity"),
                Arguments.of(
                        new Prices(List.of(new Price(1), new Price(Double.NEGATIVE_INFINITY))),
                        "member items[1].total",
                        "-Infinity"),
                Arguments.of(new Single(Float.NaN), "member value", "NaN"),
                Arguments.of(new Boxed(Double.NaN), "member value", "NaN"),
                Arguments.of(new Weights(new double[] {1, Double.NaN}, new float[0]), "member weights", "NaN"),
                Arguments.of(new Weights(new double[0], new float[] {1, Float.NaN}), "member more", "NaN"),
                Arguments.of(new Maybe(OptionalDouble.of(Double.NaN)), "member value", "NaN"),
                Arguments.of(new Streamed(DoubleStream.of(Double.NaN)), "member values", "NaN"),
                Arguments.of(Map.of("a", Map.of("b", Double.NaN)), "member a.b", "NaN"),
                Arguments.of(Map.of("a", List.of(JsonNodeFactory.instance.numberNode(Double.NaN))), "member a", "NaN"),
                Arguments.of(List.of(0, Double.NaN), "member [1]", "NaN"),
                Arguments.of(Double.NaN, "", "NaN"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request_withANumberThatJsonHasNot_isRefusedAndNamesTheMember(Object request, String member, String value) {
        CodecException refused = assertThrows(CodecException.class, () -> written(CODEC, request));
        assertFalse(refused.pluginRan());
        for (String wanted : List.of("request for tag", member, value, "JsonWriteFeature.WRITE_NAN_AS_STRINGS")) {
            assertTrue(refused.getMessage().contains(wanted), refused::getMessage);
        }
    }

    @Test
    void request_withANumberThatJsonHasNot_neverReachesThePlugin() throws Exception {
        try (ScriptedPlugin script = new ScriptedPlugin()) {
            script.answer("price", Answer.json("1"));
            try (SynchronizedPlugin plugin = script.open()) {
                assertThrows(CodecException.class, () -> plugin.call("price", new Price(Double.NaN), Integer.class));
                assertThrows(CodecException.class, () -> plugin.call("price", Map.of("total", Double.NaN)));
                assertEquals(List.of(), script.calls());
            }
        }
    }

    /** Whatever writes them. */
    @Test
    void request_withFiniteNumbers_isWrittenAsEver() {
        assertEquals(
                "{\"weights\":[1.5,-0.0,1.7976931348623157E308],\"more\":[0.1]}",
                written(CODEC, new Weights(new double[] {1.5, -0.0, Double.MAX_VALUE}, new float[] {0.1f})));
        assertEquals("{\"value\":2.5}", written(CODEC, new Maybe(OptionalDouble.of(2.5))));
        assertEquals("{\"values\":[1.0,2.0]}", written(CODEC, new Streamed(DoubleStream.of(1, 2))));
        assertEquals("[[1],[2,3],[1.0]]", written(CODEC, new Object[] {new int[] {1}, new long[] {2, 3}, List.of(1.0)
        }));
    }

    record Wrapped(Object inside) {}

    /** Also what a serializer of the user's hands back to Jackson. */
    @Test
    void request_withASerializerOfOnesOwn_isRefusedAllTheSame() {
        SimpleModule module = new SimpleModule().addSerializer(Wrapped.class, new ValueSerializer<Wrapped>() {
            @Override
            public void serialize(Wrapped value, JsonGenerator json, SerializationContext context) {
                json.writePOJO(value.inside());
            }
        });
        JsonCodec codec = new JsonCodec(DEFAULT.rebuild().addModule(module).build());
        assertEquals("{\"total\":1.5}", written(codec, new Wrapped(new Price(1.5))));
        assertThrows(CodecException.class, () -> written(codec, new Wrapped(new Price(Double.NaN))));
    }

    @Test
    void request_withNaNWhereTheMapperWritesIt_isWrittenByIt() {
        JsonCodec codec = new JsonCodec(
                DEFAULT.rebuild().enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build());
        assertEquals("{\"total\":\"NaN\"}", written(codec, new Price(Double.NaN)));
    }

    // ---- responses ----

    static List<Arguments> responses() {
        return List.of(
                Arguments.of("{\"total\":1e999}", Price.class, "member total", "1e999"),
                Arguments.of("{\"total\":-1e999}", Price.class, "member total", "-1e999"),
                Arguments.of("{\"total\":\"NaN\"}", Price.class, "member total", "NaN"),
                Arguments.of(
                        "{\"items\":[{\"total\":1},{\"total\":1e400}]}",
                        Prices.class,
                        "member items[1].total",
                        "1e400"),
                Arguments.of("{\"value\":1e39}", Single.class, "member value", "1e39"),
                Arguments.of("{\"value\":\"Infinity\"}", Single.class, "member value", "Infinity"),
                Arguments.of("{\"value\":1e999}", Boxed.class, "member value", "1e999"),
                Arguments.of("{\"weights\":[1,1e999],\"more\":[]}", Weights.class, "member weights[1]", "Infinity"),
                Arguments.of("{\"weights\":[],\"more\":[0,1e39]}", Weights.class, "member more[1]", "Infinity"),
                Arguments.of("1e999", double.class, "", "1e999"),
                Arguments.of("1e999", Double.class, "", "1e999"),
                Arguments.of("1e39", float.class, "", "1e39"));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void response_withANumberBeyondItsType_isRefusedAndNamesTheMember(
            String payload, Class<?> type, String member, String value) {
        CodecException refused = assertThrows(CodecException.class, () -> read(CODEC, payload, type));
        assertTrue(refused.pluginRan());
        for (String wanted : List.of("response of tag", member, value, "ALLOW_NON_NUMERIC_NUMBERS")) {
            assertTrue(refused.getMessage().contains(wanted), refused::getMessage);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-0.0", "1e308", "4.9E-324", "1e-999", "123456789012345678901234567890"})
    void response_withANumberInsideItsType_isRead(String number) {
        assertEquals(
                Double.parseDouble(number),
                read(CODEC, "{\"total\":" + number + "}", Price.class).total());
        assertEquals(
                Double.parseDouble(number),
                read(CODEC, "{\"weights\":[" + number + "],\"more\":[]}", Weights.class)
                        .weights()[0]);
        assertEquals(
                Double.parseDouble(number),
                read(CODEC, "{\"value\":" + number + "}", Boxed.class).value());
        if (!number.equals("1e308")) {
            assertEquals(
                    Float.parseFloat(number),
                    read(CODEC, "{\"value\":" + number + "}", Single.class).value());
            assertEquals(
                    Float.parseFloat(number),
                    read(CODEC, "{\"weights\":[],\"more\":[" + number + "]}", Weights.class)
                            .more()[0]);
        }
    }

    @Test
    void response_withInfinityWhereTheMapperReadsIt_isReadByIt() {
        JsonCodec codec = new JsonCodec(DEFAULT.rebuild()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build());
        assertEquals(
                Double.POSITIVE_INFINITY,
                read(codec, "{\"total\":1e999}", Price.class).total());
        assertEquals(Double.NaN, read(codec, "{\"total\":NaN}", Price.class).total());
    }
}
