package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The guide's table beside the real serde, in the Rust plugin: it reads and writes the JSON of each row as the page says, and what Java
 * writes. Skipped, and said so, where the plugin could not be built.
 */
class SerdeInRustTest {
    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(DEFAULT);

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private SynchronizedPlugin plugin;

    record Asked(String rust, String json) {}

    record Answered(String json) {}

    @BeforeEach
    void load() throws InterruptedException {
        Path built = TestPlugins.library("sync_demo");
        Assumptions.assumeTrue(
                Files.exists(built), () -> built + " is not there: the Rust plugin was not built (the build says why)");
        plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.privateCopy("sync_demo", directory),
                PluginConfig.defaults().withWorkerThreads(1),
                PluginOptions.defaults()));
    }

    /** Returns what serde writes of what it read. */
    private String again(String rust, String json) throws Exception {
        return plugin.call("serde", new Asked(rust, json), Answered.class).json();
    }

    private static JsonNode tree(String json) {
        return DEFAULT.readTree(json); // members in any order
    }

    @Test
    void rows_ofTheTable_areWhatSerdeReadsAndWrites() throws Exception {
        for (SerdeTableTest.Row row : SerdeTableTest.table()) {
            String written = again(row.rust(), row.json());
            if (SerdeTableTest.isBothWays(row)) {
                assertEquals(tree(row.json()), tree(written), row.rust());
            }
            assertEquals(tree(written), tree(again(row.rust(), SerdeTableTest.javas(row))), row.rust());
        }
    }

    private static final TypeReference<Map<Byte, Integer>> BYTES = new TypeReference<>() {};

    private static Stream<Arguments> values(String rust, Class<?> type, String... payloads) {
        return values(rust, CODEC.type(type), payloads);
    }

    private static Stream<Arguments> values(String rust, JavaType type, String... payloads) {
        return Arrays.stream(payloads).map(payload -> Arguments.of(rust, type, payload));
    }

    static List<Arguments> values() {
        return Stream.of(
                        values("`i8`", byte.class, "127", "-128", "128", "200", "-129", "1.0", "1e2", "\"1\"", "null"),
                        values("`u8`", short.class, "200", "1.5", "\"\"", "[1]"),
                        values("`i64`", long.class, "9223372036854775807", "9223372036854775808", "1.0", "true", "{}"),
                        values("`f64`", double.class, "1", "1.5", "1e999", "-1e999", "1e-999", "\"NaN\"", "\"1\""),
                        values("`bool`", boolean.class, "true", "1", "\"true\"", "null"),
                        values("`char`", char.class, "\"a\"", "\"\u20ac\"", "\"ab\"", "\"\"", "65"),
                        values("`String`", String.class, "\"a\"", "\"\ud83d\ude00\"", "1", "true", "\"\""),
                        values("`u64`, `u128`", BigInteger.class, "18446744073709551615", "1.0", "\"1\""),
                        values("`Vec<u8>`", int[].class, "[1,200]", "[1.5]", "\"Af8=\"", "{}"),
                        values(
                                "`struct Point(f64, f64)`, and tuples",
                                SerdeTableTest.Point.class,
                                "[1,2]",
                                "[]",
                                "[1]",
                                "[1,2,3]",
                                "[1,1e999]",
                                "{}"),
                        values("`()` and `struct Unit;`", Void.class, "null"),
                        values(
                                "`struct User { user_id: u32, sha256_sum: String }`",
                                SerdeTableTest.User.class,
                                "{\"user_id\":1}",
                                "{\"user_id\":1,\"sha256_sum\":\"a\",\"more\":[1]}",
                                "{\"userId\":1,\"sha256Sum\":\"a\"}"),
                        values("`Option<u32>`", SerdeTableTest.Options.class, "{}", "{\"a\":null}", "{\"a\":\"1\"}"),
                        values(
                                "`HashMap<i8, u32>`",
                                CODEC.type(BYTES),
                                "{\"1\":2}",
                                "{\"200\":2}",
                                "{\"x\":2}",
                                "{\"1.0\":2}"))
                .flatMap(each -> each)
                .toList();
    }

    /** Refused by both, or read by both as the same; but for null, which is null to Java where serde has no Option. */
    @ParameterizedTest
    @MethodSource("values")
    void values_areReadByBothOrByNeither(String rust, JavaType type, String payload) throws Exception {
        Optional<JsonNode> serde = serdes(rust, payload);
        Optional<JsonNode> java = javas(type, payload);
        assertEquals(serde, java, payload);
    }

    private Optional<JsonNode> serdes(String rust, String payload) throws InterruptedException {
        try {
            return Optional.of(tree(again(rust, payload)));
        } catch (PluginException refused) {
            assertEquals(5, refused.errorCode().value(), refused::toString);
            return Optional.empty();
        } catch (Exception other) {
            throw new AssertionError(other);
        }
    }

    private static Optional<JsonNode> javas(JavaType type, String payload) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        Object read;
        try {
            read = CODEC.payload("tag", body, type);
        } catch (CodecException refused) {
            return Optional.empty();
        }
        return Optional.of(tree(new String(CODEC.encode("tag", read), StandardCharsets.UTF_8)));
    }
}
