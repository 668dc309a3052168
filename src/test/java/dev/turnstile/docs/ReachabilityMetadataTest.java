package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The metadata for native-image are made of the descriptors of all functions that are called from Java, and of those that call it. Nothing here runs native-image:
 * the format is that of its documentation.
 */
@Tag("any-java")
class ReachabilityMetadataTest {
    private static final String PLACE = "META-INF/native-image/dev.turnstile/turnstile/reachability-metadata.json";
    private static final Path FILE =
            Documents.BASE.resolve("src/main/resources").resolve(PLACE);
    private static final String HOW =
            "mvn test -Dtest=ReachabilityMetadataTest -Dturnstile.docs.write=true writes it anew";

    private static final Pattern LINKED = Pattern.compile("\\b(downcallHandle|upcallStub)\\(");

    @Test
    void metadata_areWhatTheDescriptorsMake() throws Exception {
        String today = metadata();
        if (Boolean.getBoolean("turnstile.docs.write")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, today);
        }

        assertEquals(Files.readString(FILE), today, HOW);
        assertNotNull(ReachabilityMetadataTest.class.getResource("/" + PLACE), "it is in the jar");
    }

    /** Each place where a function is linked, so that no new one is forgotten here. */
    @Test
    void allPlacesWhereFunctionsAreLinked_areKnownHere() throws IOException {
        TreeSet<String> places = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Documents.BASE.resolve("src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                if (LINKED.matcher(Files.readString(source)).find()) {
                    places.add(source.getFileName().toString());
                }
            }
        }
        assertEquals(
                new TreeSet<>(List.of("LinuxCalls.java", "ThreadLocalKeys.java", "WeakUpcall.java")),
                places,
                "add the descriptor of a new one to downcalls() or upcalls()");
    }

    // ---- what is linked ----

    /** The generated classes of functions. The static initialiser of each links a handle that calls such a function, and finds the method of its interface. */
    private static List<Class<?>> functions() throws IOException, ClassNotFoundException {
        List<Class<?>> functions = new ArrayList<>();
        try (Stream<Path> sources = Files.list(Documents.BASE.resolve("bindings/java/dev/turnstile/abi"))) {
            for (Path source : sources.sorted().toList()) {
                Class<?> generated = Class.forName(
                        "dev.turnstile.abi." + source.getFileName().toString().replace(".java", ""));
                if (Arrays.stream(generated.getMethods())
                        .anyMatch(method -> method.getName().equals("descriptor"))) {
                    functions.add(generated);
                }
            }
        }
        assertEquals(12, functions.size(), functions::toString);
        return functions;
    }

    private static List<FunctionDescriptor> downcalls() throws Exception {
        List<FunctionDescriptor> descriptors = new ArrayList<>();
        for (Class<?> function : functions()) {
            descriptors.add(descriptor(function, "descriptor"));
        }
        descriptors.add(descriptor(Class.forName("dev.turnstile.process.LinuxCalls"), "descriptor"));
        Class<?> keys = Class.forName("dev.turnstile.plugin.ThreadLocalKeys");
        descriptors.add(descriptor(keys, "createDescriptor"));
        descriptors.add(descriptor(keys, "deleteDescriptor"));
        return descriptors;
    }

    private static List<FunctionDescriptor> upcalls() throws Exception {
        return List.of(descriptor(Class.forName("dev.turnstile.abi.rb_log_callback"), "descriptor"));
    }

    private static FunctionDescriptor descriptor(Class<?> owner, String method) throws ReflectiveOperationException {
        Method accessor = owner.getDeclaredMethod(method);
        accessor.setAccessible(true);
        return (FunctionDescriptor) accessor.invoke(null);
    }

    // ---- as native-image reads it ----

    private static String metadata() throws Exception {
        List<String> methods = new ArrayList<>();
        for (Class<?> function : functions()) {
            Class<?> type = Class.forName(function.getName() + "$Function");
            Method apply = Arrays.stream(type.getMethods())
                    .filter(method -> Modifier.isAbstract(method.getModifiers()))
                    .findFirst()
                    .orElseThrow();
            methods.add("{\"type\": \"" + type.getName() + "\", \"methods\": [{\"name\": \"" + apply.getName()
                    + "\", \"parameterTypes\": "
                    + names(Arrays.stream(apply.getParameterTypes()).map(Class::getName))
                    + "}]}");
        }
        return """
            {
              "comment": "%s",
              "reflection": [
            %s
              ],
              "resources": [
                {"glob": "META-INF/turnstile/host/**"}
              ],
              "foreign": {
                "downcalls": [
            %s
                ],
                "upcalls": [
            %s
                ]
              }
            }
            """.formatted(
                        "Made by ReachabilityMetadataTest of the descriptors; not run",
                        lines("    ", methods.stream()),
                        lines(
                                "      ",
                                downcalls().stream()
                                        .map(ReachabilityMetadataTest::call)
                                        .distinct()
                                        .sorted()),
                        lines("      ", upcalls().stream().map(ReachabilityMetadataTest::call)));
    }

    private static String lines(String indent, Stream<String> lines) {
        return lines.map(line -> indent + line).collect(Collectors.joining(",\n"));
    }

    private static String names(Stream<String> names) {
        return names.map(name -> "\"" + name + "\"").collect(Collectors.joining(", ", "[", "]"));
    }

    private static String call(FunctionDescriptor descriptor) {
        return "{\"returnType\": \""
                + descriptor.returnLayout().map(ReachabilityMetadataTest::type).orElse("void")
                + "\", \"parameterTypes\": "
                + names(descriptor.argumentLayouts().stream().map(ReachabilityMetadataTest::type)) + "}";
    }

    /** The types of JNI are the same on every platform; those of C are not. */
    private static String type(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout pointer -> "void*";
            case ValueLayout value -> "j" + value.carrier().getName();
            case PaddingLayout padding -> "padding(" + padding.byteSize() + ")";
            case GroupLayout group ->
                group.memberLayouts().stream()
                        .map(ReachabilityMetadataTest::type)
                        .collect(Collectors.joining(", ", "struct(", ")"));
            default -> throw new AssertionError(layout);
        };
    }
}
