package dev.turnstile.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The application as the child process sees it: it makes one request at a time, until it is gone.
 *
 * <p>All methods but {@link #log} are for the one thread that connected.
 */
public final class HostChannel {
    /** For so many responses, and so long, the application may be left asleep if there are more requests. */
    private static final int MOST_UNANNOUNCED = CallRing.PLACES / 2;

    private static final long UNANNOUNCED_NANOS = 10_000;

    private final Path directory;
    private final ControlBlock control;
    private final SharedArea requests;
    private final SharedArea responses;
    private final PrefetchReceiver prefetch;
    private final Sides sides;
    private final SocketChannel logSocket;
    private final ReentrantLock logLock = new ReentrantLock();
    private int lines;

    private volatile boolean isDone;
    /** How many responses the application was not woken for, and since when. */
    private int unannounced;

    private long unannouncedSince;

    private int taken;
    private int operation;
    private int id;

    /** The number of the request that is carried out; other threads read it. */
    private volatile int number;

    private final BooleanSupplier isAsked = this::isAsked;
    private final BooleanSupplier isRoomForLarge = this::isRoomForLarge;
    private byte[] head = {};
    private byte[] body = {};

    private HostChannel(
            Path directory,
            ControlBlock control,
            SharedArea requests,
            SharedArea responses,
            CallRing ring,
            Sides sides,
            SocketChannel logSocket) {
        this.directory = directory;
        this.control = control;
        this.requests = requests;
        this.responses = responses;
        this.prefetch = new PrefetchReceiver(ring);
        this.sides = sides;
        this.logSocket = logSocket;
    }

    /**
     * Connects this process with the one that has started it; from then on it ends as soon as that one has.
     *
     * @param directory where the files and the socket are
     * @param how the sides wake each other, as the application says
     * @return the channel
     * @throws IOException if something is not there, or is of another version
     */
    public static HostChannel connect(Path directory, String how) throws IOException {
        boolean isConnected = false;
        try {
            HostChannel channel = connected(directory, how);
            isConnected = true;
            return channel;
        } finally {
            if (!isConnected) { // perhaps the application was killed while this process started
                remove(directory);
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // all is open until the process ends
    private static HostChannel connected(Path directory, String how) throws IOException {
        LinuxCalls linux = LinuxCalls.orNull();
        if (linux != null) {
            linux.leaveSession();
            linux.dumpNoCore();
        }
        ControlBlock control = ControlBlock.open(directory.resolve(HostProcess.CONTROL));
        SharedArea requests = SharedArea.open(directory.resolve(HostProcess.REQUESTS));
        SharedArea responses = SharedArea.open(directory.resolve(HostProcess.RESPONSES));
        SharedArea ring = SharedArea.open(directory.resolve(HostProcess.RING));
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(directory.resolve(HostProcess.SOCKET));
        SocketChannel logSocket = SocketChannel.open(socket); // the application expects them in this order
        SocketChannel wakeSocket = SocketChannel.open(socket);
        boolean byFutex = how.equals(HostProcess.FUTEX);
        if (byFutex && linux == null) {
            throw new IOException("The application wants to be woken by futexes, which cannot be had here");
        }
        Sides sides = Sides.child(control, byFutex ? linux : null, wakeSocket);
        HostChannel channel = new HostChannel(directory, control, requests, responses, ring.ring(), sides, logSocket);
        channel.endWithTheApplication(System.in);
        return channel;
    }

    /** The application holds the other end of the standard input, and nobody else does: it ends when the application has ended, however it ended. */
    private void endWithTheApplication(InputStream input) {
        Thread.ofPlatform().daemon().name("turnstile-parent").start(() -> {
            try {
                while (input.read() >= 0) {
                    // Nothing is ever sent.
                }
            } catch (IOException gone) {
                // It is gone.
            } finally {
                end();
            }
        });
    }

    private void end() {
        remove(directory);
        if (isDone) {
            System.exit(0); // what the plugin, or a library that it uses, has left for the end is done
        } else {
            Runtime.getRuntime().halt(0); // also if the plugin is in an endless loop
        }
    }

    /** Ends this process, which cannot go on. */
    public void fail() {
        remove(directory);
        Runtime.getRuntime().halt(1);
    }

    /** The application removes the directory; if it was killed, nobody else does so soon. */
    private static void remove(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException isRemovedByTheApplication) {
            // Or by the next that sweeps.
        }
    }

    private boolean isAsked() {
        return prefetch.isAsked() || control.get(ControlBlock.REQUEST) != taken;
    }

    private boolean isRoomForLarge() {
        return !prefetch.isLargeUnread();
    }

    /**
     * Waits for the next request, which begins. If there will be none, since the application is gone, this process ends.
     *
     * @throws IOException if the application has written what cannot be
     */
    public void await() throws IOException {
        boolean unused = Thread.interrupted(); // left by the plugin: a channel would end at once
        do {
            if (unannounced > 0 && !prefetch.isAsked()) {
                announce();
            }
            if (!sides.await(isAsked, Long.MAX_VALUE)) {
                end();
            }
            if (prefetch.isAsked() && prefetch.begin()) {
                takePrefetched();
                return;
            }
        } while (control.get(ControlBlock.REQUEST) == taken); // another one was taken back
        take();
    }

    private void takePrefetched() throws IOException {
        int headLength = prefetch.get(CallRing.HEAD_LENGTH);
        int bodyLength = prefetch.get(CallRing.BODY_LENGTH);
        if (headLength < 0 || bodyLength < 0 || headLength > CallRing.LONGEST_REQUEST - bodyLength) {
            throw new IOException("a short request of " + headLength + " and " + bodyLength + " bytes");
        }
        operation = prefetch.get(CallRing.OPERATION);
        id = prefetch.get(CallRing.ID);
        number = prefetch.get(CallRing.NUMBER);
        head = prefetch.read(0, headLength);
        body = prefetch.read(headLength, bodyLength);
    }

    private void take() throws IOException {
        taken = control.get(ControlBlock.REQUEST);
        int headLength = control.plain(ControlBlock.HEAD_LENGTH);
        int bodyLength = control.plain(ControlBlock.BODY_LENGTH);
        if (headLength < 0) {
            throw new IOException("a request whose head has " + headLength + " bytes");
        }
        ByteBuffer area =
                requests.message(control.plain(ControlBlock.REQUEST_AREA), (long) headLength + Math.max(0, bodyLength));
        head = new byte[headLength];
        body = new byte[bodyLength];
        area.get(0, head).get(headLength, body);
        operation = control.plain(ControlBlock.OPERATION);
        id = control.plain(ControlBlock.ID);
        number = control.plain(ControlBlock.NUMBER);
    }

    /** {@return what is to be done} */
    public int operation() {
        return operation;
    }

    /** {@return the number that goes with it} */
    public int id() {
        return id;
    }

    /** {@return the first part of the request; not copied} */
    public byte[] head() {
        return head;
    }

    /** {@return the second part of the request; not copied} */
    public byte[] body() {
        return body;
    }

    /** Says that nothing is left to do: when the application is gone, this process ends in an orderly way. */
    public void done() {
        isDone = true;
    }

    /** Says that the request is being carried out from here on. */
    public void begin() {
        if (!prefetch.isCurrent()) {
            control.set(ControlBlock.BEGUN, taken);
        }
    }

    /**
     * The answer to this request may tell that the plugin is of no use any more. So no other request begins before the application has seen it.
     */
    public void beCautious() {
        if (prefetch.isCurrent()) {
            prefetch.beCautious();
        }
    }

    /**
     * Answers the request.
     *
     * @param kind what the rest means
     * @param code a number that goes with it
     * @param answer the bytes
     * @throws IOException if there is no room for them: something shorter may still be answered
     */
    public void reply(int kind, int code, byte[] answer) throws IOException {
        Thread.interrupted(); // a plugin's interrupt would close the channels
        if (prefetch.isCurrent()) {
            replyPrefetched(kind, code, answer);
            return;
        }
        var unused = responses.withRoomFor(answer.length).put(0, answer);
        control.setPlain(ControlBlock.KIND, kind);
        control.setPlain(ControlBlock.CODE, code);
        control.setPlain(ControlBlock.LENGTH, answer.length);
        control.setPlain(ControlBlock.RESPONSE_AREA, responses.size());
        control.setPlain(ControlBlock.LINES, lines());
        control.set(ControlBlock.RESPONSE, taken);
        sides.wakeOther();
    }

    private void replyPrefetched(int kind, int code, byte[] answer) throws IOException {
        boolean isLarge = answer.length > CallRing.LONGEST_RESPONSE;
        if (isLarge) {
            announce();
            if (!sides.await(isRoomForLarge, Long.MAX_VALUE)) {
                end();
            }
            var unused = responses.withRoomFor(answer.length).put(0, answer);
        }
        prefetch.reply(kind, code, answer, isLarge ? responses.size() : 0, lines());
        if (unannounced == 0) {
            unannouncedSince = System.nanoTime();
        }
        unannounced++;
        boolean mayWait = unannounced < MOST_UNANNOUNCED && System.nanoTime() - unannouncedSince < UNANNOUNCED_NANOS;
        if (!mayWait || !sides.isOtherPatient() || !prefetch.isAsked()) {
            announce();
        }
    }

    /** Wakes the application for responses, if it sleeps. */
    private void announce() throws IOException {
        unannounced = 0;
        sides.wakeOther();
    }

    private int lines() {
        logLock.lock();
        try {
            return lines;
        } finally {
            logLock.unlock();
        }
    }

    /**
     * Sends a log line. Any thread may call this, at any time. It waits if the application does not read, which it always does unless it is stopped.
     *
     * @param level a number
     * @param target where it comes from; may be empty
     * @param message the text
     * @param tag what was called meanwhile; {@code null} if it belongs to no call
     */
    public void log(int level, String target, String message, @Nullable String tag) {
        boolean isInterrupted = Thread.interrupted(); // which would close the socket
        logLock.lock();
        try {
            LogFrames.write(logSocket, tag == null ? 0 : number, level, target, message, tag);
            lines++;
        } catch (IOException applicationIsGone) {
            // So is whoever would read it.
        } finally {
            logLock.unlock();
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
