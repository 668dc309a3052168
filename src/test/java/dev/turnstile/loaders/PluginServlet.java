package dev.turnstile.loaders;

import dev.turnstile.JoinPolicy;
import dev.turnstile.TimeLimit;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.SynchronizedPlugin;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** A web application with a plugin: it is loaded with the servlet and closed with it. */
public final class PluginServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private transient SynchronizedPlugin plugin;

    record Say(String message) {}

    record Said(String message, int length) {}

    @Override
    public void init() throws ServletException {
        try {
            plugin = SynchronizedPlugin.load(
                    Path.of(getServletConfig().getInitParameter("bundle")), BundleTrust.checksumsOnly());
        } catch (InterruptedException interrupted) {
            throw new ServletException(interrupted);
        }
    }

    /** Answers with what the plugin says to a message, in several ways, and with the loader of the library. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Say say = new Say(request.getParameter("message"));
        try {
            Said typed = TimeLimit.within(LIMIT, () -> plugin.call("echo", say, Said.class));
            Said future = plugin.request("echo", say)
                    .as(Said.class)
                    .within(LIMIT)
                    .submit()
                    .get();
            plugin.call("log", "{\"from\":\"thread\",\"message\":\"from a thread of the plugin\"}");
            response.getWriter()
                    .print(typed.message() + " " + future.length() + " " + forked(say) + " "
                            + Bundle.class.getClassLoader().getClass().getSimpleName());
        } catch (InterruptedException | ExecutionException failed) {
            throw new ServletException(failed);
        }
    }

    private int forked(Say say) throws InterruptedException, ExecutionException {
        try (PluginFanOut<Said> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Said.class, LIMIT)) {
            block.fork("echo", say);
            block.fork("echo", say);
            return block.join().results().size();
        }
    }

    @Override
    public void destroy() {
        plugin.close();
    }
}
