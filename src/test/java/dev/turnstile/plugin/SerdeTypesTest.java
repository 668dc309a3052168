package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** The types that applications have: what serde writes comes through and goes back as it was. */
class SerdeTypesTest {
    private static final JsonMapper DEFAULT = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(DEFAULT);

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller made the JavaType
    private static <T> T read(String payload, JavaType type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return CODEC.payload("tag", body, type);
    }

    private static String written(@Nullable Object request) {
        return new String(CODEC.encode("tag", request), StandardCharsets.UTF_8);
    }

    private static JavaType type(TypeReference<?> type) {
        return CODEC.type(type);
    }

    private static JavaType type(Class<?> type) {
        return CODEC.type(type);
    }

    // ---- there and back ----

    enum Currency {
        EUR,
        USD_COIN
    }

    record Address(String street, Optional<String> zip, Map<Currency, BigDecimal> balances) {}

    record Customer(
            BigInteger id,
            String name,
            Address address,
            List<Address> old,
            Map<String, List<Map<Integer, Long>>> deep) {}

    record Paged<T>(List<T> items, @Nullable T first, long total) {}

    @Test
    void values_ofNestedTypes_comeThroughAndGoBack() {
        String customer = "{\"id\":340282366920938463463374607431768211455,\"name\":\"🎟 é\\u0000\",\"address\":"
                + "{\"street\":\"s\",\"zip\":null,\"balances\":{\"eur\":0.10,\"usd_coin\":1E-30}},\"old\":[],"
                + "\"deep\":{\"A b\":[{\"1\":9223372036854775807}]}}";
        assertEquals(customer, written(read(customer, type(Customer.class))));
        String page = "{\"items\":[18446744073709551615],\"first\":null,\"total\":9223372036854775807}";
        assertEquals(page, written(read(page, type(new TypeReference<Paged<BigInteger>>() {}))));
        assertThrows(CodecException.class, () -> read(page, type(new TypeReference<Paged<Long>>() {})));
    }

    // ---- times ----

    static List<Arguments> notTimes() {
        return List.of(
                Arguments.of("1e999", type(Instant.class)),
                Arguments.of("1e20", type(Instant.class)),
                Arguments.of("1e999", type(OffsetDateTime.class)),
                Arguments.of("1e20", type(Duration.class)),
                Arguments.of("-1e999", type(Duration.class)),
                Arguments.of("\"170000\"", type(GregorianCalendar.class)));
    }

    @ParameterizedTest
    @MethodSource("notTimes")
    void number_beyondAllTimes_isRefused(String payload, JavaType type) {
        CodecException refused = assertThrows(CodecException.class, () -> read(payload, type));
        assertTrue(refused.getMessage().contains(payload.replace("\"", "")), refused::getMessage);
    }

    @Test
    void seconds_withAFraction_areATime() {
        assertEquals(Instant.ofEpochSecond(1, 500_000_000), read("1.5", type(Instant.class)));
        assertEquals(Duration.ofMillis(-1500), read("-1.5", type(Duration.class)));
        assertEquals(Duration.ofSeconds(100), read("1e2", type(Duration.class)));
    }

    // ---- keys ----

    @ParameterizedTest
    @ValueSource(strings = {"+1", "01", "-0", "1 ", "x"})
    void key_thatIsAnotherSpellingOfANumber_isRefused(String key) {
        for (JavaType type : List.of(
                type(new TypeReference<Map<Integer, Integer>>() {}),
                type(new TypeReference<Map<Long, Integer>>() {}),
                type(new TypeReference<Map<Short, Integer>>() {}),
                type(new TypeReference<Map<Byte, Integer>>() {}),
                type(new TypeReference<Map<BigInteger, Integer>>() {}))) {
            CodecException refused =
                    assertThrows(CodecException.class, () -> read("{\"" + key + "\":1,\"1\":2}", type), type::toString);
            assertTrue(refused.getMessage().contains(key), refused::getMessage);
            assertEquals("{\"-1\":1,\"1\":2}", written(read("{\"-1\":1,\"1\":2}", type)));
        }
    }

    // ---- paths ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/var/log/2024-01-01T10:00:00.log",
                "file:///x",
                "http:x",
                "a b%20c",
                " a ",
                " ",
                "",
                "x:y",
                "100%",
                "\u00fc"
            })
    void file_ofAnyName_comesBackAsItWas(String name) {
        for (Files files : List.of(new Files(Path.of(name), new File(name)))) {
            assertEquals(files, read(written(files), type(Files.class)));
        }
    }

    @Test
    void text_thatIsNoPath_isRefused() {
        CodecException refused = assertThrows(
                CodecException.class, () -> read("{\"path\":\"a\\u0000b\",\"file\":\"\"}", type(Files.class)));
        for (String wanted : List.of("member path", "java.nio.file.Path", "Nul character")) {
            assertTrue(refused.getMessage().contains(wanted), refused::getMessage);
        }
        for (String payload : List.of("1", "true", "{}", "[]", "[\"a\"]")) {
            assertThrows(CodecException.class, () -> read(payload, type(Path.class)), payload);
            assertThrows(CodecException.class, () -> read(payload, type(File.class)), payload);
        }
    }

    record Files(Path path, File file) {}

    @Test
    void path_isItsText() {
        assertEquals("{\"path\":\"a/b\",\"file\":\"c/d\"}", written(new Files(Path.of("a/b"), new File("c/d"))));
        assertEquals(
                new Files(Path.of("/a b"), new File("/c")),
                read("{\"path\":\"/a b\",\"file\":\"/c\"}", type(Files.class)));
        assertEquals("\"/a b\"", written(Path.of("/a b")));
    }

    // ---- objects of which nothing is seen ----

    static final class Hidden {
        private final int cents = 7;

        @Override
        public String toString() {
            return cents + " cents";
        }
    }

    record Nothing() {}

    record Unseen(Hidden price) {}

    @Test
    void object_withoutMembers_isNotWrittenAsEmpty() {
        for (Object request : List.of(new Hidden(), new Unseen(new Hidden()), List.of(new Hidden()))) {
            CodecException refused = assertThrows(CodecException.class, () -> written(request));
            assertTrue(refused.getMessage().contains("Hidden"), refused::getMessage);
            assertTrue(refused.getMessage().contains("FAIL_ON_EMPTY_BEANS"), refused::getMessage);
        }
        assertEquals("{}", written(new Nothing()));
        assertEquals("{}", written(Map.of()));
    }
}
