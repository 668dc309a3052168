package dev.turnstile.spring;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Closes the plugins when the application stops. The web server has finished its requests by then, and whatever else makes calls on its own, such as message listeners, has
 * stopped: they have later phases. A context that is stopped only to be started again keeps its plugins open.
 */
final class PluginLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
    /**
     * Below whatever makes calls: the web server has {@code DEFAULT_PHASE - 1024} to finish its requests and {@code DEFAULT_PHASE - 2048} to stop, pollers of Spring Integration half of
     * {@code DEFAULT_PHASE}, and a {@code Lifecycle} without a phase 0.
     */
    static final int PHASE = -1024;

    private final OpenedPlugins plugins;
    private final ApplicationContext context;
    private volatile boolean isRunning;
    private volatile boolean isClosing;

    PluginLifecycle(OpenedPlugins plugins, ApplicationContext context) {
        this.plugins = plugins;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext().equals(context)) { // a child's event comes here, too
            isClosing = true;
        }
    }

    @Override
    public void start() {
        isRunning = true;
    }

    @Override
    public void stop() {
        isRunning = false;
        if (isClosing) {
            plugins.closeAll();
        }
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
