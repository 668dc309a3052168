package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.spring.good.Echoes;
import dev.turnstile.spring.hidden.HiddenCaller;
import dev.turnstile.spring.implemented.CachingClient;
import dev.turnstile.spring.implemented.Client;
import dev.turnstile.testing.ExtractionPlace;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** An interface of the application that is marked is a bean whose methods are calls. */
class PluginClientTest {
    private static final String GOOD = "dev.turnstile.spring.good";

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    private static void assertCalls(Echoes client) throws Exception {
        assertEquals(new Echoes.Echo("hi", 2), client.echo(new Echoes.Say("hi")));
        assertEquals(3, client.lengthOf("abc"));
        assertEquals("later", client.echoLater(new Echoes.Say("later")).get().message());
        assertThrows(PluginException.class, () -> client.fail(Map.of("code", 7, "message", "no")));
    }

    @Test
    void client_calls() throws Exception {
        try (AnnotationConfigApplicationContext context =
                SpringContext.withDemo().scanning(GOOD).open()) {
            assertCalls(context.getBean(Echoes.class));
        }
    }

    @Test
    void limit_holdsForEachCall() throws Exception {
        SpringContext application =
                SpringContext.withDemo().scanning(GOOD).with("turnstile.plugins.demo.call-timeout", "30s");
        try (AnnotationConfigApplicationContext context = application.open()) {
            Echoes client = context.getBean(Echoes.class);
            assertCalls(client);
            assertEquals(client, client);
            assertNotEquals(client, "another");
            assertEquals(client.hashCode(), client.hashCode());
            assertTrue(client.toString().contains("Echoes"), client::toString);
        }
    }

    @Test
    void limitThatPasses_endsTheWaiting() {
        SpringContext application =
                SpringContext.withDemo().scanning(GOOD).with("turnstile.plugins.demo.call-timeout", "1ms");
        try (AnnotationConfigApplicationContext context = application.open()) {
            Echoes client = context.getBean(Echoes.class);
            assertThrows(CallTimeoutException.class, () -> client.sleep(new Echoes.Sleep(200)));
        }
    }

    /** With and without a limit. */
    @Test
    void clientThatIsNotPublic_calls() throws Exception {
        for (String limit : new String[] {"close-limit", "call-timeout"}) {
            SpringContext application = SpringContext.withDemo()
                    .scanning("dev.turnstile.spring.hidden")
                    .with("turnstile.plugins.demo." + limit, "30s");
            try (AnnotationConfigApplicationContext context = application.open()) {
                HiddenCaller caller = new HiddenCaller(context);
                assertEquals(3, caller.lengthByCall("abc"));
                assertEquals(4, caller.lengthByDefaultMethod("abcd"));
            }
        }
    }

    @Test
    void whatImplementsAClient_isNoClientItself() throws Exception {
        SpringContext application = SpringContext.withDemo()
                .scanning("dev.turnstile.spring.implemented")
                .and(context -> context.register(CachingClient.class));
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertEquals(
                    Set.of("cachingClient", Client.class.getName()), Set.of(context.getBeanNamesForType(Client.class)));
            assertEquals("cached", context.getBean(Client.class).echo("{}"));
            assertTrue(context.getBean(Client.class.getName(), Client.class)
                    .echo("{\"message\":\"hi\"}")
                    .toString()
                    .contains("hi"));
        }
    }

    @Test
    void methodThatIsNoCall_isNamed_andTheWayOut() {
        RefusedConfigurationException refused = SpringContext.withDemo()
                .scanning("dev.turnstile.spring.wrong")
                .refusedBy(RefusedConfigurationException.class);
        assertTrue(refused.getMessage().contains("WrongClient.untagged(String) has no @Tag"), refused.getMessage());
        assertTrue(refused.wayOut().contains("@Tag"), refused.wayOut());
    }

    @Test
    void clientOfNoPlugin_isNamed_andThePluginsThatThereAre() {
        RefusedConfigurationException refused = SpringContext.withDemo()
                .scanning("dev.turnstile.spring.unknown")
                .refusedBy(RefusedConfigurationException.class);
        assertTrue(refused.getMessage().contains("\"nobody\""), refused.getMessage());
        assertTrue(refused.getMessage().contains("[demo]"), refused.getMessage());
        assertTrue(refused.wayOut().contains("turnstile.plugins.nobody.bundle"), refused.wayOut());
    }
}
