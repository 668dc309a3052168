package dev.turnstile.spring.hidden;

import org.springframework.beans.factory.BeanFactory;

/** Has a client that others do not see. */
public final class HiddenCaller {
    private final HiddenClient client;

    public HiddenCaller(BeanFactory beans) {
        this.client = beans.getBean(HiddenClient.class);
    }

    public int lengthByCall(String message) throws InterruptedException {
        return client.echo(new HiddenClient.Say(message)).length();
    }

    public int lengthByDefaultMethod(String message) throws InterruptedException {
        return client.lengthOf(message);
    }
}
