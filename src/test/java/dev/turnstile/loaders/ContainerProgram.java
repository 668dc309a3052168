package dev.turnstile.loaders;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Leftovers;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;

/** Deploys a web application in Tomcat, calls it over HTTP, undeploys it, again and again; then looks what is left. Prints what it found. */
final class ContainerProgram {
    /** Kept: the JDK holds loggers weakly. */
    private static final Logger CONTAINER = Logger.getLogger("org.apache.catalina");

    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Tomcat tomcat = new Tomcat();
    private final Path application;

    private ContainerProgram(Path application) {
        this.application = application;
    }

    /** With the directory of a web application, a directory for the container, and how often to deploy. */
    public static void main(String[] arguments) throws Exception {
        ContainerProgram program = new ContainerProgram(Path.of(arguments[0]));
        try {
            program.start(Path.of(arguments[1]));
            for (int i = 1; i <= Integer.parseInt(arguments[2]); i++) {
                program.deployAndUndeploy("hello" + i);
            }
            program.look();
        } finally { // its threads keep the JVM
            program.tomcat.stop();
            program.tomcat.destroy();
        }
    }

    private void start(Path directory) throws LifecycleException {
        CONTAINER.addHandler(new Warnings());
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.setAddDefaultWebXmlToWebapp(false); // it has JSP, and its compiler is not there
        tomcat.getHost();
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
    }

    private void deployAndUndeploy(String message) throws Exception {
        Context context = tomcat.addWebapp("/application", application.toString());
        loaders.add(new WeakReference<>(context.getLoader().getClassLoader()));
        URI address = URI.create(
                "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/application/echo?message=" + message);
        String body = client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        String expected = message + " " + message.length() + " 2 ParallelWebappClassLoader";
        if (!body.equals(expected)) {
            throw new AssertionError("Expected " + expected + " and got " + body);
        }
        tomcat.getHost().removeChild(context);
    }

    private void look() throws Exception {
        LoadersProgram.replaceWhatTheJdkKeeps();
        Eventually.isTrue(
                () -> "only " + collected() + " of " + loaders.size() + " class loaders are collected", () -> {
                    System.gc();
                    return collected() == loaders.size();
                });
        Leftovers.awaitNoThreads();
        System.out.println("collected: " + collected());
        System.out.println("found by the container: "
                + List.of(((StandardHost) tomcat.getHost()).findReloadedContextMemoryLeaks()));
        System.out.println("warnings: " + warnings);
    }

    private long collected() {
        return loaders.stream().filter(loader -> loader.refersTo(null)).count();
    }

    /**
     * What Tomcat's own look for leaks has found: threads, thread-locals, references that it had to clear. It takes a thread of its own for one of the application's
     * if that looks after the application at the moment when that is stopped.
     */
    private final class Warnings extends Handler {
        @Override
        public void publish(LogRecord event) {
            boolean isOfTomcat = event.getMessage().contains("[Catalina-utility-");
            if (event.getLevel().intValue() >= Level.WARNING.intValue() && !isOfTomcat) {
                warnings.add(event.getLoggerName() + ": " + event.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
