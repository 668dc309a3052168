package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import dev.turnstile.testing.Caller;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A raw response is read where the plugin put it, and only then, there and by whom it is meant for. */
class RawReplyTest {
    private static final int ECHO = 1;
    private static final int EMPTY = 2;
    private static final int FAIL = 3;
    private static final int BIG = 4;

    private Path library;
    private NativeProbe probe;
    private NativePlugin plugin;

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
    }

    /** In the thread of the test: what comes before and after it runs in others. */
    private void withPlugin(Runnable test) {
        try (NativePlugin loaded = NativePlugin.loadInPlace(library)) {
            plugin = loaded;
            test.run();
        }
        assertEquals(0, probe.count("outstanding_buffers"), "every response came back");
        assertEquals(0, probe.count("double_frees"), "and once");
        assertEquals(1, probe.count("shutdowns"));
    }

    /** Whatever reads from a response, by its name; each reads from its start. */
    private static Map<String, Executable> uses(RawReply reply) {
        Map<String, Executable> uses = new LinkedHashMap<>();
        uses.put("byteSize", reply::byteSize);
        uses.put("getByte", () -> reply.getByte(0));
        uses.put("getShort", () -> reply.getShort(0));
        uses.put("getInt", () -> reply.getInt(0));
        uses.put("getLong", () -> reply.getLong(0));
        uses.put("getFloat", () -> reply.getFloat(0));
        uses.put("getDouble", () -> reply.getDouble(0));
        uses.put("copyTo", () -> reply.copyTo(0, new byte[1], 0, 1));
        return uses;
    }

    // ---- what is read ----

    @Test
    void values_atAnyOffset_areThoseOfThePlugin() {
        withPlugin(() -> {
            byte[] bytes = new byte[64];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 37 + 5);
            }
            ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            String read = plugin.callRaw(ECHO, bytes, reply -> {
                assertEquals(64, reply.byteSize());
                for (int at = 0; at < 64; at++) {
                    assertEquals(expected.get(at), reply.getByte(at));
                    if (at <= 62) {
                        assertEquals(expected.getShort(at), reply.getShort(at));
                    }
                    if (at <= 60) {
                        assertEquals(expected.getInt(at), reply.getInt(at));
                        assertEquals(expected.getFloat(at), reply.getFloat(at));
                    }
                    if (at <= 56) {
                        assertEquals(expected.getLong(at), reply.getLong(at));
                        assertEquals(expected.getDouble(at), reply.getDouble(at));
                    }
                }
                byte[] copied = new byte[66];
                reply.copyTo(0, copied, 1, 64);
                assertArrayEquals(bytes, Arrays.copyOfRange(copied, 1, 65));
                reply.copyTo(64, copied, 66, 0);
                return reply.toString();
            });
            assertEquals("RawReply[64 bytes]", read);
        });
    }

    @Test
    void response_thatIsEmpty_isReadAsEmpty() {
        withPlugin(() -> {
            long size = plugin.callRaw(EMPTY, new byte[] {1}, reply -> {
                assertThrows(IndexOutOfBoundsException.class, () -> reply.getByte(0));
                reply.copyTo(0, new byte[0], 0, 0);
                return reply.byteSize();
            });
            assertEquals(0, size);
        });
    }

    @Test
    void response_thatIsBig_isReadToItsEnd() {
        withPlugin(() -> {
            assertEquals('x', (byte) plugin.callRaw(BIG, new byte[] {0x56, 0x34, 0x12, 0}, reply -> {
                assertEquals(0x123456, reply.byteSize());
                return reply.getByte(0x123455);
            }));
        });
    }

    @Test
    void reader_thatReturnsNull_makesTheCallReturnNull() {
        withPlugin(() -> {
            assertNull(plugin.<String>callRaw(ECHO, new byte[1], reply -> null));
        });
    }

    // ---- out of bounds ----

    @Test
    void read_outsideTheResponse_isRefused() {
        withPlugin(() -> {
            plugin.callRaw(ECHO, new byte[8], reply -> {
                for (long offset : new long[] {-1, 8, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    assertAll(
                            () -> assertOutOfBounds(() -> reply.getByte(offset)),
                            () -> assertOutOfBounds(() -> reply.getShort(offset)),
                            () -> assertOutOfBounds(() -> reply.getInt(offset)),
                            () -> assertOutOfBounds(() -> reply.getLong(offset)),
                            () -> assertOutOfBounds(() -> reply.getFloat(offset)),
                            () -> assertOutOfBounds(() -> reply.getDouble(offset)),
                            () -> assertOutOfBounds(() -> reply.copyTo(offset, new byte[9], 0, 1)));
                }
                assertOutOfBounds(() -> reply.getShort(7));
                assertOutOfBounds(() -> reply.getInt(5));
                assertOutOfBounds(() -> reply.getFloat(5));
                assertOutOfBounds(() -> reply.getLong(1));
                assertOutOfBounds(() -> reply.getDouble(1));
                assertOutOfBounds(() -> reply.copyTo(0, new byte[9], 0, 9));
                assertOutOfBounds(() -> reply.copyTo(0, new byte[3], 0, 4));
                assertOutOfBounds(() -> reply.copyTo(0, new byte[3], 3, 1));
                assertOutOfBounds(() -> reply.copyTo(0, new byte[3], -1, 1));
                assertOutOfBounds(() -> reply.copyTo(0, new byte[3], 0, -1));
                return "";
            });
        });
    }

    private static void assertOutOfBounds(Executable read) {
        assertThrows(IndexOutOfBoundsException.class, read);
    }

    // ---- out of time ----

    @Test
    void reply_afterItsReaderReturned_isRefused() {
        withPlugin(() -> {
            RawReply kept = plugin.callRaw(ECHO, new byte[8], reply -> reply);
            assertNotReadable(kept);
            plugin.callRaw(ECHO, new byte[8]);
            plugin.call("echo", "{\"message\":\"x\"}");
            assertNotReadable(kept);
            plugin.close();
            assertNotReadable(kept);
            assertEquals("RawReply[not being read]", kept.toString());
        });
    }

    @Test
    void reply_afterItsReaderThrew_isRefused() {
        withPlugin(() -> {
            RawReply[] kept = new RawReply[1];
            IllegalArgumentException thrown = new IllegalArgumentException("of the reader");
            assertSame(
                    thrown,
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> plugin.callRaw(ECHO, new byte[8], reply -> {
                                kept[0] = reply;
                                throw thrown;
                            })));
            assertNotReadable(kept[0]);
            assertEquals(0, probe.count("outstanding_buffers"));
            assertEquals(8, plugin.callRaw(ECHO, new byte[8]).length, "and the plugin can be called as before");
        });
    }

    private static void assertNotReadable(RawReply reply) {
        assertAll(uses(reply).entrySet().stream()
                .map(use -> () -> assertEquals(
                        "The response is readable only inside the reader that it was given to",
                        assertThrows(IllegalStateException.class, use.getValue(), use.getKey())
                                .getMessage())));
    }

    // ---- the wrong thread ----

    @Test
    void reply_onAnotherThreadWhileItIsRead_isRefused() {
        withPlugin(() -> {
            plugin.callRaw(ECHO, new byte[8], reply -> {
                assertAll(uses(reply).entrySet().stream()
                        .map(use -> () -> assertInstanceOf(
                                WrongThreadException.class,
                                Caller.start(() -> thrown(use.getValue())).result(),
                                use.getKey())));
                return "";
            });
        });
    }

    private static Throwable thrown(Executable use) {
        return assertThrows(Throwable.class, use);
    }

    // ---- the plugin meanwhile ----

    @Test
    void plugin_whileAResponseIsRead_refusesEveryUse() {
        withPlugin(() -> {
            long value = plugin.callRaw(ECHO, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, reply -> {
                assertAll(
                        () -> assertInUse(() -> plugin.call("echo", "{}")),
                        () -> assertInUse(() -> plugin.call("echo", Map.of(), Map.class)),
                        () -> assertInUse(() -> plugin.callRaw(ECHO, new byte[1])),
                        () -> assertInUse(() -> plugin.callRaw(ECHO, new byte[1], nested -> "")),
                        () -> assertInUse(() -> plugin.setLogLevel(LogLevel.INFO)),
                        () -> assertInUse(plugin::state),
                        () -> assertInUse(plugin::rejectedCount),
                        () -> assertInUse(plugin::close));
                return reply.getLong(0);
            });
            assertEquals(
                    ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                            .order(ByteOrder.nativeOrder())
                            .getLong(),
                    value);
            assertEquals(1, probe.count("calls"));
            assertEquals(0, probe.count("shutdowns"));
        });
    }

    private static void assertInUse(Executable use) {
        String message = assertThrows(IllegalStateException.class, use).getMessage();
        assertEquals("The response of a raw call is being read: ", message.substring(0, 42));
    }

    // ---- no response ----

    @Test
    void error_ofThePlugin_isThrownAndNothingIsRead() {
        withPlugin(() -> {
            PluginException refused = assertThrows(
                    PluginException.class,
                    () -> plugin.callRaw(FAIL, new byte[0], reply -> fail("was given " + reply)));
            assertEquals(ErrorCode.HANDLER, refused.errorCode());
            assertEquals("failed as asked", refused.pluginMessage());
            assertEquals(1, plugin.callRaw(ECHO, new byte[1], RawReply::byteSize));
        });
    }

    @Test
    void call_withoutARequestOrAReader_isRefusedBeforeThePluginRuns() {
        withPlugin(() -> {
            assertThrows(NullPointerException.class, () -> plugin.callRaw(ECHO, null, reply -> ""));
            assertThrows(NullPointerException.class, () -> plugin.callRaw(ECHO, new byte[1], null));
            assertEquals(0, probe.count("calls"));
        });
    }

    @Test
    void call_ofAClosedPluginOrFromAnotherThread_isRefused() {
        withPlugin(() -> {
            assertInstanceOf(
                    WrongThreadException.class,
                    Caller.start(() -> thrown(() -> plugin.callRaw(ECHO, new byte[1], reply -> "")))
                            .result());
            plugin.close();
            assertThrows(IllegalStateException.class, () -> plugin.callRaw(ECHO, new byte[1], reply -> ""));
            assertEquals(0, probe.count("calls"));
        });
    }

    @Test
    void call_ofAPluginWithoutRawCalls_isRefused() {
        withPlugin(() -> {
            try (NativePlugin minimal = NativePlugin.load(TestPlugins.library("minimal"))) {
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> minimal.callRaw(ECHO, new byte[1], RawReply::byteSize));
            }
        });
    }
}
