package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
 * it; and its callers are not the first to initialize a class of the JDK. Else a caller at the end of its stack might be the first to need that; and what overflows then is lost for everybody, until the JVM ends.
 *
 * <p>What fails here is new on a caller's way. A class goes into {@link Rehearsal}, or for plugins into {@code PluginClasses}. A lambda becomes a
 * class, or is made when the gate is opened.
 */
@Tag("slow")
class LateClassesTest {
    private static final Pattern LOADED =
            Pattern.compile("^\\[(\\d+)]\\[class,load *] (dev\\.turnstile\\.\\S+) source: (\\S+)");
    private static final Pattern LINKED =
            Pattern.compile("^\\[(\\d+)].*resolve_invokedynamic Bootstrap in (dev/turnstile/\\S+) indy\\S+ (\\S+?):");
    private static final Pattern INITIALIZED = Pattern.compile(
            "^\\[(\\d+)]\\[class,init *] \\d+ Initializing '(java/\\S+|jdk/\\S+)' \\(0x"); // others have no initializer

    /** What the JDK generates for method handles and annotations, which is made as often as it is needed. */
    private static final Pattern GENERATED = Pattern.compile("java/lang/invoke/.*|jdk/proxy.*");

    /** Made when the first typed call comes, on a thread of its own, which is at the beginning of its stack. */
    private static final String MAPPER = "dev.turnstile.plugin.SerdeMapper";

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
                        "-Xlog:class+load,class+init,methodhandles+indy=debug:file=" + log + ":tid,tags",
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
        String caller = "";
        String ofMapper = "none";
        for (String line : log) {
            Matcher loaded = LOADED.matcher(line);
            Matcher linked = LINKED.matcher(line);
            Matcher initialized = INITIALIZED.matcher(line);
            if (loaded.find()) {
                String name = loaded.group(2);
                if (isOpen && name.equals(MAPPER)) {
                    ofMapper = loaded.group(1);
                    assertNotEquals(caller, ofMapper, "the mapper is not made by its user");
                }
                if (loaded.group(3).contains("test-classes")) {
                    ofTests.add(name);
                    if (name.equals(LateClassesProgram.Mark.class.getName())) {
                        isOpen = true;
                        caller = loaded.group(1);
                    } else if (name.equals(LateClassesProgram.End.class.getName())) {
                        return late;
                    }
                } else if (isOpen
                        && !loaded.group(1).equals(ofMapper)
                        && !ofTests.contains(name.replaceFirst("\\$\\$Lambda.*", ""))) {
                    late.add(name);
                }
            } else if (isOpen && linked.find() && !linked.group(1).equals(ofMapper)) {
                String in = linked.group(2).replace('/', '.');
                if (!ofTests.contains(in)) {
                    late.add(in + " links " + linked.group(3));
                }
            } else if (initialized.find()
                    && initialized.group(1).equals(caller)
                    && !GENERATED.matcher(initialized.group(2)).matches()) {
                late.add(initialized.group(2));
            }
        }
        throw new AssertionError("the end was not logged; open: " + isOpen);
    }
}
