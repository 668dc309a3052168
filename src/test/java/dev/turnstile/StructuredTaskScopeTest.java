package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.ChildJvm;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises 5 and 7 for callers in the JDK's own {@code StructuredTaskScope}. It is a preview and its API changes, so the
 * callers are a program for each form of it, {@code src/test/structured}, compiled and run with the preview switched on
 * by the JDK that runs this test; the library itself never needs that.
 */
class StructuredTaskScopeTest {
    private static final int FEATURE = Runtime.version().feature();

    @TempDir
    Path classes;

    @Test
    void scopeThatIsCancelled_takesItsCallsOutOfTheLine() throws Exception {
        assumeTrue(FEATURE != 26, "there are programs for JDK 21 to 24, for 25, and for 27 and later");
        Path source = Path.of(System.getProperty("turnstile.basedir", ""), "src", "test", "structured")
                .resolve(FEATURE < 25 ? "jdk21" : FEATURE < 27 ? "jdk25" : "jdk27")
                .resolve("StructuredCallers.java");
        compile(source);

        String classPath = classes + java.io.File.pathSeparator + System.getProperty("java.class.path");
        ChildJvm.Result result = ChildJvm.run(
                List.of("--enable-preview"),
                classPath,
                source.getFileName().toString().replace(".java", ""));
        assertTrue(result.output().contains(FEATURE < 25 ? "5 scenarios" : "6 scenarios"), result::output);
        assertEquals(0, result.exitCode(), result::output);
    }

    private void compile(Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "this Java has no compiler");
        StringWriter output = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "--enable-preview",
                    "--release",
                    Integer.toString(FEATURE),
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString());
            boolean compiled = compiler.getTask(output, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertTrue(compiled, output::toString);
        }
    }
}
