package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.SwapException;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.Platform;
import dev.turnstile.elf.ElfLibrary;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.TestPlugins;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A plugin in C++ whose state is in a header: the loader keeps it once for the process ({@code STB_GNU_UNIQUE}). The plugin answers with
 * the number of its calls, which that state counts, so it goes on from test to test.
 */
class UniqueStateTest extends LoadsOfFiles {
    private static final PluginOptions OPTIONS = PluginOptions.defaults();
    private static final PluginOptions ALLOWED = OPTIONS.withUniqueSymbolsAllowed(true);
    private static final String COUNT = "_ZZN11header_only5callsEvE5count";
    private static final String LEVEL = "_ZN11header_only8SettingsIiE5levelE";
    private static final String OF_THREAD = "_ZZN11header_only20calls_of_this_threadEvE5count";

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final Path library = TestPlugins.library("header_state");
    private final Path separate = TestPlugins.library("header_state_separate");

    @BeforeEach
    void isBuilt() throws Exception {
        assumeTrue(Files.exists(library), "a plugin in C++, which is built where there is a C++ compiler");
        assumeTrue(Platform.host().system().equals("linux"), "the loader of Linux");
        assumeTrue(
                !ElfLibrary.read(library).uniqueState().isEmpty(), "a compiler that makes unique symbols, as GCC does");
    }

    private static int number(String answer) {
        return Integer.parseInt(answer);
    }

    private Bundle bundle() {
        Path file = directory.resolve("header-state.rbp");
        new BundleWriter("header-state", "1.0.0")
                .library(Platform.host(), "release", library)
                .write(file);
        return Bundle.open(file, BundleTrust.checksumsOnly());
    }

    // ---- what the symbols are ----

    @Test
    void symbolsOfState_areFound_andThoseOfConstantsAreNot() throws Exception {
        assertEquals(
                Set.of(COUNT, LEVEL, OF_THREAD),
                new TreeSet<>(ElfLibrary.read(library).uniqueState()));
        assertEquals(List.of(), ElfLibrary.read(separate).uniqueState());
    }

    // ---- what is shared ----

    @Test
    void instancesOfAPool_shareTheState_ifThatIsAllowed() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(library, 3, CONFIG, ALLOWED));
        assertEquals(3, place.extracted().size());
        List<Integer> counts = OfEach.payloads(pool).stream()
                .map(UniqueStateTest::number)
                .sorted()
                .toList();

        int first = counts.getFirst();
        assertEquals(List.of(first, first + 1, first + 2), counts);
    }

    @Test
    void instancesOfAPool_areSeparate_ifItIsCompiledWithoutUniqueSymbols() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(separate, 3, CONFIG, healing(OPTIONS)));
        assertEquals(List.of("1", "1", "1"), OfEach.payloads(pool));
        pool.swap(separate, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals(List.of("1", "1", "1"), OfEach.payloads(pool));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void instancesInProcessesOfTheirOwn_areSeparate(Host host) throws Exception {
        PluginPool pool =
                audit.watch(PluginPool.load(library, 3, CONFIG, healing(OPTIONS.withIsolation(host.isolation()))));
        assertEquals(List.of("1", "1", "1"), OfEach.payloads(pool));
        assertEquals(List.of("2", "2", "2"), OfEach.payloads(pool));
        pool.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals(List.of("1", "1", "1"), OfEach.payloads(pool));
    }

    @Test
    void pluginThatIsSwappedIn_hasTheStateOfTheOldOne_ifThatIsAllowed() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(library, CONFIG, ALLOWED));
        int before = number(plugin.call("any", "1"));
        plugin.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals(before + 1, number(plugin.call("any", "1")));
    }

    // ---- what is refused ----

    private static String refused(Executable load) {
        return assertThrows(PluginLoadException.class, load).getMessage();
    }

    private String assertNotForSeveral(String name, Executable load) {
        String message = refused(load);
        assertTrue(
                message.contains("The plugin library " + name) && message.contains(" is not for several instances"),
                message);
        assertTrue(message.contains("3 symbols, such as _Z"), message);
        assertTrue(message.contains("(STB_GNU_UNIQUE)"), message);
        assertTrue(
                message.endsWith("Compile it with -fno-gnu-unique. If that state may be shared,"
                        + " PluginOptions.withUniqueSymbolsAllowed(true) loads it nevertheless"),
                message);
        Eventually.isTrue(
                "those that were refused at the same time are gone",
                () -> place.extracted().isEmpty());
        return message;
    }

    @Test
    void pool_ofSeveralInstances_isRefused() {
        assertNotForSeveral(library.toString(), () -> PluginPool.load(library, 2, CONFIG, OPTIONS));
    }

    @Test
    void pool_ofABundle_isRefused() {
        Bundle bundle = bundle();
        String name = library.getFileName().toString();
        String message = assertNotForSeveral(name, () -> PluginPool.load(bundle, 2, CONFIG, OPTIONS));
        assertTrue(message.startsWith("The bundle " + directory.resolve("header-state.rbp") + ": "), message);
        assertFalse(message.contains(place.path().toString()), message);
    }

    @Test
    void restarts_areRefused_alsoOfASharedInstance() {
        assertNotForSeveral(library.toString(), () -> SynchronizedPlugin.load(library, CONFIG, healing(OPTIONS)));
        assertNotForSeveral(library.toString(), () -> PluginPool.loadShared(library, 2, CONFIG, healing(OPTIONS)));
    }

    @Test
    void oneInstance_isNotRefused_alsoIfWorkersShareIt() throws Exception {
        int before;
        try (SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(library))) {
            before = number(plugin.call("any", "1"));
        }
        PluginPool shared = audit.watch(PluginPool.loadShared(library, 2, CONFIG, OPTIONS));
        assertEquals(before + 1, number(shared.call("any", "1")));
    }

    @Test
    void secondInstanceOfAPool_isRefused() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(library, 1, CONFIG, OPTIONS));
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> pool.resize(2));
        assertInstanceOf(PluginLoadException.class, refused.getCause());
        pool.call("any", "1");
    }

    @Test
    void swap_toTheSameSymbols_isRefused_andTheOldOneGoesOn() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(library));
        int before = number(plugin.call("any", "1"));
        SwapException refused = assertThrows(
                SwapException.class, () -> plugin.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE));
        assertTrue(refused.getMessage().contains("-fno-gnu-unique"), refused::getMessage);
        assertEquals(before + 1, number(plugin.call("any", "1")));
    }

    @Test
    void swap_toOtherSymbolsOrNone_isNot() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.demo()));
        plugin.swap(library, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        plugin.call("any", "1");
        plugin.swap(separate, CONFIG, PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals("1", plugin.call("any", "1"));
    }

    @Test
    void secondLoad_isRefusedWhileTheFirstIsOpen_andNotAfterwards() {
        Path other = TestPlugins.privateCopy("header_state", directory);
        int before;
        try (NativePlugin plugin = NativePlugin.load(library)) {
            String message = refused(() -> NativePlugin.load(library));
            assertTrue(
                    message.startsWith("The plugin library " + library
                            + " is not loaded while another load of it is open: the two would share"),
                    message);
            String ofOther = refused(() -> NativePlugin.load(other));
            assertTrue(
                    ofOther.startsWith("The plugin library " + other + " is not loaded while the plugin library "
                            + library + " is open:"),
                    ofOther);
            assertEquals(1, place.extracted().size());
            before = number(plugin.call("any", "1"));
        }
        try (NativePlugin plugin = NativePlugin.load(other)) {
            assertEquals(before + 1, number(plugin.call("any", "1")));
            assertEquals(1, log.lines("WARN", other + " does not begin afresh").size());
        }
    }

    @Test
    void load_besideABundle_namesTheBundle_andNotItsPrivateFile() throws Exception {
        Bundle bundle = bundle();
        Path file = directory.resolve("header-state.rbp");
        try (NativePlugin plugin = NativePlugin.load(bundle)) {
            String message = refused(() -> NativePlugin.load(library));
            assertTrue(message.contains(" is not loaded while the bundle " + file + ": "), message);
            assertFalse(message.contains(place.path().toString()), message);
            String again = refused(() -> NativePlugin.load(bundle));
            assertTrue(again.startsWith("The bundle " + file + ": "), again);
            assertTrue(again.contains(" is not loaded while another load of it is open"), again);
            assertFalse(plugin.toString().contains(place.path().toString()), plugin.toString());
        }
        int warnings = log.lines("WARN", "The bundle " + file + ": ").size();
        NativePlugin.load(bundle).close();
        assertEquals(
                warnings + 1, log.lines("WARN", "The bundle " + file + ": ").size());
    }

    /** The log is code of the user's: what it waits for may load a plugin, too. */
    @Test
    void warning_isLoggedWhileOthersMayLoad() throws Exception {
        NativePlugin.load(library).close();
        List<String> others = new CopyOnWriteArrayList<>();
        log.failAt(line -> {
            if (line.contains("does not begin afresh") && others.isEmpty()) {
                others.add(refusedElsewhere());
            }
            return false;
        });
        NativePlugin.load(library).close();

        assertEquals(1, others.size());
        assertTrue(others.getFirst().contains("another load of it is open"), others::toString);
    }

    private String refusedElsewhere() {
        CompletableFuture<String> refusal = CompletableFuture.supplyAsync(
                () -> refused(() -> NativePlugin.load(library)), runnable -> new Thread(runnable, "other").start());
        return refusal.completeOnTimeout("is not done", Audit.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** It begins neither afresh nor otherwise. */
    @Test
    void loadThatFails_warnsOfNothing() throws Exception {
        NativePlugin.load(library).close();
        String content = Files.readString(library, StandardCharsets.ISO_8859_1);
        Path noPlugin = directory.resolve("libno_plugin.so");
        Files.writeString(noPlugin, content.replace("plugin_init", "plugin_inix"), StandardCharsets.ISO_8859_1);

        assertTrue(refused(() -> NativePlugin.load(noPlugin)).contains("does not export"));
        assertEquals(List.of(), log.lines("WARN", noPlugin.toString()));
    }

    /** The names are of this test alone; the library could not be loaded with them. */
    @Test
    void state_isUsedOnceTheLoaderHasHadIt_andNotByAClaimAlone() throws Exception {
        String content = Files.readString(library, StandardCharsets.ISO_8859_1);
        Path renamed = directory.resolve("librenamed.so");
        Files.writeString(renamed, content.replace("header_only", "only_header"), StandardCharsets.ISO_8859_1);
        CheckedLibrary checked = CheckedLibrary.inPlace(renamed);
        for (int i = 0; i < 2; i++) {
            try (UniqueState claim = UniqueState.claim(checked, UniqueState.Rule.ALONE)) {
                claim.warn();
            }
        }
        assertEquals(List.of(), log.lines("WARN", renamed.toString()));
        for (int i = 0; i < 2; i++) {
            try (UniqueState claim = UniqueState.claim(checked, UniqueState.Rule.ALONE)) {
                claim.loaded();
                claim.warn();
            }
        }
        assertEquals(1, log.lines("WARN", renamed + " does not begin afresh").size());
    }

    /** Who loads the file itself twice has asked for one set of globals. */
    @Test
    void fileItself_isLoadedTwice() {
        try (NativePlugin one = NativePlugin.loadInPlace(library);
                NativePlugin other = NativePlugin.loadInPlace(library)) {
            assertEquals(number(one.call("any", "1")) + 1, number(other.call("any", "1")));
            assertTrue(refused(() -> NativePlugin.load(library)).contains("another load of it is open"));
        }
    }

    /** A claim that stayed would refuse each later load. */
    @Test
    void loadThatFails_leavesNoClaim() {
        for (int i = 0; i < 2; i++) {
            PluginConfig unwritable = CONFIG.withData(new LoadingTest.Computed(() -> {
                throw new IllegalStateException("this has no JSON");
            }));
            assertTrue(refused(() -> NativePlugin.load(library, unwritable, PluginLogListener.slf4j()))
                    .contains("this has no JSON"));
        }
        NativePlugin.load(library).close();
    }

    /** Also where its state would not matter: the loader does not check the file, and the JVM may end. */
    @Test
    void malformedLibrary_neverReachesTheLoader() throws Exception {
        byte[] bytes = Files.readAllBytes(TestPlugins.library("minimal"));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int segments = Math.toIntExact(file.getLong(32));
        for (int at = segments; at < segments + 56 * file.getShort(56); at += 56) {
            if (file.getInt(at) == 2) {
                file.putLong(at + 16, 1L << 40); // where the dynamic section is to be in memory
            }
        }
        Path odd = Files.write(directory.resolve("libodd.so"), bytes);
        String expected =
                "The plugin library " + odd + " cannot be loaded: it is a malformed ELF file: the dynamic section at";
        for (Executable load : List.<Executable>of(
                () -> NativePlugin.load(odd),
                () -> NativePlugin.loadInPlace(odd),
                () -> PluginPool.load(odd, 2, CONFIG, OPTIONS),
                () -> PluginPool.load(odd, 2, CONFIG, ALLOWED))) {
            String message = refused(load);
            assertTrue(message.startsWith(expected), message);
        }
        Path text = Files.writeString(directory.resolve("libtext.so"), "no library at all".repeat(10));
        String noLibrary = refused(() -> PluginPool.load(text, 2, CONFIG, OPTIONS));
        assertTrue(noLibrary.contains("it is not a library for any system known here"), noLibrary);
    }
}
