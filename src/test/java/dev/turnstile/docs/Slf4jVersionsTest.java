package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Turnstile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Applications bring SLF4J 2, or 1.7 where they are older: the library calls only what both have. Of 1.7.36 we know the methods. */
class Slf4jVersionsTest {
    private static final Set<String> BOTH_HAVE = Set.of(
            "Logger.trace",
            "Logger.debug",
            "Logger.info",
            "Logger.warn",
            "Logger.error",
            "LoggerFactory.getLogger",
            "MDC.getCopyOfContextMap",
            "MDC.setContextMap",
            "MDC.put",
            "MDC.remove",
            "MDC.clear");

    @Test
    void methodsOfSlf4j_areInBothVersions() throws Exception {
        Path classes = Path.of(Turnstile.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> called = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            called.addAll(calledBy(file));
        }

        assertTrue(called.contains("LoggerFactory.getLogger"), called::toString);
        called.removeAll(BOTH_HAVE);
        assertEquals(Set.of(), called);
    }

    private static Set<String> calledBy(Path file) throws IOException {
        Set<String> called = new TreeSet<>();
        new ClassReader(Files.readAllBytes(file))
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String type, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitMethodInsn(
                                            int opcode, String owner, String method, String of, boolean isInterface) {
                                        if (owner.startsWith("org/slf4j/")) {
                                            called.add(owner.substring(owner.lastIndexOf('/') + 1) + "." + method);
                                        }
                                    }
                                };
                            }
                        },
                        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return called;
    }
}
