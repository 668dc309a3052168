package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A description comes whole to where the plugin is opened, and what is wrong with it is said there. */
class PluginDescriptionTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    /** As Flink sends what a function has. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "BanSerializableRead"})
    static <T> T sent(T value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }

    private GuardedPlugin open(PluginDescription description) throws Exception {
        PluginDescription sent = sent(description);
        return audit.watch(PluginOpening.open(sent, sent.optionsMade(), PluginDescriptionTest.class.getClassLoader()));
    }

    private String key() throws Exception {
        Path file = Files.createTempDirectory(directory, "key").resolve("demo.pub");
        TestPlugins.key().write(file);
        return Files.readString(file);
    }

    @Test
    void bundle_isReadByFlinksFileSystem_andVerified() throws Exception {
        GuardedPlugin plugin =
                open(PluginDescription.bundle(TestPlugins.bundle().toUri().toString())
                        .signedBy(key())
                        .expectingName("turnstile-demo")
                        .atLeastVersion("0.0.1")
                        .withInstances(2)
                        .withConfig(PluginConfig::defaults)
                        .withOptions(options -> options.withCapacity(9)));
        assertEquals(9, plugin.capacity());
        assertEquals(2, plugin.instances().size());
        assertTrue(plugin.call("echo", "{\"message\":\"hi\"}").contains("hi"));
    }

    @Test
    void bundle_ofAnotherName_isRefused() throws Exception {
        String location = TestPlugins.bundle().toString();
        PluginDescription wrong =
                PluginDescription.bundle(location).signedBy(key()).expectingName("another");
        assertThrows(BundleException.class, () -> open(wrong));
        PluginDescription tooOld =
                PluginDescription.bundle(location).signedBy(key()).atLeastVersion("99.0.0");
        assertThrows(BundleException.class, () -> open(tooOld));
    }

    private void assertRefused(PluginDescription description, String wayOut) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> open(description));
        assertTrue(refusal.getMessage().contains(wayOut), refusal::getMessage);
    }

    @Test
    void bundle_withoutTrust_isRefused() {
        assertRefused(PluginDescription.bundle(TestPlugins.bundle().toString()), "signedBy");
    }

    @Test
    void resource_thatIsNotThere_isRefused() {
        assertRefused(PluginDescription.resource("no-such.rbp").withUnsigned(), "no-such.rbp");
    }

    @Test
    void closeLimit_beyondFlinks_isRefused() {
        assertRefused(
                PluginDescription.javaPlugin(StagedPlugin.class)
                        .withOptions(options -> options.withGate(options.gate().withCloseLimit(Duration.ofMinutes(3)))),
                "task.cancellation.timeout");
    }

    @Test
    void values_thatMakeNoSense_areRefused() {
        PluginDescription plugin = PluginDescription.javaPlugin(StagedPlugin.class);
        assertThrows(IllegalArgumentException.class, () -> plugin.withInstances(0));
        assertThrows(IllegalArgumentException.class, () -> plugin.withInstances(1_001));
        assertThrows(IllegalArgumentException.class, () -> plugin.sharedInProcess("one", Duration.ofNanos(-1)));
        PluginOperator operator = PluginOperator.of("ask", plugin);
        assertThrows(IllegalArgumentException.class, () -> operator.withInFlight(0));
        assertThrows(IllegalArgumentException.class, () -> operator.withParallelism(0));
    }

    private static void assertNamed(String parameter, Executable withNull) {
        assertEquals(
                parameter, assertThrows(NullPointerException.class, withNull).getMessage());
    }

    @Test
    void nulls_areRefused_andNamed() {
        PluginDescription plugin = PluginDescription.javaPlugin(StagedPlugin.class);
        PluginOperator operator = PluginOperator.of("ask", plugin);
        assertNamed("location", () -> PluginDescription.bundle(null));
        assertNamed("name", () -> PluginDescription.resource(null));
        assertNamed("plugin", () -> PluginDescription.javaPlugin(null));
        assertNamed("key", () -> plugin.signedBy(null));
        assertNamed("more", () -> plugin.signedBy("key", (String[]) null));
        assertNamed("more[0]", () -> plugin.signedBy("key", (String) null));
        assertNamed("name", () -> plugin.expectingName(null));
        assertNamed("version", () -> plugin.atLeastVersion(null));
        assertNamed("config", () -> plugin.withConfig(null));
        assertNamed("options", () -> plugin.withOptions(null));
        assertNamed("name", () -> plugin.sharedInProcess(null, Duration.ZERO));
        assertNamed("stays", () -> plugin.sharedInProcess("one", null));
        assertNamed("name", () -> PluginOperator.of(null, plugin));
        assertNamed("plugin", () -> PluginOperator.of("ask", null));
        assertNamed("errorPolicy", () -> operator.withErrorPolicy(null));
        assertNamed("records", () -> operator.ordered(null, (calls, record) -> null, Types.STRING));
        assertNamed("records", () -> operator.direct(null, (called, record) -> null, Types.STRING));
    }

    @Test
    void description_ofAllSettings_comesWhole() throws Exception {
        PluginDescription all = PluginDescription.resource("a.rbp")
                .signedBy("one", "two")
                .expectingName("name")
                .atLeastVersion("1.0.0")
                .withInstances(3)
                .sharedInProcess("pool", Duration.ofSeconds(5));
        assertEquals(all, sent(all));
    }
}
