package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each piece of Java in the guides is compiled, run, and prints what the guide's source says; so is the plugin in C. */
@Tag("slow")
class GuidesTest {
    @TempDir
    static Path directory;

    static List<Snippet> snippets() throws IOException {
        List<Snippet> all = new ArrayList<>();
        for (Path guide : Documents.guides()) {
            all.addAll(Snippet.of(guide));
        }
        return all;
    }

    @BeforeAll
    static void compile() throws Exception {
        Documents.placeDemoPlugin(directory);
        List<String> arguments = new ArrayList<>(
                List.of("-d", directory.resolve("classes").toString(), "-cp", System.getProperty("java.class.path")));
        for (Snippet snippet : snippets()) {
            Path source = directory.resolve(snippet.className() + ".java");
            arguments.add(Files.writeString(source, snippet.program()).toString());
        }
        int exitCode = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
        assertEquals(0, exitCode, "they compile");
        buildPluginInC();
    }

    private static void buildPluginInC() throws Exception {
        String guide = Files.readString(Documents.BASE.resolve("src/site/markdown/guides/writing-a-plugin.md"));
        Matcher source = Pattern.compile("```c\\n(.*?)```", Pattern.DOTALL).matcher(guide);
        assertEquals(1, source.results().count());
        source.reset().find();
        Files.writeString(directory.resolve("greeter.c"), source.group(1));
        Process compiler = new ProcessBuilder(
                        "cc",
                        "-shared",
                        "-fPIC",
                        "-fvisibility=hidden",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-I",
                        Documents.BASE.resolve("bindings").toAbsolutePath().toString(),
                        "-o",
                        "libgreeter.so",
                        "greeter.c")
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertEquals(0, compiler.waitFor(), "the plugin in C compiles");
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void snippet_printsWhatItShould(Snippet snippet) throws Exception {
        assertFalse(snippet.prints().isEmpty(), "a comment in front of it says what it prints");
        String classPath = directory.resolve("classes") + ":" + System.getProperty("java.class.path");
        Documents.assertPrints(snippet.prints(), directory, "-cp", classPath, snippet.className());
    }

    /** To what lies in the repository; what lies elsewhere is not looked at. */
    @Test
    void links_leadSomewhere() throws Exception {
        List<String> broken = new ArrayList<>();
        Pattern link = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");
        try (var files = Files.walk(Documents.BASE.resolve("src/site/markdown"))) {
            List<Path> documents = new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(".md")).toList());
            documents.add(Documents.BASE.resolve("README.md"));
            documents.add(Documents.BASE.resolve("CONTRIBUTING.md"));
            for (Path document : documents) {
                link.matcher(Files.readString(document))
                        .results()
                        .map(found -> found.group(1))
                        .forEach(target -> {
                            if (!target.contains(":") && !Files.exists(document.resolveSibling(target))) {
                                broken.add(document + " -> " + target);
                            }
                        });
            }
        }
        assertEquals(List.of(), broken);
    }
}
