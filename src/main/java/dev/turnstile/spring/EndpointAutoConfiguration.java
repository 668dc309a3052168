package dev.turnstile.spring;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The endpoint that swaps plugins. */
@AutoConfiguration(after = TurnstileAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(TurnstileEndpoint.class)
@ConditionalOnBean(OpenedPlugins.class)
class EndpointAutoConfiguration {
    @Bean
    static TurnstileEndpoint turnstileEndpoint(OpenedPlugins plugins) {
        return new TurnstileEndpoint(plugins);
    }
}
