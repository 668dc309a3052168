package dev.turnstile.plugin;

import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.internal.CarriedContext;
import dev.turnstile.internal.PluginExports;
import dev.turnstile.internal.Prefetched;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.process.Death;
import dev.turnstile.process.HostDeath;
import dev.turnstile.process.HostProcess;
import dev.turnstile.process.HostRequest;
import dev.turnstile.process.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A plugin in a process of its own, as the application sees it. Confined to the thread that started it, the gate's worker, which waits while the process carries a call out.
 */
final class IsolatedPlugin implements ConfinedPlugin {
    private static final SafeLog log = new SafeLog(GuardedPlugin.class);
    private static final byte[] NOTHING = {};

    /** The number of what is no call. */
    private static final int NO_CALL = 0;

    private final Isolation isolation;
    /** The file, or the class, as messages call it. */
    private final String subject;

    private final @Nullable ExtractedLibrary own;
    private final HostProcess process;
    private final HostLines lines;
    private Set<Capability> capabilities = Set.of();
    private boolean isClosed;
    private final Usage usage;

    /** Of the request that was made, or handed over, last. */
    private int number = NO_CALL;

    /** The type tag that was called last, and its bytes. */
    private String lastTag = "";

    private byte[] lastTagBytes = NOTHING;

    private IsolatedPlugin(
            Isolation isolation, String subject, @Nullable ExtractedLibrary own, HostProcess process, HostLines lines) {
        this.isolation = isolation;
        this.subject = subject;
        this.own = own;
        this.process = process;
        this.lines = lines;
        this.usage = new Usage(isolation, process.pid());
    }

    // ---- the start ----

    /** Loads a private copy of a bare library. */
    static IsolatedPlugin loadCopy(Path library, PluginConfig config, ProcessSupply processes) {
        var unused = CheckedLibrary.inPlace(library); // before it is copied
        ExtractedLibrary copy = NativePlugin.copyOf(library);
        return start(() -> CheckedLibrary.copy(copy, library), copy, config, processes);
    }

    /** Loads the file of a bare library itself: all processes share the file, and nothing else. */
    static IsolatedPlugin loadInPlace(Path library, PluginConfig config, ProcessSupply processes) {
        return start(() -> CheckedLibrary.inPlace(library), null, config, processes);
    }

    /** Loads a bundle's library. */
    static IsolatedPlugin load(BundledLibrary library, PluginConfig config, ProcessSupply processes) {
        ExtractedLibrary extracted = library.extract();
        try {
            return start(() -> CheckedLibrary.extracted(extracted, library), extracted, config, processes);
        } catch (PluginLoadException refused) {
            throw new PluginLoadException(library + ": " + refused.getMessage(), refused.logLines(), refused);
        }
    }

    /** Makes a plugin in Java, in a JVM of its own. */
    static IsolatedPlugin open(Class<? extends ConfinedPlugin> type, ProcessSupply processes) {
        HostRequest request = new HostRequest(
                NO_CALL,
                HostOperation.START_CLASS.number(),
                0,
                type.getName().getBytes(StandardCharsets.UTF_8),
                NOTHING);
        return start(type.getName(), request, null, processes);
    }

    private static IsolatedPlugin start(
            Supplier<CheckedLibrary> check,
            @Nullable ExtractedLibrary own,
            PluginConfig config,
            ProcessSupply processes) {
        boolean isStarted = false;
        try {
            StartConfig written = StartConfig.of(config);
            CheckedLibrary library = check.get();
            HostRequest request = new HostRequest(
                    NO_CALL,
                    HostOperation.START.number(),
                    0,
                    new HostedLibrary(library, written.level()).toBytes(),
                    written.json());
            IsolatedPlugin plugin = start(library.name().toString(), request, own, processes);
            isStarted = true;
            return plugin;
        } finally {
            if (!isStarted && own != null) {
                own.close();
            }
        }
    }

    private static IsolatedPlugin start(
            String subject, HostRequest request, @Nullable ExtractedLibrary own, ProcessSupply processes) {
        IsolatedPlugin plugin = startInSpare(subject, request, own, processes);
        if (plugin == null) {
            plugin = startInNew(subject, request, own, processes);
        }
        processes.wantSpare();
        return plugin;
    }

    /** Returns {@code null} if there is no spare process, or it has died before it was asked for anything. */
    private static @Nullable IsolatedPlugin startInSpare(
            String subject, HostRequest request, @Nullable ExtractedLibrary own, ProcessSupply processes) {
        ProcessSupply.Hosted spare = processes.takeSpare();
        if (spare == null) {
            return null;
        }
        try {
            return started(subject, request, own, processes, spare);
        } catch (HostDeath died) {
            if (died.hasBegun()) {
                throw diedAtStart(subject, died.death(), processes.isolation(), spare.lines());
            }
            log.debug("The spare process {} for {} has died", spare.process().pid(), subject, died);
            return null;
        }
    }

    private static IsolatedPlugin startInNew(
            String subject, HostRequest request, @Nullable ExtractedLibrary own, ProcessSupply processes) {
        HostLines lines = processes.lines();
        try {
            return started(subject, request, own, processes, processes.startNow(lines));
        } catch (IOException notStarted) {
            throw new PluginLoadException(
                    "The process for the plugin " + subject + " cannot be started: " + notStarted.getMessage(),
                    notStarted);
        } catch (HostDeath died) {
            throw diedAtStart(subject, died.death(), processes.isolation(), lines);
        }
    }

    private static IsolatedPlugin started(
            String subject,
            HostRequest request,
            @Nullable ExtractedLibrary own,
            ProcessSupply processes,
            ProcessSupply.Hosted hosted)
            throws HostDeath {
        HostProcess process = hosted.process();
        IsolatedPlugin plugin = new IsolatedPlugin(processes.isolation(), subject, own, process, hosted.lines());
        boolean isStarted = false;
        try {
            plugin.start(request);
            PluginProcessEvent.record(subject, process.pid(), "started", null);
            isStarted = true;
            return plugin;
        } finally {
            if (!isStarted) {
                plugin.endProcess();
            }
        }
    }

    private static PluginLoadException diedAtStart(String subject, Death death, Isolation isolation, HostLines lines) {
        StringBuilder message = new StringBuilder("The plugin " + subject + " did not start: its process " + death.pid()
                + (death.isKilled() ? " was killed: " : " has ended by ") + death.cause()
                + death.frame().map(frame -> " in " + frame).orElse("")
                + (death.isKilled() ? "" : isolation.aboutLimits()));
        if (!lines.last().isEmpty()) {
            PluginLogLine.appendAll(message, lines.last());
        }
        return new PluginLoadException(message + PluginLostException.written(death), lines.last(), null);
    }

    private void start(HostRequest request) throws HostDeath {
        try {
            Reply reply = process.exchange(request, Long.MAX_VALUE);
            if (HostAnswer.of(reply.kind()) != HostAnswer.DONE) {
                throw notLoaded(reply);
            }
            capabilities = Capability.of(reply.code());
        } catch (IOException noRoom) {
            throw new PluginLoadException(
                    "The plugin " + subject + " cannot be started: there is no room for its configuration: "
                            + noRoom.getMessage(),
                    noRoom);
        }
    }

    private PluginLoadException notLoaded(Reply reply) {
        return switch (reply.code()) {
            case HostAnswer.ADD_LINES -> PluginLoadException.notStarted(text(reply), lines.last());
            case HostAnswer.MISSING ->
                new PluginLoadException("The library " + subject + " "
                        + PluginExports.whyNotPlugin(List.of(text(reply).split(",", -1))));
            default -> new PluginLoadException(text(reply), lines.last(), null);
        };
    }

    // ---- calls ----

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        return result(ask(HostOperation.CALL, 0, bytes(tag), request, tag));
    }

    private byte[] bytes(String tag) {
        if (!tag.equals(lastTag)) {
            lastTagBytes = Utf8.tag(tag);
            lastTag = tag;
        }
        return lastTagBytes;
    }

    /** Hands a JSON call over before its turn, if there is room. */
    @Nullable
    Prefetched prefetch(String tag, byte[] request, long notAfter) {
        return process.handOver(request(HostOperation.CALL, 0, bytes(tag), request), notAfter);
    }

    /** Hands a raw call over before its turn, if there is room. */
    @Nullable
    Prefetched prefetchRaw(int messageId, byte[] request, long notAfter) {
        return process.handOver(request(HostOperation.CALL_RAW, messageId, NOTHING, request), notAfter);
    }

    /** Says whether there are calls that were handed over, and whose outcomes nobody has asked for. */
    boolean hasPrefetched() {
        return process.hasHandedOver();
    }

    /** Says whether the next call was handed over. */
    boolean isPrefetched() {
        return process.turn() != 0;
    }

    private HostRequest request(HostOperation operation, int id, byte[] head, byte[] body) {
        if (!operation.isCall()) {
            return new HostRequest(NO_CALL, operation.number(), id, head, body);
        }
        number = number == -1 ? 1 : number + 1;
        return new HostRequest(number, operation.number(), id, head, body);
    }

    @Override
    public byte[] exchangeRaw(int messageId, byte[] request) throws ErrorReply {
        return result(ask(HostOperation.CALL_RAW, messageId, NOTHING, request, ConfinedPlugin.target(messageId)));
    }

    private byte[] result(Reply reply) throws ErrorReply {
        if (HostAnswer.of(reply.kind()) == HostAnswer.ERROR) {
            throw new ErrorReply(reply.code(), reply.body());
        }
        return requireDone(reply).body();
    }

    private Reply requireDone(Reply reply) {
        return switch (HostAnswer.of(reply.kind())) {
            case DONE -> reply;
            case UNSUPPORTED -> throw new UnsupportedOperationException(text(reply));
            case NO_MEMORY ->
                throw new OutOfMemoryError("In the plugin's process: " + text(reply) + isolation.aboutLimits());
            default -> throw new IllegalStateException("In the plugin's process: " + text(reply));
        };
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private Reply ask(HostOperation operation, int id, byte[] head, byte[] body, String target) {
        if (isClosed) {
            throw new IllegalStateException("The plugin " + subject + " is closed");
        }
        int turn = operation.isCall() ? process.turn() : 0;
        HostRequest request = turn == 0 ? request(operation, id, head, body) : null;
        if (operation.isCall()) {
            usage.called();
            lines.begin(request == null ? turn : request.number(), CarriedContext.ofThisAction());
        }
        try {
            return request == null
                    ? process.collect(isolation.killAfterNanos())
                    : process.exchange(request, isolation.killAfterNanos());
        } catch (HostDeath ended) {
            Death death = ended.death();
            PluginProcessEvent.record(subject, death.pid(), death.isKilled() ? "killed" : "crashed", death.cause());
            throw death.isKilled()
                    ? new PluginKilledException(target, ended.hasBegun(), death, lines.lastFew())
                    : new PluginCrashedException(
                            target, ended.hasBegun(), death, isolation.aboutLimits(), lines.lastFew());
        } catch (IOException noRoom) {
            throw new IllegalStateException(
                    target + ": there is no room to hand over the request of " + body.length + " bytes: "
                            + noRoom.getMessage(),
                    noRoom);
        } finally {
            lines.end();
        }
    }

    // ---- the rest ----

    /** Says whether a fresh process is to take over although this one works. */
    boolean isWornOut() {
        return usage.isTooMuch();
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void setLogLevel(LogLevel level) {
        Objects.requireNonNull(level, "level");
        var unused = requireDone(
                ask(HostOperation.SET_LOG_LEVEL, level.code(), NOTHING, NOTHING, PluginExports.SET_LOG_LEVEL));
    }

    @Override
    public PluginState state() {
        return new PluginState(requireDone(ask(HostOperation.STATE, 0, NOTHING, NOTHING, PluginExports.GET_STATE))
                .code());
    }

    @Override
    public long rejectedCount() {
        Reply reply =
                requireDone(ask(HostOperation.REJECTED_COUNT, 0, NOTHING, NOTHING, PluginExports.GET_REJECTED_COUNT));
        return ByteBuffer.wrap(reply.body()).getLong();
    }

    /** Returns the name of the library's file, or of the class. */
    String name() {
        return String.valueOf(Path.of(subject).getFileName());
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        try {
            if (process.isAlive()) { // the death of a lost one was reported
                shutDown();
                PluginProcessEvent.record(subject, process.pid(), "closed", null);
            }
        } finally {
            isClosed = true;
            endProcess();
            if (own != null) {
                own.close();
            }
        }
    }

    private void shutDown() {
        lines.forget();
        process.forgetHandedOver();
        Reply reply = ask(HostOperation.SHUT_DOWN, 0, NOTHING, NOTHING, PluginExports.SHUTDOWN);
        if (HostAnswer.of(reply.kind()) != HostAnswer.NOT_STOPPED) {
            var unused = requireDone(reply);
            return;
        }
        throw reply.code() == HostAnswer.ADD_LINES
                ? NativeInstance.notStopped(Path.of(subject), lines.last())
                : new PluginException(ErrorCode.SHUTDOWN_FAILED, PluginExports.SHUTDOWN, text(reply));
    }

    private void endProcess() {
        try {
            try {
                process.close();
            } finally {
                lines.deliverRest();
            }
        } catch (IOException left) {
            log.warn("What belongs to the process of {} could not all be closed", this, left);
        }
    }

    /** Returns the file, the process, and whether the plugin is closed. */
    @Override
    public String toString() {
        return "IsolatedPlugin[" + subject + ", process " + process.pid() + (isClosed ? ", closed]" : "]");
    }
}
