package dev.turnstile.bench.gate;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;

/** Where the demo plugin runs; behind the same gate. */
enum Isolated {
    THIS_PROCESS("this process"),
    NATIVE_HOST("native host"),
    NATIVE_HOST_SPARE("native host, a spare one ready"),
    JVM("JVM"),
    JVM_SPARE("JVM, a spare one ready"),
    JVM_COMPILED("JVM, with the whole compiler"),
    /** What one would write oneself: messages through the standard streams of a JVM. */
    PIPES("pipes to a JVM") {
        @Override
        SynchronizedPlugin open(Isolation isolation) throws InterruptedException {
            return SynchronizedPlugin.open(lines -> new PipedPlugin(TestPlugins.demo()), PluginOptions.defaults());
        }
    };

    private static final RestartPolicy AT_ONCE =
            RestartPolicy.limited(10_000, Duration.ofHours(1)).withDelays(Duration.ZERO, Duration.ZERO);

    private final String label;

    Isolated(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    Isolation isolation() {
        return switch (this) {
            case THIS_PROCESS, PIPES -> Isolation.none();
            case NATIVE_HOST -> Isolation.process().withNativeHost(TestPlugins.host());
            case NATIVE_HOST_SPARE ->
                Isolation.process().withNativeHost(TestPlugins.host()).withSpareProcess(true);
            case JVM -> Isolation.process();
            case JVM_SPARE -> Isolation.process().withSpareProcess(true);
            case JVM_COMPILED -> Isolation.process().withJvmArguments("-XX:TieredStopAtLevel=4");
        };
    }

    /** Starts it. */
    final SynchronizedPlugin open() throws InterruptedException {
        return open(isolation());
    }

    /** Starts it with other settings for its process. */
    SynchronizedPlugin open(Isolation changed) throws InterruptedException {
        TurnstileOptions gate = TurnstileOptions.defaults();
        PluginOptions options = PluginOptions.defaults()
                .withIsolation(changed)
                .withGate(changed.isProcess() ? gate.withRestarts(AT_ONCE) : gate);
        return SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), options);
    }
}
