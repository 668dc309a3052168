package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Each row of the guide's table: its JSON is read as its Java, and written by it. */
class SerdeTableTest {
    private static final Path GUIDE = Path.of("src/site/markdown/guides/json.md");
    private static final Path HERE = Path.of("src/test/java/dev/turnstile/plugin/SerdeTableTest.java");

    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();

    // ---- the Java of the table ----

    record User(int userId, String sha256Sum) {}

    record Renamed(@JsonProperty("theID") int userId) {}

    @JsonNaming(PropertyNamingStrategies.LowerCamelCaseStrategy.class)
    record Camel(int userId, int retryCount) {}

    @JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
    record Kebab(int userId) {}

    @JsonNaming(PropertyNamingStrategies.UpperSnakeCaseStrategy.class)
    record Loud(int userId) {}

    record Aliased(@JsonAlias("id") int userId) {}

    record Skipping(int id, @JsonIgnore @Nullable String secret) {}

    record Options(OptionalInt a, OptionalInt b) {}

    record Texts(Optional<String> a, @Nullable String b) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Noted(int id, Optional<String> note) {}

    static class Settings {
        public int retries = 3;
    }

    record Page(int page) {}

    record Paged(int id, @JsonUnwrapped Page page) {}

    record Rest(int id, @JsonAnyGetter @JsonAnySetter Map<String, Integer> rest) {}

    record UserId(@JsonValue long value) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        UserId {}
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"x", "y"})
    record Point(double x, double y) {}

    record Measured(OptionalDouble v) {}

    record Quoted(
            @JsonFormat(shape = JsonFormat.Shape.STRING) long id) {}

    record Span(long secs, int nanos) {}

    enum Color {
        LIGHT_BLUE,
        RED
    }

    @EnumNaming(EnumNamingStrategies.UpperCamelCaseStrategy.class)
    enum AsDeclared {
        LIGHT_BLUE,
        RED
    }

    @EnumNaming(EnumNamingStrategies.UpperSnakeCaseStrategy.class)
    enum Screaming {
        LIGHT_BLUE,
        RED
    }

    enum Paint {
        @JsonProperty("off-white")
        WHITE,
        RED
    }

    enum Known {
        RED,
        @JsonEnumDefaultValue
        OTHER
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(@JsonValue double side) implements Shape {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Square {}
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
    sealed interface Tagged permits Round, Nothing {}

    record Round(double radius) implements Tagged {}

    record Nothing() implements Tagged {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
    sealed interface Named permits LightCircle {}

    @JsonTypeName("light_circle")
    record LightCircle(double radius) implements Named {}

    record Adjacent(
            @JsonTypeInfo(
                    use = JsonTypeInfo.Id.SIMPLE_NAME,
                    include = JsonTypeInfo.As.EXTERNAL_PROPERTY,
                    property = "t")
            Content c) {}

    sealed interface Content permits Disc, Ring, Empty {}

    record Empty() implements Content {}

    record Disc(double radius) implements Content {}

    record Ring(double inner, double outer) implements Content {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    sealed interface Untagged permits ByRadius, BySide {}

    record ByRadius(double radius) implements Untagged {}

    record BySide(double side) implements Untagged {}

    // ---- the rows ----

    /**
     * What a row's JSON is in Java.
     *
     * @param isWritten whether Java writes that JSON
     */
    record Meaning(Object value, TypeReference<?> type, boolean isWritten, JsonMapper mapper) {
        Meaning(Object value, TypeReference<?> type) {
            this(value, type, true, DEFAULT);
        }

        Meaning onlyRead() {
            return new Meaning(value, type, false, mapper);
        }
    }

    private static final Map<String, Meaning> MEANINGS = new LinkedHashMap<>();

    static {
        row("`struct User { user_id: u32, sha256_sum: String }`", new User(1, "a"), new TypeReference<User>() {});
        row("`#[serde(rename = \"theID\")]` on a field", new Renamed(1), new TypeReference<Renamed>() {});
        row("`#[serde(rename_all = \"camelCase\")]` on a struct", new Camel(1, 2), new TypeReference<Camel>() {});
        row("`#[serde(rename_all = \"kebab-case\")]` on a struct", new Kebab(1), new TypeReference<Kebab>() {});
        row("`#[serde(rename_all = \"SCREAMING_SNAKE_CASE\")]` on a struct", new Loud(1), new TypeReference<Loud>() {});
        readRow("`#[serde(alias = \"id\")]` on a field, when read", new Aliased(1), new TypeReference<Aliased>() {});
        row("`#[serde(skip)]` on a field", new Skipping(1, null), new TypeReference<Skipping>() {});
        row("`Option<u32>`", new Options(OptionalInt.of(1), OptionalInt.empty()), new TypeReference<Options>() {});
        row("`Option<String>`", new Texts(Optional.of("x"), null), new TypeReference<Texts>() {});
        row(
                "`#[serde(skip_serializing_if = \"Option::is_none\")]`",
                new Noted(1, Optional.empty()),
                new TypeReference<Noted>() {});
        row("`#[serde(flatten)]` of a struct", new Paged(1, new Page(2)), new TypeReference<Paged>() {});
        row("`#[serde(flatten)]` of a map", new Rest(1, Map.of("a", 2)), new TypeReference<Rest>() {});
        row("`struct UserId(u64)`, and `#[serde(transparent)]`", new UserId(7), new TypeReference<UserId>() {});
        row("`struct Point(f64, f64)`, and tuples", new Point(1, 2.5), new TypeReference<Point>() {});
        row("`f64` that may be NaN", new Measured(OptionalDouble.empty()), new TypeReference<Measured>() {});
        row("`u64`, `u128`", BigInteger.TWO.pow(128).subtract(BigInteger.ONE), new TypeReference<BigInteger>() {});
        row("`u64` as text", new Quoted(42), new TypeReference<Quoted>() {});
        row("`std::time::Duration`", new Span(1, 500_000_000), new TypeReference<Span>() {});
        row(
                "`enum Color { LightBlue, Red }` with `rename_all = \"snake_case\"`",
                List.of(Color.LIGHT_BLUE, Color.RED),
                new TypeReference<List<Color>>() {});
        row("the same as the keys of a map", Map.of(Color.LIGHT_BLUE, 1), new TypeReference<Map<Color, Integer>>() {});
        row(
                "the same without `rename_all`",
                List.of(AsDeclared.LIGHT_BLUE, AsDeclared.RED),
                new TypeReference<List<AsDeclared>>() {});
        row(
                "the same with `rename_all = \"SCREAMING_SNAKE_CASE\"`",
                List.of(Screaming.LIGHT_BLUE, Screaming.RED),
                new TypeReference<List<Screaming>>() {});
        row(
                "`#[serde(rename = \"off-white\")]` on a variant",
                List.of(Paint.WHITE, Paint.RED),
                new TypeReference<List<Paint>>() {});
        MEANINGS.put(
                "`#[serde(other)]` on a variant, when read",
                new Meaning(
                        Known.OTHER,
                        new TypeReference<Known>() {},
                        false,
                        DEFAULT.rebuild()
                                .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
                                .build()));
        row(
                "`enum Shape { Circle { radius: f64 }, Square(f64) }`",
                List.of(new Circle(2), new Square(3)),
                new TypeReference<List<Shape>>() {});
        row(
                "`#[serde(tag = \"type\")]` on an enum",
                List.of(new Round(2), new Nothing()),
                new TypeReference<List<Tagged>>() {});
        row(
                "the same with `rename_all = \"snake_case\"`",
                List.of(new LightCircle(2)),
                new TypeReference<List<Named>>() {});
        row(
                "`#[serde(tag = \"t\", content = \"c\")]` on an enum",
                new Adjacent(new Disc(2)),
                new TypeReference<Adjacent>() {});
        row(
                "`#[serde(untagged)]` on an enum",
                List.of(new ByRadius(2), new BySide(3)),
                new TypeReference<List<Untagged>>() {});
    }

    private static void row(String rust, Object value, TypeReference<?> type) {
        MEANINGS.put(rust, new Meaning(value, type));
    }

    private static void readRow(String rust, Object value, TypeReference<?> type) {
        MEANINGS.put(rust, new Meaning(value, type).onlyRead());
    }

    /** These are tested by methods of their own. */
    private static final List<String> OTHERS = List.of(
            "`#[serde(default)]`, when written by Java", "`()` and `struct Unit;`", "`Vec<u8>`", "`Vec<u8>` in base64");

    record Row(String rust, String json, String java) {}

    static List<Row> table() throws IOException {
        String guide = Files.readString(GUIDE);
        String table = guide.substring(guide.indexOf("| Rust | JSON | Java |"), guide.indexOf("\n\nOne shape"));
        Matcher rows = Pattern.compile("^\\| (.+?) \\| `(.+?)` \\| (.+) \\|$", Pattern.MULTILINE)
                .matcher(table);
        List<Row> all = new ArrayList<>();
        while (rows.find()) {
            all.add(new Row(rows.group(1), rows.group(2), rows.group(3)));
        }
        assertEquals(table.lines().count() - 2, all.size(), "each line of the table is a row");
        return all;
    }

    private static Row rowOf(String rust) throws IOException {
        return table().stream()
                .filter(row -> row.rust().equals(rust))
                .findFirst()
                .orElseThrow();
    }

    static List<Row> meantRows() throws IOException {
        return table().stream().filter(row -> !OTHERS.contains(row.rust())).toList();
    }

    private static <T> T read(JsonMapper mapper, String payload, TypeReference<T> type) {
        JsonCodec codec = new JsonCodec(mapper);
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return codec.payload("tag", body, codec.type(type));
    }

    private static String written(JsonMapper mapper, Object request) {
        return new String(new JsonCodec(mapper).encode("tag", request), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("meantRows")
    void json_ofEachRow_isReadAndWritten(Row row) {
        Meaning meaning = MEANINGS.get(row.rust());
        assertTrue(meaning != null, () -> "no test knows " + row.rust());
        assertEquals(meaning.value(), read(meaning.mapper(), row.json(), meaning.type()));
        if (meaning.isWritten()) {
            assertEquals(DEFAULT.readTree(row.json()), DEFAULT.readTree(writtenEach(meaning))); // members in any order
        }
    }

    /** Returns the JSON that Java writes for a row, or that of the page if Java only reads the row. */
    static String javas(Row row) {
        Meaning meaning = MEANINGS.get(row.rust());
        return meaning != null && meaning.isWritten() ? writtenEach(meaning) : row.json();
    }

    /** Whether Java writes what it reads. */
    static boolean isBothWays(Row row) {
        return OTHERS.contains(row.rust()) || MEANINGS.get(row.rust()).isWritten();
    }

    /** Of the elements of a bare list Jackson writes no type ids, since nothing declares what they are. */
    private static String writtenEach(Meaning meaning) {
        return meaning.value() instanceof List<?> list
                ? list.stream()
                        .map(each -> written(meaning.mapper(), each))
                        .toList()
                        .toString()
                : written(meaning.mapper(), meaning.value());
    }

    /** What the page shows is what is tested. */
    @ParameterizedTest
    @MethodSource("table")
    void java_ofEachRow_standsHere(Row row) throws IOException {
        String here = Files.readString(HERE).replaceAll("\\s", "");
        Matcher pieces = Pattern.compile("`([^`]+)`").matcher(row.java());
        while (pieces.find()) {
            String piece = pieces.group(1);
            assertTrue(here.contains(piece.replaceAll("\\s", "")), piece);
        }
    }

    @Test
    void rows_thatTheTestKnows_standOnThePage() throws IOException {
        List<String> page = table().stream().map(Row::rust).toList();
        for (String rust : MEANINGS.keySet()) {
            assertTrue(page.contains(rust), rust);
        }
        assertTrue(page.containsAll(OTHERS));
    }

    // ---- the rows with values that have no equals ----

    @Test
    void member_withASetter_isADefault() throws IOException {
        String json = rowOf("`#[serde(default)]`, when written by Java").json();
        assertEquals(3, read(DEFAULT, "{}", new TypeReference<Settings>() {}).retries);
        assertEquals(json, written(DEFAULT, new Settings()));
    }

    @Test
    void unit_isVoid() throws IOException {
        String json = rowOf("`()` and `struct Unit;`").json();
        assertNull(read(DEFAULT, json, new TypeReference<Void>() {}));
    }

    @Test
    void bytes_areNumbers() throws IOException {
        String json = rowOf("`Vec<u8>`").json();
        assertArrayEquals(new int[] {1, 255}, read(DEFAULT, json, new TypeReference<int[]>() {}));
        assertEquals(json, written(DEFAULT, new int[] {1, 255}));

        String base64 = rowOf("`Vec<u8>` in base64").json();
        assertArrayEquals(new byte[] {1, -1}, read(DEFAULT, base64, new TypeReference<byte[]>() {}));
        assertEquals(base64, written(DEFAULT, new byte[] {1, -1}));
    }

    // ---- more of what serde writes ----

    @Test
    void members_thatMayBeSkipped_areReadAndWritten() {
        String both = "{\"id\":1,\"note\":\"x\"}";
        assertEquals(new Noted(1, Optional.of("x")), read(DEFAULT, both, new TypeReference<Noted>() {}));
        assertEquals(both, written(DEFAULT, new Noted(1, Optional.of("x"))));
    }

    record Shapes(List<Shape> shapes, Map<String, Tagged> tagged) {}

    @Test
    void variants_inAMember_areReadAndWritten() {
        Shapes shapes = new Shapes(List.of(new Circle(2), new Square(3)), Map.of("a", new Nothing()));
        String json =
                "{\"shapes\":[{\"Circle\":{\"radius\":2.0}},{\"Square\":3.0}],\"tagged\":{\"a\":{\"type\":\"Nothing\"}}}";
        assertEquals(json, written(DEFAULT, shapes));
        assertEquals(shapes, read(DEFAULT, json, new TypeReference<Shapes>() {}));
    }

    /** Strict inside of variants as well, and the member is named. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"Round\"}",
                "{\"type\":\"Round\",\"radius\":\"2\"}",
                "{\"type\":\"Round\",\"radius\":null}"
            })
    void variant_thatDoesNotFit_isRefused(String json) {
        CodecException refused =
                assertThrows(CodecException.class, () -> read(DEFAULT, json, new TypeReference<Tagged>() {}));
        assertTrue(refused.getMessage().contains("radius"), refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"type\":\"Hexagon\"}", "{\"type\":\"round\",\"radius\":2}", "{\"radius\":2}", "\"Nothing\""})
    void variant_thatIsUnknown_isRefused(String json) {
        CodecException refused =
                assertThrows(CodecException.class, () -> read(DEFAULT, json, new TypeReference<Tagged>() {}));
        assertTrue(refused.pluginRan());
    }

    @Test
    void unitVariant_withoutItsContent_isRefusedWithAWayOut() {
        CodecException refused = assertThrows(
                CodecException.class, () -> read(DEFAULT, "{\"t\":\"Empty\"}", new TypeReference<Adjacent>() {}));
        assertTrue(refused.getMessage().contains("member c"), refused::getMessage);
        assertTrue(refused.getMessage().contains("`Variant {}`"), refused::getMessage);
        Adjacent empty = new Adjacent(new Empty());
        assertEquals(empty, read(DEFAULT, "{\"t\":\"Empty\",\"c\":{}}", new TypeReference<Adjacent>() {}));
        assertEquals("{\"c\":{},\"t\":\"Empty\"}", written(DEFAULT, empty));
    }

    /** It has no good Java, and is an error that says so. */
    @Test
    void unitVariant_besideOthers_isRefused() {
        CodecException refused = assertThrows(
                CodecException.class,
                () -> read(DEFAULT, "[\"Nothing\",{\"Square\":3.0}]", new TypeReference<List<Shape>>() {}));
        assertTrue(refused.getMessage().contains("member [0]"), refused::getMessage);
    }
}
