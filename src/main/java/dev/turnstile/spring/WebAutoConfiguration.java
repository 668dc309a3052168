package dev.turnstile.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** The answers to web requests whose calls were refused. */
@AutoConfiguration(after = TurnstileAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(name = "org.springframework.web.servlet.DispatcherServlet")
@ConditionalOnProperty(name = "turnstile.web.exception-handler", matchIfMissing = true)
@ConditionalOnBean(TurnstileProperties.class)
class WebAutoConfiguration {
    @Bean("turnstileRefusedCalls")
    static RefusedCalls refusedCalls(TurnstileProperties properties) {
        return new RefusedCalls(properties.web().retryAfter());
    }
}
