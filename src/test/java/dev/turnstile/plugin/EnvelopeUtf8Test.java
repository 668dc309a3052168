package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadFeature;

/** A response that is not UTF-8 is refused, with the place: no character of it becomes another. */
class EnvelopeUtf8Test {
    private static final JsonCodec CODEC =
            new JsonCodec(PluginOptions.defaults().mapper());

    /** It reads with the parser alone. */
    private static final JsonCodec PARSING = new JsonCodec(PluginOptions.defaults()
            .mapper()
            .rebuild()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    /** One character is one byte. */
    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertRefused(String envelope, int at) {
        for (JsonCodec codec : new JsonCodec[] {CODEC, PARSING}) {
            CodecException text =
                    assertThrows(CodecException.class, () -> codec.payloadText("tag", bytes(envelope)), envelope);
            assertTrue(text.getMessage().contains("not UTF-8 at byte " + at + " "), text::getMessage);
            CodecException typed = assertThrows(
                    CodecException.class, () -> codec.payload("tag", bytes(envelope), codec.type(Object.class)));
            assertEquals(text.getMessage(), typed.getMessage());
            assertTrue(typed.pluginRan());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u0080", // overlong NUL
                "\u00c0\u00af", // overlong /
                "\u00e0\u0080\u00af",
                "\u00f0\u0080\u0080\u00af",
                "\u00ed\u00a0\u0080", // a surrogate
                "\u00f4\u0090\u0080\u0080", // beyond the last character
                "\u00f5\u0080\u0080\u0080",
                "\u00ff",
                "\u0080", // goes on with nothing
                "\u00c3(", // ends too soon
                "\u00e2\u0082"
            })
    void bytes_thatAreNotUtf8_areRefusedWithTheirPlace(String wrong) {
        assertRefused("{\"status\":\"success\",\"payload\":\"" + wrong + "\"}", 31);
        assertRefused("{\"status\": \"success\",\"payload\":[\"" + wrong + "\"]}", 33);
        assertRefused("{\"payload\":{\"" + wrong + "\":1},\"status\":\"success\"}", 13);
        assertRefused("{\"status\":\"success\",\"payload\":1,\"" + wrong + "\":1}", 33);
    }

    @Test
    void characters_ofAnyLength_comeThrough() {
        String payload = "{\"\u00e9\":\"\u20ac \uD83D\uDE00 \uDBFF\uDFFF \uFFFD\"}";
        for (String envelope : new String[] {
            "{\"status\":\"success\",\"payload\":" + payload + "}",
            "{\"status\" :\"success\",\"payload\":" + payload + "}"
        }) {
            byte[] body = envelope.getBytes(StandardCharsets.UTF_8);
            assertEquals(payload, CODEC.payloadText("tag", body));
            assertEquals(
                    Map.of("\u00e9", "\u20ac \uD83D\uDE00 \uDBFF\uDFFF \uFFFD"),
                    CODEC.payload("tag", body, CODEC.type(Map.class)));
        }
    }

    /** The code and the rest of the message count for more. */
    @Test
    void errors_thatAreNotUtf8_areTheErrorAllTheSame() {
        PluginException failed = assertThrows(
                PluginException.class,
                () -> CODEC.payloadText(
                        "tag",
                        bytes("{\"status\":\"error\",\"error_code\":7,\"error_message\":\"no\u00c0\u0080pe\"}")));
        assertEquals(7, failed.errorCode().value());
    }
}
