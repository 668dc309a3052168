package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Plugins from bundles: found, verified, extracted, loaded; and when they are closed, or do not start, nothing is left. */
@Tag("slow")
class BundledPluginTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String ECHOED = "{\"message\":\"m\",\"length\":1}";
    private static final BundleTrust TRUST = BundleTrust.signedBy(TestPlugins.key());

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2) // closes what a test has left open, before the place is looked at
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private static Bundle demo() {
        return Bundle.open(TestPlugins.bundle(), TRUST);
    }

    private SynchronizedPlugin load(Bundle bundle, PluginOptions options) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options));
    }

    /** A bundle with these libraries of the build for this platform. */
    private Path bundle(String release, String debug) {
        Path file = directory.resolve("made.rbp");
        new BundleWriter("made", "1.0.0")
                .library(Platform.host(), "release", TestPlugins.library(release))
                .library(Platform.host(), "debug", TestPlugins.library(debug))
                .write(file);
        return file;
    }

    // ---- what is loaded ----

    @Test
    void load_inOneLine_answersAndLeavesNothing() throws Exception {
        try (SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.bundle(), TRUST))) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
            assertEquals(1, place.extracted().size());
            String name = System.mapLibraryName("turnstile_demo");
            assertTrue(plugin.toString().startsWith("SynchronizedPlugin[" + name + ", Turnstile["), plugin::toString);
        }

        assertEquals(List.of(), place.extracted());
    }

    @Test
    void nativePlugin_answersAndLeavesNothing() {
        try (NativePlugin plugin = NativePlugin.load(demo())) {
            assertEquals(ECHOED, plugin.call("echo", ECHO));
            assertEquals(1, place.extracted().size());
        }

        assertEquals(List.of(), place.extracted());
    }

    /** A plugin keeps its handlers and its log callback in globals of its file: so each has a file of its own. */
    @Test
    void twoOfOneBundle_areIndependent() throws Exception {
        Bundle bundle = demo();
        SynchronizedPlugin first = load(bundle, PluginOptions.defaults());
        NativeProbe ofFirst = new NativeProbe(
                place.extracted().getFirst().resolve(bundle.library().fileName()));
        SynchronizedPlugin second = load(bundle, PluginOptions.defaults());
        assertEquals(ECHOED, first.call("echo", ECHO));
        assertEquals(ECHOED, second.call("echo", ECHO));
        assertEquals(1, ofFirst.count("calls"));

        second.close();
        assertEquals(0, ofFirst.count("shutdowns"));
        assertEquals(ECHOED, first.call("echo", ECHO));
        assertEquals(1, place.extracted().size());
    }

    @Test
    void variant_isTheOneThatWasAskedFor() throws Exception {
        Bundle bundle = Bundle.open(bundle("minimal", "turnstile_demo"), BundleTrust.checksumsOnly());
        try (SynchronizedPlugin debug = load(bundle, PluginOptions.defaults().withVariant("debug"))) {
            assertTrue(debug.capabilities().contains(Capability.RAW_CALLS));
        }
        try (NativePlugin release = NativePlugin.load(bundle)) {
            assertEquals(Set.of(), release.capabilities());
        }
        PluginOptions unknown = PluginOptions.defaults().withVariant("profile");
        BundleException missing = assertThrows(BundleException.class, () -> load(bundle, unknown));

        assertEquals(Problem.MISSING, missing.problem());
        String wanted = "there is no variant \"profile\" for " + Platform.host() + ", only debug, release";
        assertTrue(missing.getMessage().endsWith(wanted), missing::getMessage);
        assertEquals(List.of(), place.extracted());
    }

    /** Who is asked later what code that was can tell. */
    @Test
    void load_logsWhatWasVerified() throws Exception {
        String output = ChildJvm.run(List.of(), LoadingProgram.class, "bundle").output();

        String signed = "signed by key " + TestPlugins.key().keyId() + " (timestamp:";
        BundledLibrary library = demo().library();
        assertTrue(
                output.contains("The bundle " + TestPlugins.bundle() + ": plugin turnstile-demo 0.1.0, " + signed),
                output);
        assertTrue(output.contains(library + ": SHA-256 " + library.checksum() + ", " + signed), output);
    }

    // ---- what is not ----

    @Test
    void bundleOfAnother_isRefusedBeforeAnythingIsWritten() {
        BundleTrust another = BundleTrust.signedBy(MinisignKey.generate().publicKey());

        BundleException refused =
                assertThrows(BundleException.class, () -> SynchronizedPlugin.load(TestPlugins.bundle(), another));
        assertEquals(Problem.UNTRUSTED, refused.problem());
        assertEquals(List.of(), place.extracted());
    }

    /** There is no way to load a bundle by mistake without having said whom to believe. */
    @Test
    void bundleAsALibrary_saysThatATrustIsMissing() throws Exception {
        Path renamed = Files.copy(TestPlugins.bundle(), directory.resolve("x.so"));
        for (Path file : List.of(TestPlugins.bundle(), renamed)) {
            PluginLoadException refused = assertThrows(PluginLoadException.class, () -> SynchronizedPlugin.load(file));
            assertEquals(
                    "The plugin library " + file + " cannot be loaded: it is a bundle, and whose bundles to believe"
                            + " must be said: load it with a BundleTrust",
                    refused.getMessage());
        }
    }

    @Test
    void libraryForAnotherPlatform_listsThoseThereAre() {
        Path file = directory.resolve("elsewhere.rbp");
        new BundleWriter("made", "1.0.0")
                .library(Platform.parse("plan9-mips"), "release", TestPlugins.demo())
                .library(Platform.parse("zos-s390x"), "release", TestPlugins.demo())
                .write(file);

        BundleException refused =
                assertThrows(BundleException.class, () -> SynchronizedPlugin.load(file, BundleTrust.checksumsOnly()));
        assertEquals(
                "The bundle " + file + ": there is no library for " + Platform.host()
                        + ", only for plan9-mips, zos-s390x",
                refused.getMessage());
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void libraryThatIsNoPlugin_isNamedWithItsBundleAndLeavesNothing() {
        Path file = bundle("missing_call", "minimal");
        String entry = "lib/" + Platform.host() + "/release/" + System.mapLibraryName("missing_call");

        PluginLoadException refused = assertThrows(
                PluginLoadException.class, () -> SynchronizedPlugin.load(file, BundleTrust.checksumsOnly()));
        assertTrue(refused.getMessage().startsWith("The bundle " + file + ": " + entry + ": "), refused::getMessage);
        assertTrue(refused.getMessage().endsWith("it does not export plugin_call"), refused::getMessage);
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void pluginThatDoesNotStart_carriesItsLogLinesAndLeavesNothing() {
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));

        PluginLoadException failed = assertThrows(
                PluginLoadException.class, () -> SynchronizedPlugin.load(demo(), failing, PluginOptions.defaults()));
        assertEquals(1, failed.logLines().size(), failed::getMessage);
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void interruptedLoad_leavesNothing() {
        Bundle bundle = demo();
        Caller<SynchronizedPlugin> loader = Caller.start(() -> {
            Thread.currentThread().interrupt();
            return load(bundle, PluginOptions.defaults());
        });

        assertInstanceOf(InterruptedException.class, loader.failure());
        Eventually.isTrue("nothing is left", () -> place.extracted().isEmpty());
    }

    @Test
    void withoutNativeAccess_nothingIsWritten() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(
                        LoadingTest.DENY_NATIVE_ACCESS,
                        "-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + directory.resolve("missing")),
                LoadingProgram.class,
                "bundle");

        assertEquals(
                2,
                result.output()
                        .lines()
                        .filter(line -> line.contains("Native access is denied"))
                        .count(),
                result.output());
    }
}
