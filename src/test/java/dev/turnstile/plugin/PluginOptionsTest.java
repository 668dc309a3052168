package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.testing.ScriptedPlugin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The settings of a plugin on the Java side, and what is said where one is missing or makes no sense. */
class PluginOptionsTest {
    private static final PluginOptions DEFAULTS = PluginOptions.defaults();
    private static final PluginConfig CONFIG = PluginConfig.defaults();
    private static final Path LIBRARY = Path.of("libecho.so");

    @Test
    void settings_areThoseThatWereSet() {
        JsonMapper mapper = new JsonMapper();
        PluginLogListener listener = line -> {};
        TurnstileOptions gate = TurnstileOptions.defaults().withWorkerName("w");
        PluginOptions options = DEFAULTS.withGate(gate)
                .withCapacity(7)
                .withMapper(mapper)
                .withLogListener(listener)
                .withVariant("debug")
                .withLibraryInPlace(true)
                .withUniqueSymbolsAllowed(true)
                .withIsolation(Isolation.process());

        assertEquals(gate.withCapacity(7), options.gate());
        assertSame(mapper, options.mapper());
        assertSame(listener, options.logListener());
        assertEquals("debug", options.variant());
        assertTrue(options.libraryInPlace());
        assertTrue(options.uniqueSymbolsAllowed());
        assertTrue(options.isolation().isProcess());
        assertFalse(DEFAULTS.isolation().isProcess());
        assertFalse(options.withLibraryInPlace(false).libraryInPlace());
        assertFalse(options.withUniqueSymbolsAllowed(false).uniqueSymbolsAllowed());
        assertEquals(
                "PluginOptions[gate=" + gate.withCapacity(7) + ", mapper=" + mapper + ", logListener=" + listener
                        + ", variant=debug, libraryInPlace=true, uniqueSymbolsAllowed=true, isolation="
                        + Isolation.process() + "]",
                options.toString());
    }

    static List<Arguments> missing() {
        return List.of(
                missing("gate", () -> DEFAULTS.withGate(null)),
                missing("mapper", () -> DEFAULTS.withMapper(null)),
                missing("logListener", () -> DEFAULTS.withLogListener(null)),
                missing("variant", () -> DEFAULTS.withVariant(null)),
                missing("isolation", () -> DEFAULTS.withIsolation(null)),
                missing("options", () -> SynchronizedPlugin.load(LIBRARY, CONFIG, null)),
                missing("bundle", () -> SynchronizedPlugin.load((Bundle) null, CONFIG, DEFAULTS)),
                missing("options", () -> SynchronizedPlugin.open(log -> null, null)),
                missing("options", () -> PluginPool.load(LIBRARY, 1, CONFIG, null)),
                missing("bundle", () -> PluginPool.load((Bundle) null, 1, CONFIG, DEFAULTS)),
                missing("options", () -> PluginPool.loadShared(LIBRARY, 1, CONFIG, null)),
                missing("bundle", () -> PluginPool.loadShared((Bundle) null, 1, CONFIG, DEFAULTS)),
                missing("options", () -> PluginPool.open(log -> null, 1, null)),
                missing("level", () -> PluginLogLine.of(null, "target", "message")),
                missing("target", () -> PluginLogLine.of(LogLevel.INFO, null, "message")),
                missing("message", () -> PluginLogLine.of(LogLevel.INFO, "target", null)),
                missing(
                        "tag",
                        () -> PluginLogLine.of(LogLevel.INFO, "target", "message")
                                .withTag(null)));
    }

    private static Arguments missing(String name, Executable use) {
        return Arguments.of(name, use);
    }

    @ParameterizedTest
    @MethodSource("missing")
    void argument_thatIsNull_isNamed(String name, Executable use) {
        assertEquals(name, assertThrows(NullPointerException.class, use).getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1001})
    void pool_ofASenselessSize_isRefusedByTheNameOfTheArgument(int count) {
        assertRefused("instances", count, () -> PluginPool.load(LIBRARY, count, CONFIG, DEFAULTS));
        assertRefused("workers", count, () -> PluginPool.loadShared(LIBRARY, count, CONFIG, DEFAULTS));
        assertRefused("instances", count, () -> PluginPool.open(log -> null, count, DEFAULTS));
    }

    private static void assertRefused(String argument, int count, Executable use) {
        assertEquals(
                argument + " is " + count + ", but must be 1 to 1000",
                assertThrows(IllegalArgumentException.class, use).getMessage());
    }

    @Test
    void settings_thatMakeNoSenseTogether_areRefusedBeforeAPluginIsStarted() {
        PluginOptions options = DEFAULTS.withGate(
                TurnstileOptions.defaults().withReservedPlaces(9).withCapacity(9));

        String message;
        try (ScriptedPlugin script = new ScriptedPlugin()) {
            message = assertThrows(IllegalArgumentException.class, () -> script.open(options))
                    .getMessage();
            assertEquals(0, script.shutdowns());
        }

        assertEquals(
                "reservedPlaces is 9 and capacity is 9, which leaves no place for other calls than those of"
                        + " Lane.CONTROL: set withReservedPlaces to at most 8, or withCapacity to more than 9",
                message);
    }

    /** One of the two was ignored. */
    @Test
    void pool_ofAnotherSizeThanTheOptionsSay_isRefused() {
        PluginOptions three =
                PluginOptions.defaults().withGate(TurnstileOptions.defaults().withPoolSize(3));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PluginPool.load(LIBRARY, 2, CONFIG, three));
        assertEquals("poolSize is 3, but instances is 2: leave poolSize out", refused.getMessage());
    }
}
