package dev.turnstile.spring;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

/** What one would write without the adapter, for the guide. */
@Configuration(proxyBeanMethods = false)
class ByHand {
    @Bean
    SynchronizedPlugin demo() throws IOException, InterruptedException {
        ClassPathResource key = new ClassPathResource("demo.pub");
        BundleTrust trust = BundleTrust.signedBy(key.getContentAsString(StandardCharsets.UTF_8));
        try (InputStream content = new ClassPathResource("turnstile-demo.rbp").getInputStream()) {
            Bundle bundle = Bundle.read("turnstile-demo.rbp", content, trust, BundleLimits.defaults());
            return SynchronizedPlugin.load(bundle, PluginConfig.defaults(), PluginOptions.defaults());
        }
    }

    @Bean
    MeterBinder demoMetrics(SynchronizedPlugin demo) {
        return TurnstileMetrics.of(demo, "demo");
    }

    @Bean
    HealthIndicator demoHealth(SynchronizedPlugin demo) {
        return () -> demo.health().isReady()
                ? Health.up().build()
                : Health.down().withDetail("reason", demo.health().reason()).build();
    }
}
