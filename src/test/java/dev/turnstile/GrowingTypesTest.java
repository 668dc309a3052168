package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Samples;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Settings and results can get new members without breaking those who use them: they have no public constructor, and compare and show themselves as the
 * records do that they were.
 */
class GrowingTypesTest {
    /** Numbers and names of a format that is fixed elsewhere: they have no more to say. */
    private static final Set<String> STAY_AS_THEY_ARE =
            Set.of("bundle.Platform", "plugin.ErrorCode", "plugin.PluginState");

    static List<Class<?>> growing() throws IOException {
        return publicClasses().stream()
                .filter(type -> valuesOf(type) != null && type != BundleTrust.class)
                .toList();
    }

    @Test
    void publicRecord_isOneThatCannotGrow() throws IOException {
        Set<String> records = publicClasses().stream()
                .filter(Class::isRecord)
                .map(type -> type.getName().substring("dev.turnstile.".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(STAY_AS_THEY_ARE), records);
    }

    @Test
    void growingTypes_areFound() throws IOException {
        Set<String> names = growing().stream().map(Class::getSimpleName).collect(Collectors.toSet());
        assertTrue(
                names.containsAll(Set.of("TurnstileOptions", "PluginConfig", "CloseReport", "BuildInfo", "Git")),
                names::toString);
    }

    @ParameterizedTest
    @MethodSource("growing")
    void growingType_isMadeByTheLibraryAlone(Class<?> type) throws Exception {
        assertTrue(Modifier.isFinal(type.getModifiers()));
        assertEquals(0, type.getConstructors().length);
        for (RecordComponent component : components(type)) {
            assertTrue(Modifier.isPublic(type.getMethod(component.getName()).getModifiers()), component::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("growing")
    void growingType_comparesAsARecordDoes(Class<?> type) throws Exception {
        Object[] values = values(type);
        Object one = make(type, values);
        Object same = make(type, values.clone());

        assertEquals(one, same);
        assertEquals(record(type, values).hashCode(), one.hashCode());
        assertNotEquals(one, null);
        assertNotEquals(one, record(type, values));
        for (int i = 0; i < values.length; i++) {
            Object[] others = values.clone();
            others[i] = Samples.other(components(type)[i].getType(), i);
            assertNotEquals(one, make(type, others), components(type)[i].getName());
        }
    }

    @ParameterizedTest
    @MethodSource("growing")
    void growingType_showsItselfAsARecordDoes(Class<?> type) throws Exception {
        Object[] values = values(type);
        RecordComponent[] components = components(type);
        String shown = IntStream.range(0, values.length)
                .mapToObj(i -> components[i].getName() + "=" + values[i])
                .collect(Collectors.joining(", ", type.getSimpleName() + "[", ""));
        String text = make(type, values).toString(); // what follows from the values may come after them
        assertTrue(text.startsWith(shown) && text.endsWith("]"), text);
    }

    // ---- reflection ----

    static List<Class<?>> publicClasses() throws IOException {
        Path root = Path.of(Turnstile.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (Stream<Path> files = Files.walk(root.resolve("dev/turnstile"))) {
            List<Class<?>> all = files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("package-info"))
                    .filter(name -> !name.matches(".*/(abi|demo|elf|internal|process)/.*")) // not exported
                    .sorted()
                    .<Class<?>>map(GrowingTypesTest::load)
                    .filter(GrowingTypesTest::isPublic)
                    .toList();
            assertFalse(all.isEmpty());
            return all;
        }
    }

    private static Class<?> load(String file) {
        try {
            String name = file.substring(0, file.length() - ".class".length());
            return Class.forName(name.replace('/', '.'), false, GrowingTypesTest.class.getClassLoader());
        } catch (ClassNotFoundException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return Modifier.isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
    }

    /** Returns the record that a class keeps its values in; {@code null} if it is none of those. */
    private static Class<?> valuesOf(Class<?> type) {
        List<Field> fields = Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .toList();
        boolean isOne = fields.size() == 1 && fields.getFirst().getType().isRecord();
        return isOne && !isPublic(fields.getFirst().getType())
                ? fields.getFirst().getType()
                : null;
    }

    private static RecordComponent[] components(Class<?> type) {
        return valuesOf(type).getRecordComponents();
    }

    private static Object[] values(Class<?> type) {
        RecordComponent[] components = components(type);
        return IntStream.range(0, components.length)
                .mapToObj(i -> Samples.one(components[i].getType(), i))
                .toArray();
    }

    private static Object record(Class<?> type, Object[] values) throws ReflectiveOperationException {
        Constructor<?> constructor = accessible(valuesOf(type).getDeclaredConstructors()[0]);
        return constructor.newInstance(values);
    }

    private static Object make(Class<?> type, Object[] values) throws ReflectiveOperationException {
        Constructor<?> constructor = accessible(type.getDeclaredConstructors()[0]);
        return constructor.getParameterTypes()[0] == valuesOf(type)
                ? constructor.newInstance(record(type, values))
                : constructor.newInstance(values);
    }

    private static <A extends AccessibleObject> A accessible(A member) {
        member.setAccessible(true);
        return member;
    }
}
