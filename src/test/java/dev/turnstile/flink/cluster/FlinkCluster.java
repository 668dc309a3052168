package dev.turnstile.flink.cluster;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JobManager and some TaskManagers, each a process of its own: Flink's entry points, by plain {@code java -cp}. */
final class FlinkCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Pattern REST_PORT = Pattern.compile("Rest endpoint listening at [^:\\s]+:(\\d+)");

    /** Flink's own scripts open more; this is what the job's submission and the serializers need. */
    private static final List<String> OPENED = List.of(
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-exports=java.base/sun.net.util=ALL-UNNAMED");

    private final Path java;
    private final Path directory;
    private final String classPath;
    private final List<String> jvmOptions;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Process> taskManagers = new ArrayList<>();
    private Process jobManager;
    private FlinkRest rest;
    private int started;

    /** Ctrl-C must not leave processes. */
    private final Thread atTheEnd = new Thread(this::end);

    private FlinkCluster(Path java, Path directory, List<Path> lib, List<String> jvmOptions) {
        this.java = java;
        this.directory = directory;
        this.classPath =
                String.join(File.pathSeparator, lib.stream().map(Path::toString).toList());
        this.jvmOptions = jvmOptions;
    }

    /**
     * Starts a cluster, and waits until its slots are there.
     *
     * @param home of the JDK
     * @param lib what Flink has in its {@code lib/}
     */
    static FlinkCluster start(
            Path home, Path directory, List<Path> lib, int taskManagers, int slots, Map<String, String> settings)
            throws Exception {
        FlinkCluster cluster = new FlinkCluster(
                home.resolve("bin").resolve("java"),
                Files.createDirectories(directory),
                lib,
                List.of("--enable-native-access=ALL-UNNAMED"));
        Runtime.getRuntime().addShutdownHook(cluster.atTheEnd);
        boolean isUp = false;
        try {
            cluster.configure(slots, settings);
            cluster.startJobManager();
            for (int i = 0; i < taskManagers; i++) {
                cluster.startTaskManager();
            }
            cluster.awaitTaskManagers(taskManagers);
            isUp = true;
            return cluster;
        } finally {
            if (!isUp) {
                cluster.close();
            }
        }
    }

    private void configure(int slots, Map<String, String> more) throws IOException {
        settings.put("jobmanager.rpc.address", "127.0.0.1");
        settings.put("jobmanager.bind-host", "127.0.0.1");
        try (ServerSocket free = new ServerSocket(0)) {
            settings.put("jobmanager.rpc.port", String.valueOf(free.getLocalPort()));
        }
        settings.put("rest.address", "127.0.0.1");
        settings.put("rest.bind-address", "127.0.0.1");
        settings.put("rest.bind-port", "0");
        settings.put("taskmanager.host", "127.0.0.1");
        settings.put("taskmanager.bind-host", "127.0.0.1");
        settings.put("taskmanager.numberOfTaskSlots", String.valueOf(slots));
        settings.put("taskmanager.cpu.cores", String.valueOf(slots));
        settings.put("taskmanager.memory.framework.heap.size", "128m");
        settings.put("taskmanager.memory.task.heap.size", "384m");
        settings.put("taskmanager.memory.framework.off-heap.size", "64m");
        settings.put("taskmanager.memory.task.off-heap.size", "16m");
        settings.put("taskmanager.memory.network.min", "64m");
        settings.put("taskmanager.memory.network.max", "64m");
        settings.put("taskmanager.memory.managed.size", "16m");
        settings.put("taskmanager.memory.jvm-metaspace.size", "256m");
        settings.put("taskmanager.memory.jvm-overhead.min", "192m");
        settings.put("taskmanager.memory.jvm-overhead.max", "192m");
        settings.put("heartbeat.interval", "1000");
        settings.put("heartbeat.timeout", "15000");
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "20");
        settings.put("restart-strategy.fixed-delay.delay", "500 ms");
        settings.put(
                "execution.checkpointing.dir",
                directory.resolve("checkpoints").toUri().toString());
        settings.put(
                "execution.checkpointing.savepoint-dir",
                directory.resolve("savepoints").toUri().toString());
        settings.put(
                "io.tmp.dirs", Files.createDirectories(directory.resolve("tmp")).toString());
        settings.put(
                "web.upload.dir",
                Files.createDirectories(directory.resolve("upload")).toString());
        settings.put("web.refresh-interval", "100");
        settings.put("rest.cache.checkpoint-statistics.timeout", "0 ms");
        settings.put("metrics.fetcher.update-interval", "500");
        settings.put("cluster.evenly-spread-out-slots", "true");
        settings.putAll(more);
        StringBuilder yaml = new StringBuilder();
        settings.forEach(
                (name, value) -> yaml.append(name).append(": \"").append(value).append("\"\n"));
        Path conf = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(conf.resolve("config.yaml"), yaml);
    }

    private Process start(String name, String heap, String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(java.toString(), heap, "-XX:+UseSerialGC"));
        command.addAll(OPENED);
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-XX:MaxMetaspaceSize=256m",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-cp",
                classPath,
                main,
                "--configDir",
                directory.resolve("conf").toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile())
                .start();
    }

    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private void startJobManager() throws Exception {
        jobManager = start(
                "jobmanager",
                "-Xmx512m",
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                List.of());
        Matcher[] port = new Matcher[1];
        await("the JobManager's REST endpoint", START_LIMIT, () -> {
            requireAlive(jobManager, "jobmanager");
            port[0] = REST_PORT.matcher(text(log("jobmanager")));
            return port[0].find();
        });
        rest = new FlinkRest(Integer.parseInt(port[0].group(1)));
    }

    /** Starts one more; does not wait for it. */
    Process startTaskManager() throws IOException {
        started++;
        List<String> arguments = new ArrayList<>();
        Process process = start(
                "taskmanager-" + started,
                "-Xmx512m",
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                arguments);
        taskManagers.add(process);
        return process;
    }

    void awaitTaskManagers(int count) throws Exception {
        await(count + " TaskManagers", START_LIMIT, () -> {
            requireAlive(jobManager, "jobmanager");
            return rest.taskManagers() >= count;
        });
    }

    /** As an operating system without memory does it: SIGKILL. Returns its number. */
    long killTaskManager(int index) throws InterruptedException {
        Process process = taskManagers.remove(index);
        process.destroyForcibly();
        process.waitFor();
        return process.pid();
    }

    List<Process> taskManagers() {
        return List.copyOf(taskManagers);
    }

    FlinkRest rest() {
        return rest;
    }

    private void requireAlive(Process process, String name) {
        if (!process.isAlive()) {
            String all = text(log(name));
            throw new IllegalStateException("The " + name + " has ended with " + process.exitValue() + ":\n"
                    + all.substring(Math.max(0, all.length() - 4_000)));
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException notYet) {
            return "";
        }
    }

    /** Asks until it is so. There is no other way to learn of it from another process. */
    static void await(String what, Duration limit, BooleanSupplier isSo) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Waited for " + limit + " in vain: " + what);
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        end();
        if (rest != null) {
            rest.close();
        }
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(atTheEnd);
        } catch (IllegalStateException ending) { // it does the same
            return;
        }
    }

    private void end() {
        List<Process> all = new ArrayList<>(taskManagers);
        if (jobManager != null) {
            all.add(jobManager);
        }
        all.forEach(Process::destroyForcibly);
        for (Process process : all) {
            process.onExit().join();
        }
    }
}
