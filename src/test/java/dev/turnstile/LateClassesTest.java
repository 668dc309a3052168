package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.plugin.LatePluginClassesProgram;
import dev.turnstile.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Once a gate or a plugin is open, no class of the library is loaded any more, and no lambda or anything else of it is linked, whatever is done with
 * it. Else a caller at the end of its stack might be the first to need that; and what overflows then is lost for everybody, until the JVM ends.
 *
 * <p>What fails here is new on a caller's way. A class goes into {@link Rehearsal}, or for plugins into {@code PluginClasses}. A lambda becomes a
 * class, or is made when the gate is opened.
 */
@Tag("slow")
class LateClassesTest {
    private static final Pattern LOADED = Pattern.compile("\\[class,load *] (dev\\.turnstile\\.\\S+) source: (\\S+)");
    private static final Pattern LINKED =
            Pattern.compile("resolve_invokedynamic Bootstrap in (dev/turnstile/\\S+) indy\\S+ (\\S+?):");

    @TempDir
    Path directory;

    enum Opened {
        GATE,
        POOL,
        PLUGIN,
        PLUGIN_POOL
    }

    @ParameterizedTest
    @EnumSource
    void open_loadsAndLinksAllThatCallersMayNeed(Opened opened) throws Exception {
        Path log = directory.resolve("classes.log");
        ChildJvm.Result result = ChildJvm.run(
                List.of(
                        "-Xlog:class+load,methodhandles+indy=debug:file=" + log,
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
                opened.name().startsWith("PLUGIN") ? LatePluginClassesProgram.class : LateClassesProgram.class,
                opened.name());
        assertEquals(0, result.exitCode(), result.output());

        assertEquals(Set.of(), late(Files.readAllLines(log)));
    }

    private static Set<String> late(List<String> log) {
        Set<String> ofTests = new HashSet<>();
        Set<String> late = new TreeSet<>();
        boolean isOpen = false;
        for (String line : log) {
            Matcher loaded = LOADED.matcher(line);
            Matcher linked = LINKED.matcher(line);
            if (loaded.find()) {
                String name = loaded.group(1);
                if (loaded.group(2).contains("test-classes")) {
                    ofTests.add(name);
                    isOpen |= name.equals(LateClassesProgram.Mark.class.getName());
                } else if (isOpen && !ofTests.contains(name.replaceFirst("\\$\\$Lambda.*", ""))) {
                    late.add(name);
                }
            } else if (isOpen && linked.find()) {
                String in = linked.group(1).replace('/', '.');
                if (!ofTests.contains(in)) {
                    late.add(in + " links " + linked.group(2));
                }
            }
        }
        assertTrue(isOpen, "the mark was set");
        return late;
    }
}
