package dev.turnstile.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a plugin runs: in this process, or in one of its own; immutable. Begin with {@link #process()}.
 *
 * <p>In a process of its own the plugin cannot harm the application: if it crashes, runs for ever, or is killed by the system, that fails the call that it had begun, with a
 * {@link PluginLostException}, and the {@linkplain dev.turnstile.TurnstileOptions#withRestarts restarts} replace it with a fresh process. All else is as it is
 * without: the same calls, in the same order, with the same limits. A call takes some microseconds more.
 *
 * <p>The process runs the native host, a small program, if the artifact with it is on the class path beside the library ({@code dev.turnstile:turnstile} with the classifier {@code linux-x86_64} or
 * {@code linux-aarch64}); otherwise a JVM. A plugin in Java always has a JVM, and so has one with {@linkplain #withJvmArguments JVM arguments}, {@linkplain #withCrashFiles
 * crash files} or a {@linkplain #withCommandPrefix command prefix}.
 *
 * <p>Each instance has a process, so a pool of four has four. Isolation works without native access in the application; with it ({@code --enable-native-access}), calls
 * on Linux are some microseconds faster.
 *
 * <p>It contains crashes, not hostile code: the process runs as the same user, with the same files and the same network. Put {@code bwrap} or {@code systemd-run} in front with {@link
 * #withCommandPrefix} for that.
 *
 * <p>The process ends when the plugin is closed, and when the application ends, however it ends. It does not get what a terminal sends to the application, such as
 * Ctrl-C, on Linux.
 */
public final class Isolation {
    private static final Isolation NONE = new Isolation(new Draft().values(), true);

    private static final Isolation PROCESS = NONE.with(draft -> {});

    private final Values values;

    /** For tests of the way that is taken where there are no futexes. */
    private final boolean areFutexesAllowed;

    private Isolation(Values values, boolean areFutexesAllowed) {
        this.values = values;
        this.areFutexesAllowed = areFutexesAllowed;
    }

    record Values(
            boolean isProcess,
            Optional<Duration> killAfter,
            List<String> jvmArguments,
            List<Path> classPath,
            List<String> commandPrefix,
            Map<String, @Nullable String> environment,
            Optional<Path> workingDirectory,
            Optional<Path> crashFiles,
            Optional<Path> nativeHost,
            boolean hasSpareProcess,
            OptionalLong memoryLimit,
            OptionalLong recycleAfterCalls,
            Optional<Duration> recycleAfterRest,
            OptionalLong recycleAboveMemory) {}

    private static final class Draft {
        boolean isProcess;

        @Nullable
        Duration killAfter;

        List<String> jvmArguments = List.of();
        List<Path> classPath = List.of();
        List<String> commandPrefix = List.of();
        Map<String, @Nullable String> environment = Map.of();

        @Nullable
        Path workingDirectory;

        @Nullable
        Path crashFiles;

        @Nullable
        Path nativeHost;

        boolean hasSpareProcess;
        OptionalLong memoryLimit = OptionalLong.empty();
        OptionalLong recycleAfterCalls = OptionalLong.empty();

        @Nullable
        Duration recycleAfterRest;

        OptionalLong recycleAboveMemory = OptionalLong.empty();

        Values values() {
            return new Values(
                    isProcess,
                    Optional.ofNullable(killAfter),
                    jvmArguments,
                    classPath,
                    commandPrefix,
                    environment,
                    Optional.ofNullable(workingDirectory),
                    Optional.ofNullable(crashFiles),
                    Optional.ofNullable(nativeHost),
                    hasSpareProcess,
                    memoryLimit,
                    recycleAfterCalls,
                    Optional.ofNullable(recycleAfterRest),
                    recycleAboveMemory);
        }
    }

    private Isolation with(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.isProcess = true; // all settings are those of a process
        draft.killAfter = killAfter().orElse(null);
        draft.jvmArguments = jvmArguments();
        draft.classPath = classPath();
        draft.commandPrefix = commandPrefix();
        draft.environment = environment();
        draft.workingDirectory = workingDirectory().orElse(null);
        draft.crashFiles = crashFiles().orElse(null);
        draft.nativeHost = nativeHost().orElse(null);
        draft.hasSpareProcess = hasSpareProcess();
        draft.memoryLimit = memoryLimit();
        draft.recycleAfterCalls = recycleAfterCalls();
        draft.recycleAfterRest = recycleAfterRest().orElse(null);
        draft.recycleAboveMemory = recycleAboveMemory();
        change.accept(draft);
        return new Isolation(draft.values(), areFutexesAllowed);
    }

    /**
     * Returns the default: the plugin runs in this process.
     *
     * @return no isolation
     */
    public static Isolation none() {
        return NONE;
    }

    /**
     * Returns the settings for a process of its own, without limits.
     *
     * @return the default of each setting
     */
    public static Isolation process() {
        return PROCESS;
    }

    /** {@return whether the plugin runs in a process of its own} */
    public boolean isProcess() {
        return values.isProcess();
    }

    /** {@return how long a call may run before the process is killed; by default as long as it likes} */
    public Optional<Duration> killAfter() {
        return values.killAfter();
    }

    /** {@return further arguments of the process's JVM; by default none} */
    public List<String> jvmArguments() {
        return values.jvmArguments();
    }

    /** {@return what a plugin in Java needs; by default the class path of the application} */
    public List<Path> classPath() {
        return values.classPath();
    }

    /** {@return the words before the command that starts the process; by default none} */
    public List<String> commandPrefix() {
        return values.commandPrefix();
    }

    /** {@return the environment variables that are set for the process, {@code null} for one that is removed; by default none} */
    public Map<String, @Nullable String> environment() {
        return values.environment();
    }

    /** {@return the directory that the process runs in; by default that of the application} */
    public Optional<Path> workingDirectory() {
        return values.workingDirectory();
    }

    /** {@return the directory that keeps what a JVM writes when it crashes; by default it is read and removed} */
    public Optional<Path> crashFiles() {
        return values.crashFiles();
    }

    /** {@return the program that is the process; by default none is named: it is that of an artifact, or else a JVM} */
    public Optional<Path> nativeHost() {
        return values.nativeHost();
    }

    /** {@return whether a spare process is kept ready, for the next instance; by default not} */
    public boolean hasSpareProcess() {
        return values.hasSpareProcess();
    }

    /** {@return how many bytes of memory the process may take for the plugin; by default as many as the system has} */
    public OptionalLong memoryLimit() {
        return values.memoryLimit();
    }

    /** {@return after how many calls a fresh process takes over; by default never} */
    public OptionalLong recycleAfterCalls() {
        return values.recycleAfterCalls();
    }

    /** {@return after how long a time without a call a fresh process takes over; by default never} */
    public Optional<Duration> recycleAfterRest() {
        return values.recycleAfterRest();
    }

    /** {@return with how many bytes of memory in use a fresh process takes over; by default never} */
    public OptionalLong recycleAboveMemory() {
        return values.recycleAboveMemory();
    }

    /** Whether the two processes may wake each other by futexes, where they can. */
    boolean areFutexesAllowed() {
        return areFutexesAllowed;
    }

    Isolation withFutexesAllowed(boolean allowed) {
        return new Isolation(values, allowed);
    }

    /**
     * Sets how long a call may run, from its start, before the process is killed. The call then fails with a {@link PluginKilledException}. The
     * shutdown has the same limit. The start has none, but that the process itself must be there within a minute.
     *
     * <p>This is for calls that hang. A time limit on a call ({@link dev.turnstile.TimeLimit}) ends only the waiting: the plugin goes on with the call, and those behind it wait.
     *
     * @param limit more than zero
     * @return the changed settings
     * @throws IllegalArgumentException if the limit is zero or less
     */
    public Isolation withKillAfter(Duration limit) {
        if (Objects.requireNonNull(limit, "killAfter").compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("killAfter is " + limit + ", but must be more than zero");
        }
        return with(draft -> draft.killAfter = limit);
    }

    /**
     * Sets further arguments of the process's JVM, in place of those that were set before. They come after those that it is started with anyway, which have it start fast and stay small: {@code
     * -XX:TieredStopAtLevel=1 -Xms16m -Xmn8m}, and {@code -XX:+UseSerialGC} unless these arguments choose a collector. With such arguments the process is a JVM even if there is an artifact
     * with the native host.
     *
     * @param arguments such as {@code -Xmx64m}
     * @return the changed settings
     */
    public Isolation withJvmArguments(String... arguments) {
        List<String> copy = List.of(Objects.requireNonNull(arguments, "arguments"));
        return with(draft -> draft.jvmArguments = copy);
    }

    /**
     * Sets where the classes of a plugin in Java are, instead of on the whole class path of the application. Turnstile and what it needs come in addition. See {@link
     * SynchronizedPlugin#open(Class, PluginOptions)}.
     *
     * @param entries jars and directories
     * @return the changed settings
     */
    public Isolation withClassPath(Path... entries) {
        List<Path> copy = List.of(Objects.requireNonNull(entries, "entries"));
        return with(draft -> draft.classPath = copy);
    }

    /**
     * Sets the words before the command that starts the process, such as a tool that confines it. The tool must hand on its standard streams, run the command in its own
     * process or wait for it, and let it see the directory that the command ends with.
     *
     * @param words the tool and its arguments
     * @return the changed settings
     */
    public Isolation withCommandPrefix(String... words) {
        List<String> copy = List.of(Objects.requireNonNull(words, "words"));
        return with(draft -> draft.commandPrefix = copy);
    }

    /**
     * Sets an environment variable for the process. It has those of the application without {@code JAVA_TOOL_OPTIONS}, {@code JDK_JAVA_OPTIONS} and
     * {@code _JAVA_OPTIONS}, which were meant for the application's JVM: set them here if the process is to have them.
     *
     * @param name the name
     * @param value the value; {@code null} removes the variable
     * @return the changed settings
     */
    public Isolation withEnvironment(String name, @Nullable String value) {
        Map<String, @Nullable String> changed = new HashMap<>(environment());
        changed.put(Objects.requireNonNull(name, "name"), value);
        return with(draft -> draft.environment = Collections.unmodifiableMap(changed));
    }

    /**
     * Sets the directory that the process runs in.
     *
     * @param directory exists
     * @return the changed settings
     */
    public Isolation withWorkingDirectory(Path directory) {
        Objects.requireNonNull(directory, "workingDirectory");
        return with(draft -> draft.workingDirectory = directory);
    }

    /**
     * Has what a JVM writes when it crashes ({@code hs_err_….log}) kept.
     *
     * @param directory where; exists
     * @return the changed settings
     */
    public Isolation withCrashFiles(Path directory) {
        Objects.requireNonNull(directory, "crashFiles");
        return with(draft -> draft.crashFiles = directory);
    }

    /**
     * Has the plugin run in this native host: {@code turnstile-host}, which is built from {@code src/host/c} and must be of the same version as this library. It starts in a few
     * milliseconds and takes a fraction of a megabyte. It is for Linux on x86_64 and aarch64. Where an artifact brings it, this need not be set.
     *
     * @param program the file
     * @return the changed settings
     */
    public Isolation withNativeHost(Path program) {
        Objects.requireNonNull(program, "nativeHost");
        return with(draft -> draft.nativeHost = program);
    }

    /**
     * Has a spare process kept ready, so that an instance that replaces a lost one need not wait for a process to start: it only loads the plugin. The spare process
     * itself has loaded none, so the plugin is not started more often than without.
     *
     * <p>There is one for each plugin or pool, however many instances that has. It is started in the background when the first instance has started, and again when it was
     * used, or has died. It takes the memory of a process, and ends with the plugin, which waits for that when it is closed.
     *
     * @param spare whether there is to be one
     * @return the changed settings
     */
    public Isolation withSpareProcess(boolean spare) {
        return with(draft -> draft.hasSpareProcess = spare);
    }

    /**
     * Limits the memory that the process may take from the moment when it loads the plugin; what a JVM has by then is not counted. An allocation beyond that fails. If the plugin
     * handles that, it answers as it likes; otherwise the process ends, which fails the call that ran, and the message names the limit.
     *
     * <p>What counts is private memory that can be written: the heap of the plugin and that of Java, the stacks of threads, and what is mapped for that. The code of libraries does not count, nor does memory
     * that processes share. A process that the plugin starts has the same limit for itself. A JVM ends if it needs memory for itself beyond the limit: leave it some 64 MB. Its heap may grow to a
     * quarter of the machine's memory by default: give it {@code -Xmx} with {@link #withJvmArguments} as well, and a plugin in Java gets an {@link OutOfMemoryError} instead.
     *
     * <p>It is for Linux only, by the resource limit {@code RLIMIT_DATA}: elsewhere the plugin is not loaded.
     *
     * @param bytes more than zero
     * @return the changed settings
     * @throws IllegalArgumentException if the limit is zero or less
     */
    public Isolation withMemoryLimit(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memoryLimit is " + bytes + ", but must be more than zero bytes");
        }
        return with(draft -> draft.memoryLimit = OptionalLong.of(bytes));
    }

    /**
     * Has a fresh process take over when one has run so many calls. It is started, and the plugin loaded in it, while the old one goes on; it takes over between two calls, and the old one is shut
     * down. No call fails, is lost, overtaken or kept waiting by that, and it is no loss: it takes no {@linkplain dev.turnstile.TurnstileOptions#withRestarts restart}, and the health stays as it is. So an
     * instance runs this many calls, and those that come until the next one is ready.
     *
     * <p>The plugin's state is lost with the old process. For a moment both take memory. If a fresh process cannot be started, the old one goes on, and it is tried again some calls later.
     *
     * @param calls one or more
     * @return the changed settings
     * @throws IllegalArgumentException if the number is zero or less
     */
    public Isolation withRecycleAfterCalls(long calls) {
        if (calls <= 0) {
            throw new IllegalArgumentException("recycleAfterCalls is " + calls + ", but must be 1 or more");
        }
        return with(draft -> draft.recycleAfterCalls = OptionalLong.of(calls));
    }

    /**
     * Has a fresh process take over when one that has run calls has had none for so long, as {@link #withRecycleAfterCalls} does: what it has gathered is given back. A process that has run none stays.
     *
     * @param rest more than zero
     * @return the changed settings
     * @throws IllegalArgumentException if the time is zero or less
     */
    public Isolation withRecycleAfterRest(Duration rest) {
        if (Objects.requireNonNull(rest, "recycleAfterRest").compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("recycleAfterRest is " + rest + ", but must be more than zero");
        }
        return with(draft -> draft.recycleAfterRest = rest);
    }

    /**
     * Has a fresh process take over when one has more memory in use (its resident set), as {@link #withRecycleAfterCalls} does. It is measured after calls, at most ten times a second. It must be more than
     * a fresh process has, some 60 MB for a JVM, or each one is replaced at once. It is for Linux only: elsewhere the plugin is not loaded.
     *
     * @param bytes more than zero
     * @return the changed settings
     * @throws IllegalArgumentException if the number is zero or less
     */
    public Isolation withRecycleAboveMemory(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("recycleAboveMemory is " + bytes + ", but must be more than zero bytes");
        }
        return with(draft -> draft.recycleAboveMemory = OptionalLong.of(bytes));
    }

    /** A clause about the limits of a process that has ended, or has no memory; may be empty. */
    String aboutLimits() {
        return memoryLimit().isPresent()
                ? " (it had a memory limit of " + memoryLimit().getAsLong() + " bytes for the plugin)"
                : "";
    }

    /** Returns the limit in nanoseconds; {@link Long#MAX_VALUE} for none. */
    long killAfterNanos() {
        Duration limit = values.killAfter().orElse(null);
        try {
            return limit == null ? Long.MAX_VALUE : limit.toNanos();
        } catch (ArithmeticException centuries) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Isolation that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        if (!isProcess()) {
            return "Isolation[none]";
        }
        String all = values.toString().substring("Values".length());
        return "Isolation"
                + all.replace(environment().toString(), environment().keySet().toString()); // no secrets
    }
}
