package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ContainerNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.ValueNode;

/** No value becomes another one on its way, whatever type takes it: it is read as it is, or refused. */
class SerdeExactnessTest {
    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(DEFAULT);

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller made the JavaType
    private static <T> T read(JsonCodec codec, String payload, JavaType type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return codec.payload("tag", body, type);
    }

    private static <T> T read(String payload, Class<T> type) {
        return read(CODEC, payload, CODEC.type(type));
    }

    private static <T> T read(String payload, TypeReference<T> type) {
        return read(CODEC, payload, CODEC.type(type));
    }

    private static String written(Object request) {
        return new String(CODEC.encode("tag", request), StandardCharsets.UTF_8);
    }

    private static JavaType type(TypeReference<?> type) {
        return CODEC.type(type);
    }

    private static JavaType type(Class<?> type) {
        return CODEC.type(type);
    }

    private static void assertRefused(String payload, JavaType type, String... wanted) {
        CodecException refused = assertThrows(CodecException.class, () -> read(CODEC, payload, type));
        for (String each : wanted) {
            assertTrue(refused.getMessage().contains(each), refused::getMessage);
        }
    }

    // ---- numbers that no double holds ----

    record Reading(OptionalDouble v) {}

    record Celsius(@JsonValue double degrees) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Celsius {}
    }

    record Weather(Celsius celsius) {}

    record Tree(JsonNode node) {}

    record Anything(Object any) {}

    record Polymorphic(
            @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
            Number any) {}

    static List<Arguments> tooLarge() {
        return List.of(
                Arguments.of("{\"v\":1e999}", type(Reading.class), "member v"),
                Arguments.of("{\"v\":\"NaN\"}", type(Reading.class), "member v"),
                Arguments.of("1e999", type(OptionalDouble.class), "1e999"),
                Arguments.of("[1,1e999]", type(new TypeReference<List<OptionalDouble>>() {}), "member [1]"),
                Arguments.of("1e999", type(Number.class), "1e999"),
                Arguments.of("-1e999", type(Number.class), "-1e999"),
                Arguments.of("{\"any\":1e999}", type(Polymorphic.class), "member any"),
                Arguments.of("[1,1e999]", type(new TypeReference<List<Number>>() {}), "member [1]"),
                Arguments.of("1e999", type(new TypeReference<Optional<Double>>() {}), "1e999"),
                Arguments.of("1e999", type(new TypeReference<AtomicReference<Float>>() {}), "1e999"),
                Arguments.of("[0,1e999]", type(new TypeReference<List<Double>>() {}), "member [1]"),
                Arguments.of("[[0],[1e999]]", type(double[][].class), "member [1][0]"),
                Arguments.of("{\"a\":1e999}", type(new TypeReference<Map<String, Double>>() {}), "member a"),
                Arguments.of("{\"1e999\":1}", type(new TypeReference<Map<Double, Integer>>() {}), "1e999"),
                Arguments.of("{\"NaN\":1}", type(new TypeReference<Map<Double, Integer>>() {}), "NaN"),
                Arguments.of("{\"1e39\":1}", type(new TypeReference<Map<Float, Integer>>() {}), "1e39"),
                Arguments.of("1e999", type(Celsius.class), "1e999"),
                Arguments.of("{\"celsius\":1e999}", type(Weather.class), "member celsius"),
                Arguments.of("1e999", type(JsonNode.class), "1e999"),
                Arguments.of("{\"node\":{\"a\":[1,{\"b\":1e999}]}}", type(Tree.class), "member node.a[1].b"),
                Arguments.of("{\"a\":1e999}", type(ObjectNode.class), "member a"),
                Arguments.of("[1e999]", type(new TypeReference<ContainerNode<?>>() {}), "member [0]"),
                Arguments.of("1e999", type(ValueNode.class), "1e999"),
                Arguments.of("1e999", type(NumericNode.class), "1e999"),
                Arguments.of("1e999", type(DoubleNode.class), "1e999"),
                Arguments.of("1e999", type(Object.class), "1e999"),
                Arguments.of("{\"any\":{\"a\":[1,{\"b\":-1e999}]}}", type(Anything.class), "member any.a[1].b"),
                Arguments.of("{\"a\":{\"b\":[1e999]}}", type(Map.class), "member a.b[0]"));
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void number_thatNoDoubleHolds_isRefusedWhateverTakesIt(String payload, JavaType type, String member) {
        assertRefused(payload, type, member, "ALLOW_NON_NUMERIC_NUMBERS", "BigDecimal");
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void number_thatNoDoubleHolds_isAnInfinityWhereTheMapperAllowsIt(String payload, JavaType type, String member) {
        JsonCodec allowing = new JsonCodec(DEFAULT.rebuild()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .build());
        Object value = read(allowing, payload, type);
        String shown = String.valueOf(value);
        assertTrue(
                shown.contains("Infinity") || shown.contains("NaN") || type.isArrayType(),
                shown + " without " + member);
    }

    /** Deeper than any stack. */
    @Test
    void number_insideOfManyLevels_isFoundAllTheSame() {
        int levels = 50_000;
        JsonCodec deep = new JsonCodec(PluginOptions.defaults()
                .withReadLimits(StreamReadConstraints.builder()
                        .maxNestingDepth(levels + 1)
                        .build())
                .mapper());
        for (Class<?> type : List.of(Object.class, JsonNode.class)) {
            assertThrows(
                    CodecException.class,
                    () -> read(deep, "[".repeat(levels) + "1e999" + "]".repeat(levels), type(type)));
            read(deep, "[".repeat(levels) + "1" + "]".repeat(levels), type(type));
        }
    }

    record Money(@JsonValue BigDecimal amount) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Money {}
    }

    record Bill(Money total) {}

    @Test
    void number_ofManyDigits_staysThatNumberInANewtype() {
        BigDecimal exact = new BigDecimal("0.12345678901234567890123456789");
        assertEquals(new Money(exact), read(exact.toString(), Money.class));
        assertEquals(new Bill(new Money(exact)), read("{\"total\":" + exact + "}", Bill.class));
        assertEquals(new Money(new BigDecimal("1e999")), read("1e999", Money.class));
        assertEquals(new Money(BigDecimal.TEN), read("10", Money.class));
        assertEquals("{\"total\":" + exact + "}", written(new Bill(new Money(exact))));
        assertEquals(new Celsius(1.5), read("1.5", Celsius.class));
        assertEquals(new Celsius(7), read("7", Celsius.class));
        assertRefused("\"7\"", type(Celsius.class), "String value ('7')");
    }

    @Test
    void number_ofAnyKind_isReadAsItIs() {
        assertEquals(OptionalDouble.of(1.5), read("1.5", OptionalDouble.class));
        assertEquals(OptionalDouble.empty(), read("null", OptionalDouble.class));
        assertEquals(1.5, read("1.5", Number.class));
        assertEquals(Map.of("a", List.of(1.5, 2)), read("{\"a\":[1.5,2]}", Object.class));
        assertEquals(
                "{\"a\":[1.5,{}]}", read("{\"a\":[1.5,{}]}", JsonNode.class).toString());
        assertEquals(Map.of(1.5, 1), read("{\"1.5\":1}", new TypeReference<Map<Double, Integer>>() {}));
    }

    @Test
    void key_thatIsNotANumber_isNotWritten() {
        CodecException refused = assertThrows(CodecException.class, () -> written(Map.of(Double.NaN, 1)));
        assertTrue(refused.getMessage().contains("NaN"), refused::getMessage);
        assertThrows(CodecException.class, () -> written(Map.of(Float.POSITIVE_INFINITY, 1)));
        assertThrows(CodecException.class, () -> written(new Keyed(Map.of(Double.NEGATIVE_INFINITY, 1))));
        assertEquals("{\"1.5\":1}", written(Map.of(1.5, 1)));
    }

    record Keyed(Map<Double, Integer> keyed) {}

    // ---- numbers that a narrower type would cut ----

    record Octet(byte b) {}

    @SuppressWarnings("ArrayRecordComponent") // what is tested
    record Octets(byte[] b) {}

    static List<Arguments> tooWide() {
        return List.of(
                Arguments.of("200", type(byte.class), "200", "short"),
                Arguments.of("128", type(Byte.class), "128", "short"),
                Arguments.of("-129", type(Byte.class), "-129", "short"),
                Arguments.of("99999999999", type(Byte.class), "99999999999", "short"),
                Arguments.of("{\"b\":200}", type(Octet.class), "member b", "200"),
                Arguments.of("[1,200]", type(Byte[].class), "member [1]", "200"),
                Arguments.of("[1,200]", type(new TypeReference<List<Byte>>() {}), "member [1]", "200"),
                Arguments.of("[1,200]", type(byte[].class), "member [1]", "int[]"),
                Arguments.of("{\"b\":[1,255]}", type(Octets.class), "member b[1]", "int[]"),
                Arguments.of("[[1],[128]]", type(byte[][].class), "member [1][0]", "int[]"),
                Arguments.of("{\"200\":1}", type(new TypeReference<Map<Byte, Integer>>() {}), "200", "short"),
                Arguments.of("{\"70000\":1}", type(new TypeReference<Map<Short, Integer>>() {}), "70000", ""),
                Arguments.of("{\"99999999999\":1}", type(new TypeReference<Map<Integer, Integer>>() {}), "9999", ""),
                Arguments.of(
                        "{\"18446744073709551615\":1}", type(new TypeReference<Map<Long, Integer>>() {}), "1844", ""),
                Arguments.of("70000", type(short.class), "70000", "long"),
                Arguments.of("[70000]", type(short[].class), "70000", "long"),
                Arguments.of("99999999999", type(AtomicInteger.class), "99999999999", "long"),
                Arguments.of("99999999999", type(OptionalInt.class), "99999999999", "long"),
                Arguments.of("18446744073709551615", type(OptionalLong.class), "18446744073709551615", "BigInteger"),
                Arguments.of("65", type(char.class), "65", ""));
    }

    @ParameterizedTest
    @MethodSource("tooWide")
    void number_thatIsTooWide_isRefused(String payload, JavaType type, String value, String wayOut) {
        assertRefused(payload, type, value, wayOut);
    }

    @Test
    void bytes_areReadAsTheyAre() {
        assertEquals(new Octet((byte) -128), read("{\"b\":-128}", Octet.class));
        assertArrayEquals(new byte[] {1, 127, -128}, read("[1,127,-128]", byte[].class));
        assertArrayEquals(new byte[] {1, -1}, read("\"Af8=\"", byte[].class));
        assertArrayEquals(new Byte[] {1, null}, read("[1,null]", Byte[].class));
        assertEquals("\"Af8=\"", written(new byte[] {1, -1}));
        assertEquals(Map.of((byte) 1, 2), read("{\"1\":2}", new TypeReference<Map<Byte, Integer>>() {}));
    }

    // ---- numbers as text ----

    record Quoted(
            @JsonFormat(shape = JsonFormat.Shape.STRING) long id,
            @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger big,
            @JsonFormat(shape = JsonFormat.Shape.STRING) double real,
            @JsonFormat(shape = JsonFormat.Shape.STRING) List<Long> all) {}

    @Test
    void number_thatIsWrittenAsText_isReadFromText() {
        Quoted quoted = new Quoted(Long.MAX_VALUE, BigInteger.TEN, 1.5, List.of(1L));
        String json = "{\"id\":\"9223372036854775807\",\"big\":\"10\",\"real\":\"1.5\",\"all\":[\"1\"]}";
        assertEquals(json, written(quoted));
        assertEquals(quoted, read(json, Quoted.class));
        assertEquals(quoted, read(json.replace("\"10\"", "10"), Quoted.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1 2", "4.7", "true", "null", "[1]", "\\\"1\\\"", "abc", "9223372036854775808"})
    void text_thatIsNoSuchNumber_isRefused(String text) {
        String json = "{\"id\":\"" + text + "\",\"big\":\"10\",\"real\":\"1.5\",\"all\":[]}";
        assertRefused(json, type(Quoted.class), "member id");
    }

    record QuotedOfAnyKind(
            @JsonFormat(shape = JsonFormat.Shape.STRING) Number number) {}

    @Test
    void numberOfAnyKind_inQuotes_isReadBack() {
        for (Number number : List.of(5, 1.5, Long.MAX_VALUE, BigInteger.TEN.pow(30))) {
            String json = written(new QuotedOfAnyKind(number));
            assertEquals("{\"number\":\"" + number + "\"}", json);
            assertEquals(new QuotedOfAnyKind(number), read(json, QuotedOfAnyKind.class));
        }
        assertEquals(new QuotedOfAnyKind(5), read("{\"number\":5}", QuotedOfAnyKind.class));
        assertRefused("{\"number\":\"1e999\"}", type(QuotedOfAnyKind.class), "member number", "1e999");
        assertRefused("{\"number\":\"x\"}", type(QuotedOfAnyKind.class), "member number");
        assertRefused("\"5\"", type(Number.class), "ALLOW_COERCION_OF_SCALARS");
    }

    // ---- tuples ----

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"x", "y"})
    record Point(double x, double y) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"a", "b"})
    record Loose(int a, Optional<String> b) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"a", "b"})
    static class Plain {
        public int a = 1;
        public int b = 2;
    }

    record Line(Point from, Point to) {}

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1.0]", "[1.0,2.0,3.0]", "[1.0,2.0,[3.0]]"})
    void tuple_ofAnotherLength_isRefused(String json) {
        int length = json.equals("[]") ? 0 : json.split(",").length;
        assertRefused(json, type(Point.class), "2 elements", "has " + length);
        assertRefused("{\"from\":[1.0,2.0],\"to\":" + json + "}", type(Line.class), "member to", "2 elements");
        assertRefused(json.replace(".0", ""), type(Plain.class), "2 elements", "has " + length);
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"width", "height"})
    record Sized(double width, double height) {
        public double getArea() {
            return width * height;
        }
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"width", "height"})
    record Unsized(double width, double height) {
        @JsonIgnore
        public double getArea() {
            return width * height;
        }
    }

    /** Its getter is written as an element, for which there is nothing to read it into. */
    @Test
    void tuple_withAGetterAlone_isRefusedAndNamesTheWayOut() {
        assertEquals("[2.0,3.0,6.0]", written(new Sized(2, 3)));
        assertRefused("[2.0,3.0,6.0]", type(Sized.class), "2 elements", "has 3", "getter", "@JsonIgnore");
        assertEquals("[2.0,3.0]", written(new Unsized(2, 3)));
        assertEquals(new Unsized(2, 3), read("[2.0,3.0]", Unsized.class));
    }

    @Test
    void tuple_withoutItsLastOption_isRefused() {
        assertRefused("[1]", type(Loose.class), "2 elements", "has 1");
        assertEquals(new Loose(1, Optional.empty()), read("[1,null]", Loose.class));
        assertEquals(new Loose(1, Optional.of("b")), read("[1,\"b\"]", Loose.class));
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
    sealed interface Drawn permits Path {}

    record Path(List<Point> points) implements Drawn {}

    /** Also where Jackson buffers, since the type comes last. */
    @Test
    void tuple_ofItsLength_isRead() {
        assertEquals(
                new Path(List.of(new Point(1, 2), new Point(3, 4))),
                read("{\"points\":[[1,2],[3,4]],\"type\":\"Path\"}", Drawn.class));
        assertRefused("{\"points\":[[1,2],[3,4,5]],\"type\":\"Path\"}", type(Drawn.class), "points[1]", "2 elements");
    }

    // ---- tags that are members too ----

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "type")
    sealed interface Figure permits Disc, Box {}

    record Disc(String type, double radius) implements Figure {}

    record Box(String type, double side) implements Figure {}

    @Test
    void tag_thatIsAMember_isRead() {
        String json = "{\"type\":\"Disc\",\"radius\":1.0}";
        assertEquals(new Disc("Disc", 1), read(json, Figure.class));
        assertEquals(json, written(new Disc("Disc", 1)));
    }

    // ---- times ----

    record Times(Instant at) {}

    record Patterned(@JsonFormat(pattern = "yyyyMMdd") LocalDate day) {}

    static List<Arguments> notTimes() {
        return List.of(
                Arguments.of("{\"at\":\"170000\"}", type(Times.class), "member at", "\"170000\""),
                Arguments.of("\"170000.5\"", type(Instant.class), "\"170000.5\"", "number"),
                Arguments.of("\"-5\"", type(OffsetDateTime.class), "\"-5\"", "number"),
                Arguments.of("\"170000\"", type(Date.class), "\"170000\"", "number"),
                Arguments.of("\"2026-01-02T23:30:00Z\"", type(LocalDate.class), "2026-01-02T", "Instant"),
                Arguments.of("\"2026-01-02T23:30:00Z\"", type(LocalDateTime.class), "2026-01-02T", "Instant"));
    }

    @ParameterizedTest
    @MethodSource("notTimes")
    void text_thatWouldLoseMeaningAsATime_isRefused(String payload, JavaType type, String one, String other) {
        assertRefused(payload, type, one, other);
    }

    @Test
    void times_areReadAsTheyAre() {
        assertEquals(new Times(Instant.ofEpochSecond(170_000)), read("{\"at\":170000}", Times.class));
        assertEquals(new Patterned(LocalDate.of(2026, 1, 2)), read("{\"day\":\"20260102\"}", Patterned.class));
        OffsetDateTime moment = OffsetDateTime.parse("2026-01-02T10:00:00+02:00");
        assertEquals(moment, read("\"2026-01-02T10:00:00+02:00\"", OffsetDateTime.class), "its offset too");
        assertEquals("\"2026-01-02T10:00:00+02:00\"", written(moment));
        assertEquals(LocalDate.of(2026, 1, 2), read("\"2026-01-02\"", LocalDate.class));
        assertEquals(LocalDateTime.of(2026, 1, 2, 23, 30), read("\"2026-01-02T23:30:00\"", LocalDateTime.class));
    }

    // ---- texts ----

    @Test
    void number_isNotTextForWhatIsReadFromText() {
        assertRefused("1", type(URI.class), "(1)", "URI");
        assertRefused("true", type(StringBuilder.class), "(true)", "StringBuilder");
        assertEquals(URI.create("a:b"), read("\"a:b\"", URI.class));
    }

    // ---- members that must be there ----

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    record Tolerant(int cents) {}

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties("oldSecret")
    record Partly(int cents, @JsonProperty("oldSecret") String oldSecret) {}

    @com.fasterxml.jackson.annotation.JsonIncludeProperties({"user_id"})
    record Only(int userId, String secret) {}

    @Test
    void member_ofATypeThatIgnoresOthers_isMissedAllTheSame() {
        assertRefused("{}", type(Tolerant.class), "member cents");
        assertRefused("{}", type(Partly.class), "member cents");
        assertRefused("{}", type(Only.class), "member user_id");
        assertEquals(new Tolerant(1), read("{\"cents\":1,\"more\":2}", Tolerant.class));
        assertEquals(new Partly(1, null), read("{\"cents\":1,\"oldSecret\":\"x\"}", Partly.class));
        assertEquals(new Only(1, null), read("{\"user_id\":1}", Only.class));
    }

    record Mixed(String note, int id) {}

    /** A mix-in for a class that is not one's own. */
    abstract static class Mixin {
        @JsonCreator
        Mixin(@SerdeStrictnessTest.Nullable String note, int id) {}
    }

    @Test
    void member_thatAMixInCallsNullable_mayBeMissing() {
        JsonCodec mixed = new JsonCodec(
                DEFAULT.rebuild().addMixIn(Mixed.class, Mixin.class).build());
        assertEquals(new Mixed(null, 1), read(mixed, "{\"id\":1}", type(Mixed.class)));
        assertRefused("{\"id\":1}", type(Mixed.class), "member note");
    }

    // ---- ways out ----

    @Test
    void wayOut_isNamedOnlyWhereItLeadsOut() {
        for (CodecException refused : List.of(
                assertThrows(CodecException.class, () -> read("\" \"", Integer.class)),
                assertThrows(CodecException.class, () -> read("\"ab\"", char.class)),
                assertThrows(CodecException.class, () -> read("\"\uD83D\uDE00\"", char.class)))) {
            assertTrue(!refused.getMessage().contains("ALLOW_COERCION_OF_SCALARS"), refused::getMessage);
        }
        assertRefused("\"\uD83D\uDE00\"", type(char.class), "String");
    }
}
