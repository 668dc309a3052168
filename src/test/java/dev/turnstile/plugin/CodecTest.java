package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Objects are written and read on the caller's side of the gate; what cannot be is an error that says on which side it was. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class CodecTest {
    @Parameter
    Host host;

    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
    }

    private SynchronizedPlugin load(PluginOptions options) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                library,
                PluginConfig.defaults(),
                options.withLibraryInPlace(true).withIsolation(host.probed(library))));
    }

    private SynchronizedPlugin load() throws InterruptedException {
        return load(PluginOptions.defaults());
    }

    /** Every way to make a typed call with a class. */
    enum TypedEntry {
        CALL,
        TIMED_CALL,
        TRY_CALL,
        SUBMIT,
        TIMED_SUBMIT,
        TRY_SUBMIT;

        boolean hasFuture() {
            return name().endsWith("SUBMIT");
        }

        <T> T call(SynchronizedPlugin plugin, String tag, Object request, Class<T> type) throws Throwable {
            return switch (this) {
                case CALL -> plugin.call(tag, request, type);
                case TIMED_CALL -> plugin.call(tag, request, type, LONG);
                case TRY_CALL -> plugin.request(tag, request).as(type).tryCall();
                case SUBMIT -> JsonEntry.outcome(plugin.submit(tag, request, type));
                case TIMED_SUBMIT ->
                    JsonEntry.outcome(
                            plugin.request(tag, request).as(type).within(LONG).submit());
                case TRY_SUBMIT ->
                    JsonEntry.outcome(plugin.request(tag, request).as(type).trySubmit());
            };
        }
    }

    // ---- names ----

    record SleepRequest(int durationMs) {}

    record SleepResponse(int sleptMs) {}

    @ParameterizedTest
    @EnumSource
    void names_byDefault_areSnakeCaseBothWays(TypedEntry entry) throws Throwable {
        assertEquals(new SleepResponse(0), entry.call(load(), "sleep", new SleepRequest(0), SleepResponse.class));
    }

    @ParameterizedTest
    @EnumSource
    void names_withAMapperOfOnesOwn_areAsItSays(TypedEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load(PluginOptions.defaults()
                .withMapper(JsonMapper.builder()
                        .addMixIn(Shout.class, ShoutNames.class)
                        .build()));
        assertEquals(new Shout("hi"), entry.call(plugin, "echo", new Shout("hi"), Shout.class));
        PluginException refused =
                assertThrows(PluginException.class, () -> entry.call(plugin, "sleep", new SleepRequest(0), Map.class));
        assertEquals("missing or invalid member: duration_ms", refused.pluginMessage());
    }

    record Shout(String theWord) {}

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    interface ShoutNames {
        @com.fasterxml.jackson.annotation.JsonProperty("message")
        String theWord();
    }

    // ---- kinds of request and response ----

    @Test
    void request_thatIsNull_isWrittenAsNull() throws Exception {
        SynchronizedPlugin plugin = load();
        assertEquals(1, plugin.call("probe", null, Map.class).get("calls"));
        assertNull(plugin.call("null", null, SleepResponse.class));
    }

    /** It was written as a JSON string, and so encoded twice. */
    @Test
    void request_thatIsAString_isJsonText_whateverTheResponseIs() throws Exception {
        SynchronizedPlugin plugin = load();
        String json = "{\"message\":\"x\"}";
        assertEquals("{\"message\":\"x\",\"length\":1}", plugin.call("echo", json));
        assertEquals(Map.of("message", "x", "length", 1), plugin.call("echo", json, Map.class));
        assertEquals(
                Map.of("message", "x", "length", 1),
                plugin.submit("echo", json, Map.class).get());
        assertEquals(Map.of("message", "x", "length", 1), plugin.as(Texts.class).echo(json));
        try (NativePlugin direct = NativePlugin.load(library)) {
            assertEquals(Map.of("message", "x", "length", 1), direct.call("echo", json, Map.class));
            CodecException refused =
                    assertThrows(CodecException.class, () -> direct.call("echo", "\"\ud800\"", Map.class));
            assertFalse(refused.pluginRan());
        }
    }

    interface Texts {
        @Tag("echo")
        Map<String, Object> echo(String json) throws InterruptedException;
    }

    @Test
    void response_ofAGenericType_hasElementsOfThatType() throws Exception {
        SynchronizedPlugin plugin = load();
        Map<String, String> request =
                Map.of("raw", "{\"status\":\"success\",\"payload\":[{\"slept_ms\":1},{\"slept_ms\":2}]}");
        List<SleepResponse> both = plugin.request("envelope", request)
                .as(new TypeReference<List<SleepResponse>>() {})
                .call();
        assertEquals(List.of(new SleepResponse(1), new SleepResponse(2)), both);
    }

    // ---- a request that cannot be written ----

    record Loop(List<Object> itself) {}

    record ThrowingGetter(List<String> words) {
        public String getMessage() {
            return words.get(0);
        }
    }

    record Unserializable(String message) {}

    private static JsonMapper throwing(RuntimeException thrown) {
        return JsonMapper.builder()
                .addModule(new SimpleModule()
                        .addSerializer(Unserializable.class, new ValueSerializer<Unserializable>() {
                            @Override
                            public void serialize(
                                    Unserializable value, JsonGenerator json, SerializationContext context) {
                                throw thrown;
                            }
                        }))
                .build();
    }

    private static List<Object> unwritable() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        return List.of(new Loop(itself), new ThrowingGetter(List.of()), new Unserializable("x"));
    }

    @ParameterizedTest
    @EnumSource
    void request_thatCannotBeWritten_isACodecErrorAndThePluginSeesNothing(TypedEntry entry) throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults()
                .withCapacity(1)
                .withMapper(throwing(new UnsupportedOperationException("not mine"))));
        for (Object request : unwritable()) {
            CodecException refused =
                    assertThrows(CodecException.class, () -> entry.call(plugin, "echo", request, Map.class));
            assertFalse(refused.pluginRan());
            assertTrue(
                    refused.getMessage().startsWith("The request for echo cannot be written as JSON: "),
                    refused::getMessage);
        }
        assertEquals(0, probe.count("calls"));
        assertEquals(0, plugin.stats().accepted());
        assertEquals("null", plugin.request("null", "{}").tryCall(), "the one place is free");
    }

    @Test
    void request_whoseSerializerThrowsSomethingElse_saysWhat() throws Exception {
        RuntimeException thrown = new UnsupportedOperationException("not mine");
        SynchronizedPlugin plugin = load(PluginOptions.defaults().withMapper(throwing(thrown)));
        CodecException refused =
                assertThrows(CodecException.class, () -> plugin.call("echo", new Unserializable("x"), Map.class));
        assertTrue(refused.getMessage().contains("not mine"), refused::getMessage);
        Throwable cause = refused;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertSame(thrown, cause);
    }

    // ---- a response that cannot be read ----

    record Refusing(int sleptMs) {
        Refusing {
            throw new IllegalArgumentException("I refuse " + sleptMs);
        }
    }

    @ParameterizedTest
    @EnumSource
    void response_thatCannotBeRead_isACodecErrorAfterThePluginRan(TypedEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load(PluginOptions.defaults().withCapacity(1));
        for (Class<?> type : List.of(Integer.class, Refusing.class, Runnable.class, List.class)) {
            CodecException refused = assertThrows(
                    CodecException.class, () -> entry.call(plugin, "sleep", new SleepRequest(0), type), type::getName);
            assertTrue(refused.pluginRan());
            assertTrue(
                    refused.getMessage().startsWith("The response of sleep cannot be read as " + type.getName()),
                    refused::getMessage);
        }
        assertEquals(4, probe.count("calls"));
        assertEquals(new SleepResponse(0), entry.call(plugin, "sleep", new SleepRequest(0), SleepResponse.class));
        plugin.close(Audit.PATIENCE);
        assertEquals(5, plugin.stats().completed(), "for the gate the calls went well");
    }

    @ParameterizedTest
    @EnumSource
    void response_whoseDeserializerThrowsSomethingElse_isACodecErrorAfterThePluginRan(TypedEntry entry)
            throws Exception {
        SynchronizedPlugin plugin = load(PluginOptions.defaults().withMapper(mapper(() -> {}, () -> {
            throw new UnsupportedOperationException("not mine");
        })));
        CodecException refused =
                assertThrows(CodecException.class, () -> entry.call(plugin, "echo", new Word("x"), Word.class));
        assertTrue(refused.pluginRan());
        assertTrue(refused.getMessage().contains("not mine"), refused::getMessage);
    }

    /** An {@code Error} is nobody's to wrap; the future ends with it all the same. */
    @ParameterizedTest
    @EnumSource
    void response_whoseDeserializerThrowsAnError_endsTheCallWithIt(TypedEntry entry) throws Throwable {
        SynchronizedPlugin plugin = load(PluginOptions.defaults().withMapper(mapper(() -> {}, () -> {
            throw new StackOverflowError("deep");
        })));
        assertThrows(StackOverflowError.class, () -> entry.call(plugin, "echo", new Word("x"), Word.class));
        assertEquals("null", plugin.call("null", "{}"));
    }

    // ---- where it happens ----

    record Word(String word) {}

    /** A mapper that runs something whenever a {@link Word} is written or read. */
    private static JsonMapper mapper(Runnable onWrite, Runnable onRead) {
        SimpleModule module = new SimpleModule()
                .addSerializer(Word.class, new ValueSerializer<Word>() {
                    @Override
                    public void serialize(Word value, JsonGenerator json, SerializationContext context) {
                        onWrite.run();
                        json.writeStartObject();
                        json.writeStringProperty("message", value.word());
                        json.writeEndObject();
                    }
                })
                .addDeserializer(Word.class, new ValueDeserializer<Word>() {
                    @Override
                    public Word deserialize(JsonParser json, DeserializationContext context) {
                        onRead.run();
                        return new Word(
                                (String) context.readValue(json, HashMap.class).get("message"));
                    }
                });
        return JsonMapper.builder().addModule(module).build();
    }

    @ParameterizedTest
    @EnumSource
    void codec_ofACall_runsOnItsCallerAndNeverOnTheWorker(TypedEntry entry) throws Throwable {
        Queue<Thread> writers = new ConcurrentLinkedQueue<>();
        Queue<Thread> readers = new ConcurrentLinkedQueue<>();
        SynchronizedPlugin plugin = load(PluginOptions.defaults()
                .withMapper(
                        mapper(() -> writers.add(Thread.currentThread()), () -> readers.add(Thread.currentThread()))));
        for (int i = 0; i < 20; i++) {
            assertEquals(new Word("w" + i), entry.call(plugin, "echo", new Word("w" + i), Word.class));
        }

        assertEquals(20, writers.size());
        assertEquals(20, readers.size());
        for (Thread thread : writers) {
            assertSame(Thread.currentThread(), thread);
        }
        for (Thread thread : readers) {
            if (entry.hasFuture()) {
                assertTrue(thread.isVirtual() || thread == Thread.currentThread(), thread::toString);
            } else {
                assertSame(Thread.currentThread(), thread);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void decoder_thatBlocks_doesNotHoldUpTheWorker(TypedEntry entry) throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch latch = new CountDownLatch(1);
        SynchronizedPlugin plugin =
                load(PluginOptions.defaults().withCapacity(1).withMapper(mapper(() -> {}, () -> {
                    reading.countDown();
                    await(latch);
                })));
        Caller<Word> slow = start(() -> entry.call(plugin, "echo", new Word("slow"), Word.class));
        reading.await();

        try {
            String quick = plugin.call("echo", "{\"message\":\"quick\"}", Audit.PATIENCE);
            assertEquals("{\"message\":\"quick\",\"length\":5}", quick);
            assertFalse(slow.isDone());
        } finally {
            latch.countDown();
        }
        assertEquals(new Word("slow"), slow.result());
    }

    @ParameterizedTest
    @EnumSource
    void encoder_thatBlocks_takesNoPlace(TypedEntry entry) throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch latch = new CountDownLatch(1);
        SynchronizedPlugin plugin = load(PluginOptions.defaults()
                .withCapacity(1)
                .withMapper(mapper(
                        () -> {
                            writing.countDown();
                            await(latch);
                        },
                        () -> {})));
        Caller<Word> slow = start(() -> entry.call(plugin, "echo", new Word("slow"), Word.class));
        writing.await();

        try {
            assertEquals("null", plugin.request("null", "{}").tryCall(), "the one place is free");
            assertEquals(1, plugin.stats().accepted());
        } finally {
            latch.countDown();
        }
        assertEquals(new Word("slow"), slow.result());
    }

    @Test
    void decoder_ofAFutureThatWasCancelled_doesNotRun() throws Exception {
        Queue<Thread> readers = new ConcurrentLinkedQueue<>();
        SynchronizedPlugin plugin =
                load(PluginOptions.defaults().withMapper(mapper(() -> {}, () -> readers.add(Thread.currentThread()))));
        CompletableFuture<String> held = audit.watch(plugin.submit("block", "{\"gate\":0}"));
        probe.awaitEntered(0, 1);
        CompletableFuture<Word> future = audit.watch(plugin.submit("echo", new Word("x"), Word.class));
        assertTrue(future.cancel(true));
        probe.openGate(0);
        held.join();
        plugin.close(Audit.PATIENCE);

        assertInstanceOf(java.util.concurrent.CancellationException.class, Caller.failureOf(future));
        assertEquals(0, readers.size());
        assertEquals(1, probe.count("calls"));
        Eventually.isTrue("settled", () -> plugin.stats().cancelled() == 1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Work<T> {
        T run() throws Throwable;
    }

    private static <T> Caller<T> start(Work<T> work) {
        return Caller.start(() -> {
            try {
                return work.run();
            } catch (Exception | Error thrown) {
                throw thrown;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    /** Jackson's words, which were seen in a module that kept its records to itself. */
    @Test
    void recordOfAModuleThatDoesNotOpenIt_saysHowToOpenIt() {
        String said =
                "Cannot construct instance of `app.Main$Echo`, problem: class is not public: app.Main$Echo.<init>";

        assertEquals(
                said + "; in a named module, open its package to Jackson: `opens … to tools.jackson.databind;`",
                CodecProblem.of(new StreamReadException(said)));
    }
}
