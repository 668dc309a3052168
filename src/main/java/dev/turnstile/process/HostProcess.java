package dev.turnstile.process;

import dev.turnstile.internal.Prefetched;
import dev.turnstile.internal.PrivateDirectory;
import dev.turnstile.internal.SafeLog;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process as the application sees it: it answers one request at a time, until it dies.
 *
 * <p>All methods but {@link #isAlive}, {@link #pid} and {@link #whenDead} are for one thread: the one that started it, until that hands it over to another one, which
 * it may do before the first request, by anything that publishes safely. What a thread keeps for its waiting is made at the first request, so the thread that makes it is
 * the one that closes this.
 *
 * <p>Whatever the child does, this only throws: numbers that it has written are checked, and a child that breaks the protocol is killed.
 */
public final class HostProcess implements AutoCloseable {
    static final String CONTROL = "control";
    static final String REQUESTS = "requests";
    static final String RESPONSES = "responses";
    static final String RING = "ring";
    static final String SOCKET = "s";
    static final String FUTEX = "futex";
    static final String BYTES = "bytes";

    private static final SafeLog log = new SafeLog(HostProcess.class);

    /** What a JVM reads its options from: meant for this one. */
    private static final List<String> JVM_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final int LONGEST_SOCKET = 103;

    private static final long START_LIMIT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long END_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long to wait for what a process has sent already: what a dead one may have left in its streams, or the log lines before an answer. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HostCommand command;
    private final PrivateDirectory directory;
    private final Process process;
    private final OutputTail output;
    private final ControlBlock control;
    private final SharedArea requests;
    private final SharedArea responses;
    private final SharedArea ring;
    private final PrefetchSender prefetch;
    private volatile @Nullable Sides sides;
    private @Nullable LogReader lines;

    private int sent;
    private final BooleanSupplier isAnswered = this::isAnswered;
    private BooleanSupplier awaited = isAnswered;
    private final BooleanSupplier isOver = this::isOver;

    /** How long the last request was allowed to take. */
    private long lastLimitNanos = Long.MAX_VALUE;

    /** The child was not woken since it was asked for something. */
    private boolean isToWake;

    private volatile boolean isDead;
    private volatile @Nullable Runnable afterDeath;

    /** Set once, by the thread that uses this, when the process had to be ended. */
    private @Nullable String killedBecause;

    private @Nullable Death death;

    private HostProcess(
            HostCommand command,
            PrivateDirectory directory,
            Process process,
            ControlBlock control,
            SharedArea requests,
            SharedArea responses,
            SharedArea ring) {
        this.command = command;
        this.directory = directory;
        this.process = process;
        this.control = control;
        this.requests = requests;
        this.responses = responses;
        this.ring = ring;
        this.prefetch = new PrefetchSender(ring.ring(), this::awaitForsaken);
        this.output = OutputTail.of(process.getInputStream(), process.pid());
    }

    // ---- the start ----

    /**
     * Starts a process and waits until it is ready for requests; at most a minute.
     *
     * @param command makes the command, for a directory of the process's own, which is removed when it has ended
     * @param log receives what is logged in the child
     * @return the process
     * @throws IOException if it cannot be started, or what it needs cannot be made
     * @throws HostDeath if it ended, or had to be killed, before it was ready
     */
    @SuppressWarnings("MustBeClosedChecker") // closed with the process
    public static HostProcess start(Function<Path, HostCommand> command, HostLog log) throws IOException, HostDeath {
        PrivateDirectory directory = PrivateDirectory.in(place());
        HostProcess made = null;
        boolean isStarted = false;
        try (ServerSocketChannel server = server()) {
            Path path = directory.path();
            requireShort(path.resolve(SOCKET));
            var unused = server.bind(UnixDomainSocketAddress.of(path.resolve(SOCKET)));
            ControlBlock control = ControlBlock.create(path.resolve(CONTROL));
            made = start(command.apply(path), directory, control);
            made.connect(server, log);
            isStarted = true;
            return made;
        } finally {
            removeNames(directory.path());
            if (!isStarted && made != null) {
                made.close();
            } else if (!isStarted) {
                directory.close();
            }
        }
    }

    private static ServerSocketChannel server() throws IOException {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (UnsupportedOperationException none) {
            throw new IOException(
                    "this system has no Unix domain sockets, which a process of its own needs (Windows has them from"
                            + " version 10 1803 on): leave the isolation out",
                    none);
        }
    }

    /** Where a file that is open cannot lose its name, it is removed with the directory. */
    private static void removeNames(Path directory) {
        for (String name : List.of(SOCKET, CONTROL, REQUESTS, RESPONSES, RING)) {
            try {
                Files.deleteIfExists(directory.resolve(name));
            } catch (IOException stillOpen) {
                log.debug("{} keeps its name until the process has ended", name, stillOpen);
            }
        }
    }

    /** A socket's path is part of a structure of the system, which has 104 to 108 bytes for it. */
    private static void requireShort(Path socket) throws IOException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw new IOException(
                    "the path " + socket + " is too long for a socket, by the rules of the system: choose a"
                            + " shorter one with -D" + PrivateDirectory.PLACE_PROPERTY + "=DIRECTORY");
        }
    }

    private static HostProcess start(HostCommand command, PrivateDirectory directory, ControlBlock control)
            throws IOException {
        Path path = directory.path();
        SharedArea requests = SharedArea.create(path.resolve(REQUESTS));
        SharedArea responses = null;
        SharedArea ring = null;
        Process process = null;
        boolean isStarted = false;
        try {
            responses = SharedArea.create(path.resolve(RESPONSES));
            ring = SharedArea.create(path.resolve(RING));
            process = launch(command, path);
            HostProcess made = new HostProcess(command, directory, process, control, requests, responses, ring);
            isStarted = true;
            return made;
        } finally {
            if (!isStarted) {
                requests.close();
                if (responses != null) {
                    responses.close();
                }
                if (ring != null) {
                    ring.close();
                }
                if (process != null) {
                    process.destroyForcibly();
                }
            }
        }
    }

    private static Process launch(HostCommand command, Path directory) throws IOException {
        List<String> words = new ArrayList<>(command.program());
        words.add(directory.toString());
        words.add(command.usesFutexes() ? FUTEX : BYTES);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        command.workingDirectory().ifPresent(where -> builder.directory(where.toFile()));
        builder.environment().keySet().removeAll(JVM_VARIABLES);
        command.environment().forEach((name, value) -> {
            if (value == null) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return builder.start();
    }

    /** Memory, if the system has a directory for that; a socket's path may not be long. */
    private static Path place() throws IOException {
        String property = System.getProperty(PrivateDirectory.PLACE_PROPERTY, "");
        Path memory = Path.of("/dev/shm");
        if (property.isEmpty() && Files.isDirectory(memory) && Files.isWritable(memory)) {
            return memory;
        }
        return PrivateDirectory.place().toRealPath();
    }

    private void connect(ServerSocketChannel server, HostLog to) throws IOException, HostDeath {
        try (Selector selector = Selector.open()) {
            server.configureBlocking(false);
            var registered = server.register(selector, SelectionKey.OP_ACCEPT);
            watch(registered.selector());
            lines = LogReader.of(accept(server, selector), to, process.pid()); // the child connects in this order
            sides = Sides.parent(control, command.usesFutexes() ? LinuxCalls.orNull() : null, accept(server, selector));
        }
        if (isDead) { // it died before there was anybody to wake
            requireSides().wakeOwnForTheLastTime();
        }
    }

    /** A thread for that: the JDK tells of an end on a thread of the common pool, which the application may have blocked. */
    private void watch(Selector starting) {
        Thread.ofPlatform()
                .daemon()
                .name("turnstile-process-" + process.pid())
                .inheritInheritableThreadLocals(false)
                .start(() -> {
                    try {
                        var unused = process.waitFor();
                    } catch (InterruptedException nobodyDoesThat) {
                        log.debug("Nobody waits for process {} any more", process.pid(), nobodyDoesThat);
                    }
                    died(starting);
                });
    }

    private SocketChannel accept(ServerSocketChannel server, Selector selector) throws IOException, HostDeath {
        boolean isInterrupted =
                Thread.interrupted(); // by whom it may concern later: selectors and channels would end at once
        try {
            return acceptUninterrupted(server, selector);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private SocketChannel acceptUninterrupted(ServerSocketChannel server, Selector selector)
            throws IOException, HostDeath {
        long since = System.nanoTime();
        SocketChannel accepted = server.accept();
        while (accepted == null) {
            if (isDead) {
                throw dead(false);
            }
            long left = START_LIMIT_NANOS - (System.nanoTime() - since);
            if (left <= 0) {
                throw kill("it was not ready within a minute");
            }
            var unused = selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            selector.selectedKeys().clear();
            accepted = server.accept();
        }
        return accepted;
    }

    /** On any thread: the process has ended. */
    private void died(Selector starting) {
        isDead = true;
        starting.wakeup();
        Sides waiting = sides;
        if (waiting != null) {
            waiting.wakeOwnForTheLastTime();
        }
        Runnable after = afterDeath;
        if (after != null) {
            after.run();
        }
    }

    // ---- requests ----

    /** Says whether what is waited for is so, or will never be. */
    private boolean isOver() {
        return isDead || awaited.getAsBoolean();
    }

    private boolean isAnswered() {
        return control.get(ControlBlock.RESPONSE) == sent;
    }

    /**
     * Makes a request and waits for the response.
     *
     * @param request what is to be done
     * @param limitNanos how long it may take before the process is killed; {@link Long#MAX_VALUE} for as long as it likes
     * @return the response
     * @throws HostDeath if the process died, or had to be killed, before it had answered, or was dead before
     * @throws IOException if there is no room for the request; the process is as it was
     */
    public Reply exchange(HostRequest request, long limitNanos) throws HostDeath, IOException {
        if (isDead || death != null) {
            throw dead(false);
        }
        lastLimitNanos = limitNanos;
        boolean isInterrupted = Thread.interrupted(); // by whom it may concern later: a channel would end at once
        try {
            return exchangeUninterrupted(request, limitNanos);
        } catch (InternalError cutOff) { // the file behind the shared memory
            throw kill("it broke the protocol: it has cut off the shared memory");
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for the response to the request that was handed over, and is the next one by {@link Prefetched#isNext}.
     *
     * @param limitNanos as for {@link #exchange}
     * @return the response
     * @throws HostDeath as for {@link #exchange}
     */
    public Reply collect(long limitNanos) throws HostDeath {
        lastLimitNanos = limitNanos;
        PrefetchSender.Place place = prefetch.takeTurn();
        boolean isInterrupted = Thread.interrupted(); // by whom it may concern later: a channel would end at once
        try {
            return collectUninterrupted(place, limitNanos);
        } catch (InternalError cutOff) { // the file behind the shared memory
            throw kill("it broke the protocol: it has cut off the shared memory");
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Reply exchangeUninterrupted(HostRequest request, long limitNanos) throws HostDeath, IOException {
        byte[] head = request.head();
        byte[] body = request.body();
        ByteBuffer area = requests.withRoomFor((long) head.length + body.length);
        area.put(0, head).put(head.length, body);
        control.setPlain(ControlBlock.NUMBER, request.number());
        control.setPlain(ControlBlock.OPERATION, request.operation());
        control.setPlain(ControlBlock.ID, request.id());
        control.setPlain(ControlBlock.HEAD_LENGTH, head.length);
        control.setPlain(ControlBlock.BODY_LENGTH, body.length);
        control.setPlain(ControlBlock.REQUEST_AREA, requests.size());
        sent++;
        control.set(ControlBlock.REQUEST, sent);
        isToWake = true;
        if (awaitOrEnd(isAnswered, limitNanos, false)) {
            int length = control.plain(ControlBlock.LENGTH);
            byte[] answer = largeResponse(control.plain(ControlBlock.RESPONSE_AREA), length);
            awaitLines(control.plain(ControlBlock.LINES), limitNanos);
            return new Reply(control.plain(ControlBlock.KIND), control.plain(ControlBlock.CODE), answer);
        }
        throw dead(hasBegun());
    }

    private Reply collectUninterrupted(PrefetchSender.Place place, long limitNanos) throws HostDeath {
        isToWake |= !hasBegun(place); // it may have waited for the turn
        boolean isKnown = false;
        boolean isDone = false;
        try {
            isDone = awaitOrEnd(place.isDone(), limitNanos, prefetch.hasMoreThan(place));
            isKnown = true;
        } finally {
            if (!isKnown) { // for example no memory to wait with
                place.isNext();
            }
        }
        if (!isDone) {
            throw dead(hasBegun(place));
        }
        try {
            return read(place, limitNanos);
        } finally {
            place.isRead();
            isToWake |= place.get(CallRing.AREA) != 0; // it waits for the room
        }
    }

    private Reply read(PrefetchSender.Place place, long limitNanos) throws HostDeath {
        int length = place.get(CallRing.LENGTH);
        int area = place.get(CallRing.AREA);
        if (area == 0 && (length < 0 || length > CallRing.LONGEST_RESPONSE)) {
            throw kill("it broke the protocol: it answered with " + length + " bytes, where "
                    + CallRing.LONGEST_RESPONSE + " have room");
        }
        byte[] answer = area == 0 ? place.response(length) : largeResponse(area, length);
        awaitLines(place.get(CallRing.LINES), limitNanos);
        return new Reply(place.get(CallRing.KIND), place.get(CallRing.CODE), answer);
    }

    /** Wakes the child, if it has not been since it was asked for something, and waits until something is so; {@code false} if it has died, or was killed. */
    private boolean awaitOrEnd(BooleanSupplier isSo, long limitNanos, boolean isPatient) {
        Sides both = requireSides();
        boolean isConnected = true;
        try {
            if (isToWake) {
                isToWake = false;
                both.wakeOther();
            }
            if (isSo.getAsBoolean()) {
                return true;
            }
            awaited = isSo;
            var unused = both.await(isOver, limitNanos, isPatient);
            isConnected = !both.isClosed();
        } catch (IOException socketIsGone) {
            isConnected = false;
            log.debug("Process {} has closed its socket", process.pid(), socketIsGone);
        }
        if (isSo.getAsBoolean()) {
            return true;
        }
        if (!isDead && !awaitEnd(isConnected ? 0 : REST_NANOS)) {
            killedBecause = isConnected
                    ? "the call took longer than " + TimeUnit.NANOSECONDS.toMillis(limitNanos) + " ms"
                    : "it broke the protocol: it has closed its socket";
            end();
        }
        return false;
    }

    /**
     * Hands a request over whose response is {@linkplain #collect waited for} later. The child carries out what it was handed in this order.
     *
     * @param request what is to be done
     * @param notAfter when it may begin at the latest, by {@link System#nanoTime}; 0 for no limit
     * @return what was handed over; {@code null} if there is no room for it
     */
    public @Nullable Prefetched handOver(HostRequest request, long notAfter) {
        Prefetched handedOver = isDead || death != null ? null : prefetch.handOver(request, notAfter);
        isToWake |= handedOver != null;
        return handedOver;
    }

    /** Nobody wants the response: the action has failed before it could ask. */
    private void awaitForsaken(PrefetchSender.Place place) {
        boolean isInterrupted = Thread.interrupted(); // by the action: a channel would end at once
        try {
            isToWake = true; // it may have waited for the turn
            if (awaitOrEnd(place.isDone(), lastLimitNanos, false)) {
                place.isRead();
                isToWake = true; // it may wait for the room
            }
        } catch (InternalError cutOff) { // the file behind the shared memory
            log.debug("Process {} has cut off the shared memory", process.pid(), cutOff);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@return whether there are requests that were handed over, and not collected} */
    public boolean hasHandedOver() {
        return prefetch.isAnyOpen();
    }

    /** Takes back what was handed over and has not begun; what has begun ends, and nobody wants to know how. */
    public void forgetHandedOver() {
        try {
            prefetch.forget();
        } catch (InternalError cutOff) { // the file behind the shared memory
            log.debug("Process {} has cut off the shared memory", process.pid(), cutOff);
        }
        isToWake = true;
    }

    /** {@return the number of the request that is to be collected next; 0 if there is none} */
    public int turn() {
        return prefetch.turn();
    }

    private boolean hasBegun() {
        try {
            return sent > 0 && control.get(ControlBlock.BEGUN) == sent;
        } catch (InternalError cutOff) {
            return true; // it may have been
        }
    }

    private static boolean hasBegun(PrefetchSender.Place place) {
        try {
            return place.hasBegun();
        } catch (InternalError cutOff) {
            return true; // it may have been
        }
    }

    private Sides requireSides() {
        Sides both = sides;
        if (both == null) {
            throw new IllegalStateException("The process is not ready");
        }
        return both;
    }

    private byte[] largeResponse(int area, int length) throws HostDeath {
        try {
            ByteBuffer response = responses.message(area, length);
            byte[] answer = new byte[length];
            response.get(0, answer);
            return answer;
        } catch (IOException broken) {
            throw kill("it broke the protocol: it answered with " + broken.getMessage());
        }
    }

    /** What is logged during a call comes before its outcome. */
    private void awaitLines(int count, long limitNanos) throws HostDeath {
        LogReader reader = lines;
        if (reader != null && !reader.await(count, Math.clamp(limitNanos, REST_NANOS, END_LIMIT_NANOS))) {
            throw kill("it broke the protocol: it does not send the log lines that it has counted");
        }
    }

    // ---- the end ----

    /** {@return whether the process has not ended} Any thread may ask. */
    public boolean isAlive() {
        return !isDead;
    }

    /**
     * Has something run when the process has ended, on a thread of its own, or at once if it has ended. Any thread may call this.
     *
     * @param action short; may be run twice
     */
    public void whenDead(Runnable action) {
        afterDeath = action;
        if (isDead) {
            action.run();
        }
    }

    /** {@return the number of the process} */
    public long pid() {
        return process.pid();
    }

    private HostDeath kill(String why) {
        killedBecause = why;
        end();
        return dead(hasBegun());
    }

    /** Ends the process with those that it has started. */
    private void end() {
        try (Stream<ProcessHandle> started = process.descendants()) {
            started.forEach(ProcessHandle::destroyForcibly);
        }
        var unused = process.destroyForcibly();
        if (!awaitEnd(END_LIMIT_NANOS)) {
            log.error("Process {} does not end although it was killed; it is left", process.pid());
        }
    }

    private boolean awaitEnd(long nanos) {
        boolean isInterrupted = false;
        long until = System.nanoTime() + nanos;
        try {
            while (true) {
                try {
                    return process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private HostDeath dead(boolean hasBegun) {
        Death known = death;
        if (known == null) {
            known = examine();
            death = known;
        }
        return new HostDeath(known, hasBegun);
    }

    private Death examine() {
        isDead = true; // also if it is left
        var hasEnded = awaitEnd(END_LIMIT_NANOS);
        LogReader reader = lines;
        if (reader != null) {
            reader.awaitEnd(REST_NANOS); // its last lines come before the news of its end
        }
        OptionalInt exitCode = hasEnded ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
        CrashFile crash = command.crashFile().map(CrashFile::read).orElseGet(CrashFile::none);
        String cause = killedBecause;
        if (cause == null) {
            cause = crash.signal()
                    .orElseGet(() -> exitCode.isPresent() ? Signals.cause(exitCode.getAsInt()) : "it does not end");
        }
        return new Death(
                process.pid(),
                exitCode,
                cause,
                killedBecause == null ? crash.frame() : Optional.empty(),
                killedBecause != null,
                crash.withoutBanner(output.afterTheEnd(REST_NANOS)));
    }

    /**
     * Ends the process, if it has not ended: it notices that its standard input ends. What has not ended within five seconds is killed.
     *
     * @throws IOException if something of it cannot be closed; the rest is closed nevertheless
     */
    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyGone) {
            log.debug("The standard input of process {} was closed already", process.pid(), alreadyGone);
        }
        if (!awaitEnd(END_LIMIT_NANOS)) {
            log.warn("Process {} has not ended within 5 s, and is killed", process.pid());
            end();
        }
        Sides both = sides;
        LogReader reader = lines;
        try (directory;
                requests;
                responses;
                ring;
                both;
                reader) {
            if (reader != null) {
                reader.awaitEnd(REST_NANOS);
            }
        }
    }
}
