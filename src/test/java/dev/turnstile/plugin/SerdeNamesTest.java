package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;
import tools.jackson.databind.annotation.JsonNaming;

/** Members and enum constants have the names that a Rust plugin gives them. */
class SerdeNamesTest {
    private static final JsonCodec CODEC =
            new JsonCodec(PluginOptions.defaults().mapper());

    private static String written(Object request) {
        return new String(CODEC.encode("tag", request), StandardCharsets.UTF_8);
    }

    private static <T> T read(String payload, TypeReference<T> type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return CODEC.payload("tag", body, CODEC.type(type));
    }

    // ---- the rule ----

    @ParameterizedTest
    @CsvSource({
        "message,message",
        "userId,user_id",
        "userID,user_id",
        "URLPath,url_path",
        "URL,url",
        "XMLHttpRequest,xml_http_request",
        "HTTPServer2Name,http_server2_name",
        "HTTP2Server,http2_server",
        "sha256Sum,sha256_sum",
        "SHA256Sum,sha256_sum",
        "md5,md5",
        "md5SUM,md5_sum",
        "v2API,v2_api",
        "x1,x1",
        "ipV4Address,ip_v4_address",
        "aBc,a_bc",
        "getX,get_x",
        "user_id,user_id",
        "x_1,x_1",
        "_id,_id",
        "größeÄndern,größe_ändern",
        "LIGHT_BLUE,light_blue",
        "LightBlue,light_blue",
        "RED,red",
        "V1_BETA,v1_beta",
    })
    void name_inJava_becomesTheNameInRust(String java, String rust) {
        assertEquals(rust, SnakeCase.of(java));
    }

    // ---- members ----

    record Names(String userID, String sha256Sum, String URLPath, int aBc, int x1, String HTTPServer2Name) {}

    @Test
    void members_ofARecord_haveTheSameNamesBothWays() {
        Names names = new Names("a", "b", "c", 1, 2, "d");
        String json = "{\"user_id\":\"a\",\"sha256_sum\":\"b\",\"url_path\":\"c\",\"a_bc\":1,\"x1\":2,"
                + "\"http_server2_name\":\"d\"}";
        assertEquals(json, written(names));
        assertEquals(names, read(json, new TypeReference<Names>() {}));
    }

    static final class Bean {
        private String url = "";
        private int count;
        private boolean ready;

        public String getURLPath() {
            return url;
        }

        public void setURLPath(String path) {
            url = path;
        }

        public int getACount() {
            return count;
        }

        public void setACount(int value) {
            count = value;
        }

        public boolean isIOReady() {
            return ready;
        }

        public void setIOReady(boolean value) {
            ready = value;
        }
    }

    @Test
    void members_ofABeanWithGettersAndSetters_haveTheSameNamesBothWays() {
        String json = "{\"a_count\":3,\"io_ready\":true,\"url_path\":\"/\"}";
        Bean bean = read(json, new TypeReference<Bean>() {});
        assertEquals("/", bean.getURLPath());
        assertEquals(3, bean.getACount());
        assertTrue(bean.isIOReady());
        assertEquals(json, written(bean));
    }

    record Renamed(@JsonProperty("theID") String userId, int retryCount) {}

    @JsonNaming(PropertyNamingStrategies.LowerCamelCaseStrategy.class)
    record CamelCase(String userID, int retryCount) {}

    @Test
    void members_withAnnotationsOfTheirOwn_areNamedByThose() {
        String renamed = "{\"theID\":\"a\",\"retry_count\":1}";
        assertEquals(renamed, written(new Renamed("a", 1)));
        assertEquals(new Renamed("a", 1), read(renamed, new TypeReference<Renamed>() {}));

        String camelCase = "{\"userID\":\"a\",\"retryCount\":1}";
        assertEquals(camelCase, written(new CamelCase("a", 1)));
        assertEquals(new CamelCase("a", 1), read(camelCase, new TypeReference<CamelCase>() {}));
    }

    record Twins(int userID, int userId) {}

    @Test
    void members_thatWouldHaveTheSameName_areRefused() {
        CodecException refused = assertThrows(CodecException.class, () -> written(new Twins(1, 2)));
        assertFalse(refused.pluginRan());
        assertTrue(refused.getMessage().contains("user_id"), refused::getMessage);
    }

    /** The names in a map are data. */
    @Test
    void members_ofAMap_stayAsTheyAre() {
        assertEquals("{\"userID\":{\"URLPath\":1}}", written(Map.of("userID", Map.of("URLPath", 1))));
    }

    // ---- enums ----

    enum Color {
        LIGHT_BLUE,
        RED {
            @Override
            public String toString() {
                return "the colour red";
            }
        },
        @JsonProperty("OffWhite")
        WHITE
    }

    @Test
    void enumConstant_isAVariantInSnakeCase_bothWays() {
        List<Color> colors = List.of(Color.values());
        String json = "[\"light_blue\",\"red\",\"OffWhite\"]";
        assertEquals(json, written(colors));
        assertEquals(colors, read(json, new TypeReference<List<Color>>() {}));
    }

    @Test
    void enumConstant_asAKey_isTheSameVariant_bothWays() {
        Map<Color, Integer> colors = new EnumMap<>(Map.of(Color.LIGHT_BLUE, 1, Color.RED, 2, Color.WHITE, 3));
        String json = "{\"light_blue\":1,\"red\":2,\"OffWhite\":3}";
        assertEquals(json, written(colors));
        assertEquals(colors, read(json, new TypeReference<Map<Color, Integer>>() {}));
        assertEquals(colors, read(json, new TypeReference<EnumMap<Color, Integer>>() {}));
    }

    @EnumNaming(EnumNamingStrategies.UpperCamelCaseStrategy.class)
    enum AsDeclared {
        LIGHT_BLUE,
        RED
    }

    /** serde's own default, without rename_all. */
    @Test
    void enumConstant_ofAnEnumWithItsOwnNaming_isNamedByThat() {
        List<AsDeclared> both = List.of(AsDeclared.values());
        assertEquals("[\"LightBlue\",\"Red\"]", written(both));
        assertEquals(both, read("[\"LightBlue\",\"Red\"]", new TypeReference<List<AsDeclared>>() {}));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"\"LIGHT_BLUE\"", "\"LightBlue\"", "\"Light_Blue\"", "\"the colour red\"", "\"\"", "\"0\"", "0"})
    void enumConstant_inAnotherSpelling_isRefusedAndTheRightOnesAreNamed(String json) {
        CodecException refused =
                assertThrows(CodecException.class, () -> read("[" + json + "]", new TypeReference<List<Color>>() {}));
        assertTrue(refused.pluginRan());
        String value = json.replace("\"", "");
        assertTrue(refused.getMessage().contains(value), refused::getMessage);
        assertTrue(refused.getMessage().contains("[0]"), refused::getMessage);
        if (value.length() > 1) {
            for (String wanted : List.of("light_blue", "red", "OffWhite", "@JsonProperty", "@EnumNaming")) {
                assertTrue(refused.getMessage().contains(wanted), refused::getMessage);
            }
        }
    }
}
