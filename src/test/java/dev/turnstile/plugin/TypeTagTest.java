package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A tag that the plugin would read as another one never gets that far. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class TypeTagTest {
    @Parameter
    Host host;

    private static final Map<String, String> REFUSED = Map.of(
            "", "The type tag is empty",
            "\0", "The type tag \"\\0\" has a NUL at index 0; the plugin would read \"\"",
            "null\0", "The type tag \"null\\0\" has a NUL at index 4; the plugin would read \"null\"",
            "null\0echo", "The type tag \"null\\0echo\" has a NUL at index 4; the plugin would read \"null\"",
            "\ud83d", "The type tag has a lone surrogate (U+D83D) at index 0",
            "null\ude00", "The type tag has a lone surrogate (U+DE00) at index 4",
            "\ude00\ud83d", "The type tag has a lone surrogate (U+DE00) at index 0",
            "😀\ud83d.", "The type tag has a lone surrogate (U+D83D) at index 2",
            "\ud83d😀", "The type tag has a lone surrogate (U+D83D) at index 0");

    private static final List<String> LONE_SURROGATES = List.of("\ud83d", "a\ude00", "\ude00\ud83d", "😀\ud83d.");

    @RegisterExtension
    final Audit audit = new Audit();

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
    }

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(library, PluginConfig.defaults(), host.inPlace(library)));
    }

    @ParameterizedTest
    @EnumSource
    void tag_thatNoPluginCouldReadAsItIs_isRefusedBeforeAnythingHappens(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        REFUSED.forEach((tag, message) -> {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> entry.call(plugin, tag, Map.of()), message);
            assertEquals(message, refused.getMessage());
        });
        assertEquals(0, probe.count("calls"));
        assertEquals(0, plugin.stats().accepted(), "no place was taken");
    }

    @Test
    void tag_thatNoPluginCouldReadAsItIs_isRefusedByTheDirectBindingToo() {
        try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
            REFUSED.forEach((tag, message) -> {
                IllegalArgumentException refused =
                        assertThrows(IllegalArgumentException.class, () -> plugin.call(tag, "{}"), message);
                assertEquals(message, refused.getMessage());
            });
            assertEquals(0, probe.count("calls"));
            assertEquals("null", plugin.call("null", "{}"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void tag_thatIsNull_isRefusedBeforeAnythingHappens(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        assertThrows(NullPointerException.class, () -> entry.call(plugin, null, Map.of()));
        assertEquals(0, probe.count("calls"));
        assertEquals(0, plugin.stats().accepted());
    }

    @ParameterizedTest
    @EnumSource
    void tag_ofAnyScript_arrivesAsItIs(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        String longer = "ü".repeat(5000);
        for (String tag : List.of("Übung.漢字", "😀", " ", "a\nb", "\u0001", "\uffff\u2028", longer, "x")) {
            PluginException unknown = assertThrows(PluginException.class, () -> entry.call(plugin, tag, Map.of()), tag);
            assertEquals(ErrorCode.UNKNOWN_MESSAGE_TYPE, unknown.errorCode());
            assertEquals("unknown message type: " + tag, unknown.pluginMessage());
            assertEquals(tag, unknown.target());
        }
        assertEquals(8, probe.count("calls"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "TEXT_.*")
    void requestText_withALoneSurrogate_isACodecErrorBeforeThePluginRan(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (String text : LONE_SURROGATES) {
            CodecException refused =
                    assertThrows(CodecException.class, () -> entry.call(plugin, "echo", Map.of("message", text)), text);
            assertFalse(refused.pluginRan());
        }
        assertEquals(0, probe.count("calls"));
        assertEquals(0, plugin.stats().accepted());
    }

    @Test
    void requestText_withALoneSurrogate_saysWhereItIs() throws Exception {
        SynchronizedPlugin plugin = load();
        CodecException refused = assertThrows(CodecException.class, () -> plugin.call("echo", "{\"\ud83d\":1}"));
        assertEquals("The request has a lone surrogate (U+D83D) at index 2", refused.getMessage());
        assertFalse(refused.pluginRan());
        try (NativePlugin direct = NativePlugin.loadInPlace(library)) {
            for (String text : LONE_SURROGATES) {
                assertFalse(assertThrows(CodecException.class, () -> direct.call("echo", text))
                        .pluginRan());
            }
        }
        assertEquals(0, probe.count("calls"));
    }

    /** Jackson writes one as an escape, so nothing of the text is lost on the way. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "TEXT_.*")
    void requestObject_withALoneSurrogate_isThePluginsToRefuse(JsonEntry entry) throws Exception {
        SynchronizedPlugin plugin = load();
        for (String text : LONE_SURROGATES) {
            PluginException refused = assertThrows(
                    PluginException.class, () -> entry.call(plugin, "echo", Map.of("message", text)), text);
            assertEquals(ErrorCode.SERIALIZATION, refused.errorCode());
        }
    }

    /** As JSON an escape is text like any other: what it means is the plugin's to judge. */
    @Test
    void requestText_withAnEscapedLoneSurrogate_goesToThePlugin() throws Exception {
        SynchronizedPlugin plugin = load();
        PluginException refused =
                assertThrows(PluginException.class, () -> plugin.call("echo", "{\"message\":\"\\ud83d\"}"));
        assertEquals(ErrorCode.SERIALIZATION, refused.errorCode());
        assertEquals(1, probe.count("calls"));
    }
}
