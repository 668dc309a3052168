package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.SwapException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.TestPlugins;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Each plugin of the configuration is a bean, which is open while the application runs; what is wrong with one stops the start. */
@Tag("any-java")
class PluginBeansTest {
    private static final String ECHO = "{\"message\":\"hi\",\"length\":2}";

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    @TempDir
    Path directory;

    private static void assertEchoes(GuardedPlugin plugin) throws InterruptedException {
        assertEquals(ECHO, plugin.call("echo", "{\"message\":\"hi\"}"));
    }

    /** A jar with a file in it; returns the URL of that file. */
    private String inJar(Path file) throws Exception {
        Path jar = directory.resolve("with space.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("inside/" + file.getFileName()));
            Files.copy(file, entries);
        }
        return "jar:" + jar.toUri() + "!/inside/" + file.getFileName();
    }

    @Test
    void bundle_isABean_openUntilTheApplicationIsClosed() throws Exception {
        SynchronizedPlugin plugin;
        try (AnnotationConfigApplicationContext context =
                SpringContext.withDemo().open()) {
            plugin = context.getBean("demo", SynchronizedPlugin.class);
            assertEchoes(plugin);
            assertEquals(100, plugin.capacity());
        }
        assertEquals(TurnstileState.CLOSED, plugin.gateState());
    }

    @Test
    void bundleInAJar_isRead() throws Exception {
        SpringContext application =
                SpringContext.withDemo().with("turnstile.plugins.demo.bundle", inJar(TestPlugins.bundle()));
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertEchoes(context.getBean(SynchronizedPlugin.class));
        }
    }

    @Test
    void libraryInAJar_isCopied_andTheCopyIsRemovedAtLast() throws Exception {
        SpringContext application =
                new SpringContext().with("turnstile.plugins.demo.library", inJar(TestPlugins.demo()));
        application.with("turnstile.plugins.demo.restarts.attempts", 1);
        application.with("turnstile.plugins.demo.restarts.first-delay", "0ms");
        try (AnnotationConfigApplicationContext context = application.open()) {
            SynchronizedPlugin plugin = context.getBean(SynchronizedPlugin.class);
            assertEchoes(plugin);
            plugin.request("panic", "{}").submit().exceptionally(panicked -> "").join();
            assertEchoes(plugin); // from the copy, once more
        } // the place says if something is left
    }

    @Test
    void copyOfALibrary_isRemovedOnceASwapHasAnotherOneInItsPlace() throws Exception {
        SpringContext application = new SpringContext()
                .with("turnstile.plugins.demo.library", inJar(TestPlugins.demo()))
                .with("turnstile.plugins.demo.restarts.attempts", 1)
                .with("turnstile.plugins.demo.restarts.first-delay", "0ms");
        try (AnnotationConfigApplicationContext context = application.open()) {
            OpenedPlugins plugins = context.getBean(OpenedPlugins.class);
            SynchronizedPlugin plugin = plugin(context);
            int before = place.extracted().size();
            for (int i = 0; i < 3; i++) {
                assertEquals(1, plugins.swap("demo").switched());
                assertEchoes(plugin);
            }
            Eventually.isTrue("as many as before", () -> place.extracted().size() == before);
            plugin.request("panic", "{}").submit().exceptionally(panicked -> "").join();
            assertEchoes(plugin); // from the last copy

            Path damaged = directory.resolve(TestPlugins.demo().getFileName());
            Files.writeString(damaged, "no library");
            String unused = inJar(damaged);
            assertThrows(SwapException.class, () -> plugins.swap("demo"));
            Eventually.isTrue("no copy more", () -> place.extracted().size() == before);
            assertEchoes(plugin);
        }
    }

    @Test
    void severalPlugins_areOfTheirKinds() throws Exception {
        SpringContext application = SpringContext.withDemo()
                .with("turnstile.plugins.demo.capacity", 7)
                .with("turnstile.plugins.pool.bundle", "file:" + TestPlugins.bundle())
                .with("turnstile.plugins.pool.trust.keys[0]", TestPlugins.key().base64())
                .with("turnstile.plugins.pool.trust.name", "turnstile-demo")
                .with("turnstile.plugins.pool.trust.least-version", "0.1.0")
                .with("turnstile.plugins.pool.instances", 3)
                .with("turnstile.plugins.shared.library", TestPlugins.demo())
                .with("turnstile.plugins.shared.instances", 2)
                .with("turnstile.plugins.shared.shared", true)
                .with("turnstile.plugins.unsigned.bundle", TestPlugins.bundle())
                .with("turnstile.plugins.unsigned.trust.unsigned", true);
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertEquals(4, context.getBeansOfType(GuardedPlugin.class).size());
            assertEquals(7, context.getBean("demo", SynchronizedPlugin.class).capacity());
            assertEquals(
                    3, context.getBean("pool", PluginPool.class).instances().size());
            assertEquals(
                    2, context.getBean("shared", PluginPool.class).instances().size());
            assertEchoes(context.getBean("unsigned", SynchronizedPlugin.class));
        }
    }

    @Test
    void disabled_thereIsNothing() {
        SpringContext application = SpringContext.withDemo().with("turnstile.enabled", false);
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertEquals(Map.of(), context.getBeansOfType(GuardedPlugin.class));
            assertEquals(0, context.getBeanNamesForType(TurnstileProperties.class).length);
        }
    }

    @Test
    void lazyBean_isOpenedWhenItIsAskedFor() {
        SpringContext application = SpringContext.withDemo()
                .and(context -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
        try (AnnotationConfigApplicationContext context = application.open()) {
            OpenedPlugins plugins = context.getBean(OpenedPlugins.class);
            assertEquals(Map.of(), plugins.all());
            assertSame(context.getBean(SynchronizedPlugin.class), plugins.all().get("demo"));
        }
    }

    @Test
    void contextThatIsStoppedAndStarted_keepsItsPlugins() throws Exception {
        try (AnnotationConfigApplicationContext context =
                SpringContext.withDemo().open()) {
            context.stop();
            context.start();
            assertEchoes(context.getBean(SynchronizedPlugin.class));
        }
    }

    /** A poller of Spring Integration, and a component without a phase. */
    @Test
    void whatMakesCallsByItself_stopsBeforeThePlugins() throws Exception {
        for (int phase : new int[] {SmartLifecycle.DEFAULT_PHASE / 2, 0}) {
            AtomicReference<String> answer = new AtomicReference<>();
            SpringContext application = SpringContext.withDemo()
                    .and(context -> context.registerBean(
                            "caller", Caller.class, () -> new Caller(phase, () -> answer.set(echo(context)))));
            application.open().close();
            assertEquals(ECHO, answer.get());
        }
    }

    private static String echo(AnnotationConfigApplicationContext context) {
        try {
            return plugin(context).call("echo", "{\"message\":\"hi\"}");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Makes its last call when it is stopped. */
    private static final class Caller implements SmartLifecycle {
        private final int phase;
        private final Runnable lastCall;
        private boolean isRunning;

        Caller(int phase, Runnable lastCall) {
            this.phase = phase;
            this.lastCall = lastCall;
        }

        @Override
        public void start() {
            isRunning = true;
        }

        @Override
        public void stop() {
            isRunning = false;
            lastCall.run();
        }

        @Override
        public boolean isRunning() {
            return isRunning;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    @Test
    void childThatIsClosed_closesNoPluginOfItsParent() throws Exception {
        try (AnnotationConfigApplicationContext context =
                SpringContext.withDemo().open()) {
            AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
            child.setParent(context);
            child.refresh();
            child.close();
            context.stop();
            assertEchoes(context.getBean(SynchronizedPlugin.class));
        }
    }

    @Test
    void startThatFailsLater_closesThePlugin() {
        AtomicReference<SynchronizedPlugin> opened = new AtomicReference<>();
        var unused = SpringContext.withDemo()
                .and(context -> context.registerBean("refusing", Object.class, () -> {
                    opened.set(context.getBean(SynchronizedPlugin.class));
                    throw new UnsupportedOperationException("refusing");
                }))
                .refusedBy(UnsupportedOperationException.class);
        assertEquals(TurnstileState.CLOSED, opened.get().gateState());
    }

    @Test
    void pluginThatNeverBecameABean_isClosed() {
        AtomicReference<GuardedPlugin> opened = new AtomicReference<>();
        PluginObserver observer = new PluginObserver() {
            @Override
            public PluginOptions opening(String name, TurnstileProperties.Plugin plugin, PluginOptions options) {
                return options;
            }

            @Override
            public void opened(String name, GuardedPlugin plugin) {
                opened.set(plugin);
                throw new UnsupportedOperationException("refusing");
            }
        };
        var unused = SpringContext.withDemo()
                .and(context -> context.registerBean(PluginObserver.class, () -> observer))
                .refusedBy(UnsupportedOperationException.class);
        assertEquals(TurnstileState.CLOSED, opened.get().gateState());
    }

    @Test
    void callThatOutlivesTheLimit_isToldAndNotWaitedFor() throws Exception {
        SpringContext application = SpringContext.withDemo()
                .with("turnstile.plugins.demo.close-limit", "0s")
                .with("turnstile.plugins.other.library", TestPlugins.demo());
        SynchronizedPlugin plugin;
        CompletableFuture<String> sleeping;
        try (AnnotationConfigApplicationContext context = application.open()) {
            plugin = context.getBean("demo", SynchronizedPlugin.class);
            sleeping = plugin.submit("sleep", "{\"duration_ms\":1000}");
            Eventually.isTrue("it has begun", () -> plugin(context).stats().running() == 1);
        }
        ExecutionException told = assertThrows(ExecutionException.class, sleeping::get);
        assertInstanceOf(TurnstileClosedException.class, told.getCause());
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
    }

    private static SynchronizedPlugin plugin(AnnotationConfigApplicationContext context) {
        return context.getBean("demo", SynchronizedPlugin.class);
    }

    // ---- what is refused ----

    private static void assertRefused(SpringContext application, String description, String wayOut) {
        RefusedConfigurationException refused = application.refusedBy(RefusedConfigurationException.class);
        assertTrue(refused.getMessage().contains(description), refused.getMessage());
        assertTrue(refused.wayOut().contains(wayOut), refused.wayOut());
    }

    @Test
    void bundleOfNobodyKnown_isRefused() {
        assertRefused(
                SpringContext.withDemo().without("turnstile.plugins.demo.trust.keys"),
                "nothing says whose bundle",
                "turnstile.plugins.demo.trust.unsigned");
    }

    @Test
    void keysBesideUnsigned_areRefused() {
        assertRefused(
                SpringContext.withDemo().with("turnstile.plugins.demo.trust.unsigned", true),
                "the keys are not looked at",
                "one of the two");
    }

    @Test
    void pluginWithoutAFile_isRefused() {
        assertRefused(
                new SpringContext().with("turnstile.plugins.demo.capacity", 1),
                "no bundle and no library",
                "turnstile.plugins.demo.bundle");
    }

    @Test
    void valueThatTheLibraryRefuses_isNamed() {
        assertRefused(
                SpringContext.withDemo().with("turnstile.plugins.demo.capacity", 0),
                "capacity is 0, but must be 1 or more",
                "turnstile.plugins.demo");
        assertRefused(
                SpringContext.withDemo().with("turnstile.plugins.demo.config-json", "{"),
                "config-json is not JSON",
                "turnstile.plugins.demo");
    }

    @Test
    void bundleBesideALibrary_isRefused() {
        String message = SpringContext.withDemo()
                .with("turnstile.plugins.demo.library", TestPlugins.demo())
                .refusedBy(MutuallyExclusiveConfigurationPropertiesException.class)
                .getMessage();
        assertTrue(message.contains("turnstile.plugins.demo.library"), message);
    }

    @Test
    void fileThatIsNotThere_isNamed() {
        var refused = SpringContext.withDemo()
                .with("turnstile.plugins.demo.bundle", "classpath:no-such.rbp")
                .refusedBy(InvalidConfigurationPropertyValueException.class);
        assertEquals("turnstile.plugins.demo.bundle", refused.getName());
        assertTrue(refused.getReason().contains("no-such.rbp"), refused.getReason());
    }

    @Test
    void misspeltProperty_isNamed() {
        var refused = SpringContext.withDemo()
                .with("turnstile.plugins.demo.capasity", 5)
                .refusedBy(RefusedConfigurationException.class);
        assertTrue(refused.getMessage().contains("turnstile.plugins.demo.capasity"), refused.getMessage());
        assertRefused(
                SpringContext.withDemo().with("turnstile.web.retry-aftr", "1s"), "turnstile.web.retry-aftr", "name");
    }

    @Test
    void nameOfAnother_isNoneOfOurs() throws Exception {
        SpringContext application = SpringContext.withDemo().with("turnstile.secret-key", "s3cret");
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertEchoes(context.getBean(SynchronizedPlugin.class));
        }
    }

    @Test
    void refusal_hasNoValueOfTheConfiguration() {
        for (String property : List.of("confg.password", "config", "config-json")) {
            Throwable refused = SpringContext.withDemo()
                    .with("turnstile.plugins.demo." + property, "s3cret")
                    .refusedBy(RefusedConfigurationException.class);
            StringWriter all = new StringWriter();
            refused.printStackTrace(new PrintWriter(all));
            assertTrue(all.toString().contains(property), all::toString);
            assertFalse(all.toString().contains("s3cret"), all::toString);
        }
    }

    @Test
    void protectionWithoutEffect_isRefused() {
        for (Map.Entry<String, String> trust : Map.of(
                        "keys", SpringContext.key().toString(),
                        "unsigned", "true",
                        "name", "turnstile-demo",
                        "least-version", "0.1.0",
                        "legacy-signatures", "true")
                .entrySet()) {
            assertRefused(
                    new SpringContext()
                            .with("turnstile.plugins.demo.library", TestPlugins.demo())
                            .with("turnstile.plugins.demo.trust." + trust.getKey(), trust.getValue()),
                    "turnstile.plugins.demo.trust has no effect",
                    "set bundle");
        }
        assertRefused(
                new SpringContext()
                        .with("turnstile.plugins.demo.library", TestPlugins.demo())
                        .with("turnstile.plugins.demo.variant", "debug"),
                "turnstile.plugins.demo.variant has no effect",
                "set bundle");
        for (Map.Entry<String, String> isolation : Map.of(
                        "kill-after", "5s",
                        "jvm-arguments", "-Xmx64m",
                        "native-host", "/opt/host",
                        "spare-process", "true",
                        "memory-limit", "64MB",
                        "recycle-after-calls", "1000",
                        "recycle-after-rest", "1h",
                        "recycle-above-memory", "64MB")
                .entrySet()) {
            assertRefused(
                    SpringContext.withDemo()
                            .with("turnstile.plugins.demo.isolation." + isolation.getKey(), isolation.getValue()),
                    "turnstile.plugins.demo.isolation has no effect",
                    "isolation.process");
        }
        assertRefused(
                SpringContext.withDemo().with("turnstile.plugins.demo.shared", true),
                "turnstile.plugins.demo.shared has no effect",
                "set instances");
    }

    @Test
    void otherPluginThanExpected_isRefused() {
        for (Map.Entry<String, String> pin :
                Map.of("name", "another", "least-version", "99.0.0").entrySet()) {
            BundleException refused = SpringContext.withDemo()
                    .with("turnstile.plugins.demo.trust." + pin.getKey(), pin.getValue())
                    .refusedBy(BundleException.class);
            assertEquals(BundleException.Problem.UNTRUSTED, refused.problem());
            assertNotNull(refused.getMessage());
        }
    }
}
