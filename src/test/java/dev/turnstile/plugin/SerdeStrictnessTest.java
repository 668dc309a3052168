package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.OptBoolean;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.ScriptedPlugin;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** A typed response is read as it is or not at all: what does not fit fails, with the member, the value and the way out. */
class SerdeStrictnessTest {
    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(DEFAULT);

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller made the JavaType
    private static <T> T read(JsonCodec codec, String payload, JavaType type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return codec.payload("tag", body, type);
    }

    private static <T> T read(JsonCodec codec, String payload, Class<T> type) {
        return read(codec, payload, codec.type(type));
    }

    private static void assertRefused(String payload, JavaType type, String... wanted) {
        CodecException refused = assertThrows(CodecException.class, () -> read(CODEC, payload, type));
        assertTrue(refused.pluginRan());
        assertTrue(refused.getMessage().startsWith("The response of tag cannot be read as "), refused::getMessage);
        for (String each : wanted) {
            assertTrue(refused.getMessage().contains(each), refused::getMessage);
        }
    }

    // ---- values of another kind ----

    record Price(int cents) {}

    record Prices(List<Price> items, Map<String, Price> named) {}

    @SuppressWarnings("ArrayRecordComponent") // what is tested
    record Numbers(
            @Nullable Long big,
            @Nullable BigInteger huge,
            @Nullable AtomicLong counter,
            Optional<Integer> maybe,
            OptionalInt perhaps,
            OptionalLong more,
            short[] array) {}

    @SuppressWarnings("ArrayRecordComponent") // what is tested
    record Texts(
            @Nullable String text,
            List<String> list,
            String[] array,
            Map<String, String> map,
            Optional<String> maybe) {}

    record Flags(boolean on) {}

    record Moment(Instant at) {}

    record Id(UUID id) {}

    record Holder(Optional<Price> price, List<Price> list) {}

    record Floats(
            double value, OptionalDouble maybe, @Nullable BigDecimal exact) {}

    private static final String FLOAT = "DeserializationFeature.ACCEPT_FLOAT_AS_INT";
    private static final String SCALAR = "MapperFeature.ALLOW_COERCION_OF_SCALARS";
    private static final String TEXT = "LogicalType.Textual";
    private static final String COERCION = "CoercionConfig";

    static List<Arguments> misfits() {
        return List.of(
                // a fraction into a whole number
                Arguments.of("{\"cents\":4.7}", Price.class, "member cents", "4.7", FLOAT),
                Arguments.of("{\"cents\":4.0}", Price.class, "member cents", "4.0", FLOAT),
                Arguments.of("{\"cents\":1e2}", Price.class, "member cents", "1e2", FLOAT),
                Arguments.of("{\"big\":4.7}", Numbers.class, "member big", "4.7", FLOAT),
                Arguments.of("{\"huge\":4.7}", Numbers.class, "member huge", "4.7", FLOAT),
                Arguments.of("{\"counter\":4.7}", Numbers.class, "member counter", "4.7", FLOAT),
                Arguments.of("{\"maybe\":4.7}", Numbers.class, "member maybe", "4.7", FLOAT),
                Arguments.of("{\"perhaps\":4.7}", Numbers.class, "member perhaps", "4.7", FLOAT),
                Arguments.of("{\"more\":4.7}", Numbers.class, "member more", "4.7", FLOAT),
                Arguments.of("{\"array\":[1,4.7]}", Numbers.class, "member array[1]", "4.7", FLOAT),
                Arguments.of("4.7", Integer.class, "", "4.7", FLOAT),
                Arguments.of("[1,4.7]", int[].class, "member [1]", "4.7", FLOAT),
                // inside of others
                Arguments.of(
                        "{\"items\":[{\"cents\":1},{\"cents\":4.7}],\"named\":{}}",
                        Prices.class,
                        "member items[1].cents",
                        "4.7",
                        FLOAT),
                Arguments.of(
                        "{\"items\":[],\"named\":{\"a b\":{\"cents\":4.7}}}",
                        Prices.class,
                        "member named.a b.cents",
                        "4.7",
                        FLOAT),
                // text into another kind
                Arguments.of("{\"cents\":\"42\"}", Price.class, "member cents", "\"42\"", SCALAR),
                Arguments.of("{\"cents\":\"\"}", Price.class, "member cents", "\"\"", COERCION),
                Arguments.of("{\"big\":\"42\"}", Numbers.class, "member big", "\"42\"", SCALAR),
                Arguments.of("{\"big\":\"\"}", Numbers.class, "member big", "\"\"", COERCION),
                Arguments.of("{\"counter\":\"42\"}", Numbers.class, "member counter", "\"42\"", SCALAR),
                Arguments.of("{\"perhaps\":\"42\"}", Numbers.class, "member perhaps", "\"42\"", SCALAR),
                Arguments.of("{\"more\":\"42\"}", Numbers.class, "member more", "\"42\"", SCALAR),
                Arguments.of("{\"value\":\"1.5\"}", Floats.class, "member value", "\"1.5\"", SCALAR),
                Arguments.of("{\"value\":1,\"maybe\":\"1.5\"}", Floats.class, "member maybe", "\"1.5\"", SCALAR),
                Arguments.of("{\"value\":1,\"exact\":\"1.5\"}", Floats.class, "member exact", "\"1.5\"", SCALAR),
                Arguments.of("{\"on\":\"true\"}", Flags.class, "member on", "\"true\"", SCALAR),
                Arguments.of("{\"at\":\"\"}", Moment.class, "member at", "\"\"", COERCION),
                Arguments.of("{\"id\":\"\"}", Id.class, "member id", "\"\"", COERCION),
                Arguments.of("{\"price\":\"\",\"list\":[]}", Holder.class, "member price", "\"\"", COERCION),
                Arguments.of("{\"list\":\"\",\"price\":null}", Holder.class, "member list", "String", "List"),
                // a number or a boolean into another kind
                Arguments.of("{\"on\":1}", Flags.class, "member on", "1", SCALAR),
                Arguments.of("{\"cents\":true}", Price.class, "member cents", "Boolean", "int"),
                Arguments.of("{\"text\":1}", Texts.class, "member text", "(1)", TEXT),
                Arguments.of("{\"text\":1.5}", Texts.class, "member text", "(1.5)", TEXT),
                Arguments.of("{\"text\":true}", Texts.class, "member text", "(true)", TEXT),
                Arguments.of("{\"list\":[\"a\",1]}", Texts.class, "member list[1]", "(1)", TEXT),
                Arguments.of("{\"array\":[\"a\",1]}", Texts.class, "member array[1]", "(1)", TEXT),
                Arguments.of("{\"map\":{\"a\":1}}", Texts.class, "member map.a", "(1)", TEXT),
                Arguments.of("{\"maybe\":1}", Texts.class, "member maybe", "(1)", TEXT),
                Arguments.of("42", String.class, "", "(42)", TEXT),
                // a number too large
                Arguments.of("{\"cents\":99999999999}", Price.class, "member cents", "99999999999", "long"),
                Arguments.of(
                        "{\"big\":18446744073709551615}",
                        Numbers.class,
                        "member big",
                        "18446744073709551615",
                        "BigInteger"),
                Arguments.of("{\"perhaps\":99999999999}", Numbers.class, "member perhaps", "99999999999", "long"),
                Arguments.of("{\"array\":[70000]}", Numbers.class, "member array[0]", "70000", "short"),
                Arguments.of("{\"maybe\":99999999999}", Numbers.class, "member maybe", "99999999999", "int"),
                // null into a primitive
                Arguments.of(
                        "{\"cents\":null}",
                        Price.class,
                        "member cents",
                        "null",
                        "DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES"),
                Arguments.of("{\"on\":null}", Flags.class, "member on", "null", "FAIL_ON_NULL_FOR_PRIMITIVES"),
                Arguments.of("{\"value\":null}", Floats.class, "member value", "null", "FAIL_ON_NULL_FOR_PRIMITIVES"),
                Arguments.of("[1,null]", int[].class, "member [1]", "null", "FAIL_ON_NULL_FOR_PRIMITIVES"),
                // an object or an array into a scalar, and the other way round
                Arguments.of("{\"cents\":[]}", Price.class, "member cents", "Array", "int"),
                Arguments.of("{\"cents\":[4]}", Price.class, "member cents", "Array", "int"),
                Arguments.of("{\"text\":{}}", Texts.class, "member text", "Object", "String"),
                Arguments.of("{\"list\":{}}", Texts.class, "member list", "Object", "List"),
                Arguments.of("{\"list\":\"a\"}", Texts.class, "member list", "String", "List"),
                Arguments.of("[]", Price.class, "", "Array", "Price"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void value_thatDoesNotFit_isRefusedWithMemberValueAndWayOut(
            String payload, Class<?> type, String member, String value, String wayOut) {
        // What else a record has is given, unless the test is about it.
        assertRefused(complete(payload, type), CODEC.type(type), member, value, wayOut);
    }

    private static String complete(String payload, Class<?> type) {
        Map<Class<?>, String> rest =
                Map.of(Numbers.class, "\"array\":[],", Texts.class, "\"list\":[],\"array\":[],\"map\":{},");
        // The last of two members of a name counts.
        return rest.containsKey(type) ? "{" + rest.get(type) + payload.substring(1) : payload;
    }

    /** Its ends tell what it is. */
    @Test
    void value_thatIsLong_isShortenedInTheMessage() {
        String text = "\"begin" + "x".repeat(1_000_000) + "end\"";
        CodecException refused = assertThrows(
                CodecException.class,
                () -> read(
                        CODEC,
                        "{\"named\":{" + text.replace("x".repeat(960_000), "") + ":{\"cents\":" + text + "}}}",
                        Prices.class));
        assertTrue(
                refused.getMessage().length() < 2_000,
                () -> refused.getMessage().length() + " characters");
        assertTrue(refused.getMessage().contains("member named.begin"), refused::getMessage);
        assertTrue(refused.getMessage().contains("end.cents"), refused::getMessage);
    }

    // ---- values of the right kind ----

    @Test
    void value_thatFits_isRead() {
        Floats floats = read(CODEC, "{\"value\":4,\"maybe\":7,\"exact\":1E+400}", Floats.class);
        assertEquals(
                new Floats(4, OptionalDouble.of(7), new BigDecimal("1E+400")), floats, "a whole number is a number");
        assertEquals(new Price(Integer.MIN_VALUE), read(CODEC, "{\"cents\":-2147483648}", Price.class));
        assertEquals("", read(CODEC, "\"\"", String.class));
        assertEquals(new Moment(Instant.EPOCH), read(CODEC, "{\"at\":\"1970-01-01T00:00:00Z\"}", Moment.class));
        assertEquals(
                Map.of(1, "a"), read(CODEC, "{\"1\":\"a\"}", CODEC.type(new TypeReference<Map<Integer, String>>() {})));
    }

    @Test
    void member_thatTheTypeDoesNotHave_isDropped() {
        assertEquals(new Price(1), read(CODEC, "{\"new\":{\"a\":[]},\"cents\":1,\"zzz\":2}", Price.class));
    }

    // ---- missing members ----

    record Item(String name, int count, List<String> tags) {}

    static final class Made {
        @JsonCreator
        Made(@JsonProperty("name") String name) {
            throw new AssertionError("made without a name: " + name);
        }
    }

    static List<Arguments> incomplete() {
        return List.of(
                Arguments.of("{}", Item.class, "member name"),
                Arguments.of("{\"name\":\"a\",\"tags\":[]}", Item.class, "member count"),
                Arguments.of("{\"name\":\"a\",\"count\":1}", Item.class, "member tags"),
                Arguments.of("{\"Name\":\"a\",\"count\":1,\"tags\":[]}", Item.class, "member name"),
                Arguments.of(
                        "[{\"name\":\"a\",\"count\":1,\"tags\":[]},{\"name\":\"a\"}]",
                        Item[].class,
                        "member [1].count"),
                Arguments.of("{}", Made.class, "member name"));
    }

    @ParameterizedTest
    @MethodSource("incomplete")
    void member_thatIsMissing_isNamedAndSoAreTheWaysToLeaveItOut(String payload, Class<?> type, String member) {
        assertRefused(
                payload,
                CODEC.type(type),
                member,
                "Missing",
                "Optional",
                "@Nullable",
                "@JsonProperty(isRequired = OptBoolean.FALSE)",
                "@JsonNaming");
    }

    /** A plugin with rename_all = "camelCase" priced everything at 0. */
    @Test
    void member_inAnotherNamingConvention_isMissing() throws Exception {
        record Quote(int unitPrice) {}
        try (ScriptedPlugin script = new ScriptedPlugin()) {
            script.answer("quote", Answer.json("{\"unitPrice\":7}"));
            try (SynchronizedPlugin plugin = script.open()) {
                CodecException refused =
                        assertThrows(CodecException.class, () -> plugin.call("quote", Map.of(), Quote.class));
                assertTrue(refused.getMessage().contains("unit_price"), refused::getMessage);
                assertTrue(refused.pluginRan());
            }
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Nullable {}

    record Lenient(
            Optional<String> optional,
            OptionalInt number,
            OptionalLong more,
            OptionalDouble real,
            @Nullable String declared,
            @org.jspecify.annotations.Nullable String typed,
            @JsonProperty(isRequired = OptBoolean.FALSE) String said) {}

    @Test
    void member_thatMayBeMissing_isEmptyOrNull() {
        Lenient nothing = new Lenient(
                Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty(), null, null, null);
        assertEquals(nothing, read(CODEC, "{}", Lenient.class));
        assertEquals(
                nothing,
                read(
                        CODEC,
                        "{\"optional\":null,\"number\":null,\"more\":null,\"real\":null,\"declared\":null,\"typed\":null}",
                        Lenient.class));
    }

    /** What may be missing is still strict. */
    @Test
    void member_thatMayBeMissing_isReadAsStrictly() {
        assertRefused("{\"number\":4.7}", CODEC.type(Lenient.class), "member number", "4.7");
        assertRefused("{\"typed\":4}", CODEC.type(Lenient.class), "member typed", "(4)");
    }

    static final class Settings {
        private int retries = 3;

        public void setRetries(int value) {
            retries = value;
        }
    }

    /** As with #[serde(default)]. */
    @Test
    void member_withASetter_keepsItsValueIfMissing() {
        assertEquals(3, read(CODEC, "{}", Settings.class).retries);
        assertEquals(5, read(CODEC, "{\"retries\":5}", Settings.class).retries);
        assertRefused("{\"retries\":4.7}", CODEC.type(Settings.class), "member retries", "4.7");
    }

    // ---- settings ----

    private static JsonCodec codec(JsonMapper.Builder mapper) {
        return new JsonCodec(mapper.build());
    }

    /** Each setting that a message names does what the message says. */
    @Test
    void settings_thatTheMessagesName_allowWhatWasRefused() {
        assertEquals(
                new Price(4),
                read(
                        codec(DEFAULT.rebuild().enable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)),
                        "{\"cents\":4.7}",
                        Price.class));
        assertEquals(
                new Price(42),
                read(
                        codec(DEFAULT.rebuild().enable(MapperFeature.ALLOW_COERCION_OF_SCALARS)),
                        "{\"cents\":\"42\"}",
                        Price.class));
        assertEquals(
                new Price(0),
                read(
                        codec(DEFAULT.rebuild().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)),
                        "{\"cents\":null}",
                        Price.class));
        assertEquals(
                "42",
                read(
                        codec(DEFAULT.rebuild()
                                .withCoercionConfig(
                                        LogicalType.Textual,
                                        text -> text.setCoercion(
                                                CoercionInputShape.Integer, CoercionAction.TryConvert))),
                        "42",
                        String.class));
    }

    /** What the default mapper lets pass, and what refuses it. */
    @Test
    void settings_thatAreStricter_refuseWhatWasAllowed() {
        JsonCodec known = codec(DEFAULT.rebuild().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        assertThrows(CodecException.class, () -> read(known, "{\"cents\":1,\"zzz\":2}", Price.class));
        String twice = "{\"cents\":1,\"cents\":2}";
        assertEquals(new Price(2), read(CODEC, twice, Price.class));
        JsonCodec once = codec(DEFAULT.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION));
        assertThrows(CodecException.class, () -> read(once, twice, Price.class));
    }

    /** The mapper of one's own that is as lenient as Jackson: its messages say nothing of ours. */
    @Test
    void mapper_ofOnesOwn_isAsLenientAsItIs() {
        JsonCodec lenient = codec(JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
        assertEquals(new Price(4), read(lenient, "{\"cents\":4.7}", Price.class));
        assertEquals(new Price(42), read(lenient, "{\"cents\":\"42\"}", Price.class));
        assertEquals("42", read(lenient, "42", String.class));
        assertEquals(new Item(null, 0, null), read(lenient, "{}", Item.class));
    }

    // ---- what Jackson is told to leave out ----

    @JsonIgnoreProperties("secret")
    record Ignoring(int id, String secret) {}

    record Computed(
            int id,

            @JsonProperty(access = JsonProperty.Access.READ_ONLY)
            String computed) {}

    record Written(@Nullable String note, int id) {
        public Written(String note, int id) {
            this.note = note;
            this.id = id;
        }
    }

    @Test
    void memberThatIsLeftOut_mayBeMissing() {
        assertEquals(new Ignoring(1, null), SerdeMapper.shared().readValue("{\"id\":1}", Ignoring.class));
        assertEquals(new Computed(1, null), SerdeMapper.shared().readValue("{\"id\":1}", Computed.class));
        assertEquals(new Written(null, 1), SerdeMapper.shared().readValue("{\"id\":1}", Written.class));
    }
}
