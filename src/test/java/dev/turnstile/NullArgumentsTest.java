package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BuildInfo;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.opentelemetry.TurnstileTelemetry;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginRequest;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Samples;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.VirtualTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Null where none is allowed: the public methods and constructors of the gate, the plugin, bundles, carriers of contexts, metrics, telemetry and scripted plugins refuse it at once, with an exception whose message names the
 * parameter, or the setting that has the method's name.
 */
class NullArgumentsTest {
    private static final Set<String> PACKAGES = Set.of(
            "dev.turnstile",
            "dev.turnstile.bundle",
            "dev.turnstile.context",
            "dev.turnstile.micrometer",
            "dev.turnstile.opentelemetry",
            "dev.turnstile.plugin",
            "dev.turnstile.testing");

    /** The library alone makes these, and none has a method for users that takes an object; the last one cannot leave its reader. */
    private static final Set<String> NOT_MADE_HERE = Set.of("CallReport", "GuardedPlugin", "InstanceStats", "RawReply");

    @RegisterExtension
    final Audit audit = new Audit();

    private final Map<Class<?>, Object> receivers = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Set<String> notMade = new TreeSet<>();

    @Test
    void nullArgument_isRefused_andTheParameterIsNamed() throws Exception {
        Turnstile<String> gate =
                audit.watch(Turnstile.open(() -> "resource", resource -> {}, TurnstileOptions.defaults()));
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.demo()));
        PluginPool pool =
                audit.watch(PluginPool.load(TestPlugins.demo(), 1, PluginConfig.defaults(), PluginOptions.defaults()));
        Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo());
                FanOut<?, ?> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL);
                PluginFanOut<String> pluginBlock = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            List.of(
                            gate,
                            gate.request(resource -> resource),
                            new CallGroup("group"),
                            TurnstileOptions.defaults(),
                            RestartPolicy.limited(1, Duration.ofSeconds(1)),
                            block,
                            plugin,
                            pool,
                            direct,
                            plugin.request("echo", Map.of("message", "m")),
                            pluginBlock,
                            PluginOptions.defaults(),
                            Isolation.process(),
                            PluginConfig.defaults(),
                            PluginLogLine.of(LogLevel.INFO, "", ""),
                            bundle,
                            bundle.manifest(),
                            bundle.library(),
                            new BundleWriter("echo", "1.0.0"),
                            BundleTrust.signedBy(TestPlugins.key()),
                            BundleLimits.defaults(),
                            BuildInfo.NONE,
                            BuildInfo.Git.ofCommit("abc"),
                            Platform.host(),
                            MinisignKey.generate(),
                            TestPlugins.key(),
                            Answer.json("1"),
                            new ScriptedPlugin(),
                            new VirtualTime(),
                            TurnstileMetrics.of(gate, "gate"),
                            TurnstileTelemetry.of(OpenTelemetry.noop(), "gate"))
                    .forEach(receiver -> receivers.put(receiver.getClass(), receiver));
            receivers.put(PluginCalls.class, plugin.inLane(Lane.HIGH));
            for (Class<?> type : GrowingTypesTest.publicClasses()) {
                if (PACKAGES.contains(type.getPackageName())) {
                    executables(type).forEach(executable -> check(type, executable));
                }
            }
        }

        assertEquals("", String.join("\n", wrong));
        assertEquals(new TreeSet<>(NOT_MADE_HERE), notMade);
        assertTrue(receivers.containsKey(PluginRequest.class));
    }

    private static Stream<Executable> executables(Class<?> type) {
        Stream<Executable> methods = Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass().getName().startsWith("dev.turnstile"))
                .filter(method -> !method.isSynthetic() && !method.getName().equals("equals"))
                .filter(method -> !type.isEnum())
                .filter(method ->
                        !type.isInterface() || Modifier.isStatic(method.getModifiers())) // others are the user's
                .map(method -> method);
        return Stream.concat(Arrays.stream(type.getConstructors()), methods);
    }

    private void check(Class<?> type, Executable executable) {
        boolean hasReceiver = !(executable instanceof Constructor) && !Modifier.isStatic(executable.getModifiers());
        Object receiver = hasReceiver ? receivers.get(type) : null;
        Parameter[] parameters = executable.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            if (mayBeNull(parameters[i])) {
                continue;
            }
            if (hasReceiver && receiver == null) {
                notMade.add(type.getSimpleName());
                return;
            }
            Object[] arguments = new Object[parameters.length];
            for (int j = 0; j < arguments.length; j++) {
                arguments[j] = j == i ? null : sample(parameters[j].getType());
            }
            String problem = problem(executable, receiver, arguments, parameters[i].getName());
            if (problem != null) {
                wrong.add(executable.toGenericString() + ", " + parameters[i].getName() + ": " + problem);
            }
        }
    }

    private static @Nullable String problem(
            Executable executable, @Nullable Object receiver, @Nullable Object[] arguments, String parameter) {
        try {
            Object result = executable instanceof Method method
                    ? method.invoke(receiver, arguments)
                    : ((Constructor<?>) executable).newInstance(arguments);
            return "accepted, with the result " + result;
        } catch (InvocationTargetException thrown) {
            Throwable refusal = thrown.getCause();
            String message = String.valueOf(refusal.getMessage());
            boolean isRefusal = refusal instanceof NullPointerException || refusal instanceof IllegalArgumentException;
            boolean isNamed = message.matches(".*\\b" + parameter + "\\b.*")
                    || executable.getName().toLowerCase(Locale.ROOT).endsWith(message.toLowerCase(Locale.ROOT));
            boolean isByTheJvm = message.startsWith("Cannot "); // which names it in code with debug information alone
            return isRefusal && isNamed && !isByTheJvm ? null : String.valueOf(refusal);
        } catch (ReflectiveOperationException unusable) {
            throw new LinkageError(executable.toGenericString(), unusable);
        }
    }

    private static boolean mayBeNull(Parameter parameter) {
        AnnotatedType type = parameter.getAnnotatedType();
        return parameter.getType().isPrimitive()
                || isNullable(type)
                || (type instanceof AnnotatedTypeVariable variable
                        && Arrays.stream(variable.getAnnotatedBounds()).anyMatch(NullArgumentsTest::isNullable));
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private Object sample(Class<?> type) {
        if (type == Path.class) {
            return TestPlugins.demo();
        } else if (type == Class.class) {
            return String.class;
        } else if (type == byte[].class) {
            return new byte[] {1};
        } else if (type == Bundle.class) {
            return Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        } else if (type == BundleTrust.class) {
            return BundleTrust.signedBy(TestPlugins.key());
        } else if (type == MinisignKey.class) {
            return MinisignKey.generate();
        } else if (type == MinisignPublicKey.class) {
            return TestPlugins.key();
        } else if (type == InputStream.class) {
            return new ByteArrayInputStream(new byte[0]);
        } else if (type == char[].class) {
            return new char[] {'p'};
        } else if (type == MeterRegistry.class) {
            return new SimpleMeterRegistry();
        } else if (type == Turnstile.class) {
            return receivers.get(Turnstile.class);
        } else if (type == GuardedPlugin.class) {
            return receivers.get(SynchronizedPlugin.class);
        } else if (type == Platform.class) {
            return Platform.host();
        } else if (type == BundleLimits.class) {
            return BundleLimits.defaults();
        } else if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), 1);
            Array.set(array, 0, sample(type.getComponentType()));
            return array;
        } else if (type == Answer.class) {
            return Answer.json("1");
        } else if (type == PluginConfig.class) {
            return PluginConfig.defaults();
        } else if (type == PluginOptions.class) {
            return PluginOptions.defaults();
        } else if (type == TurnstileOptions.class) {
            return TurnstileOptions.defaults();
        }
        return Samples.one(type, 0);
    }
}
