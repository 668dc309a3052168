package dev.turnstile.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How one of the two sides waits for the other, and wakes it.
 *
 * <p>The protocol. Each side has a word that counts how often it was woken, and one that says whether it sleeps. Who has written something raises the other
 * side's count, and then looks whether that sleeps. Who waits reads its count, looks for what it waits for, says that it sleeps, and sleeps only if the
 * count is still the same. So no wake-up is lost, and a notice of death is one more wake-up: it overwrites nothing.
 *
 * <p>A wake-up costs more than a short call. So who waits for the first of several may say that it can be woken a moment later, and who writes them may {@linkplain
 * #isOtherPatient leave it asleep} until there are more. Should the next one take long, the sleeper looks for itself after that moment, once, and then insists on being woken.
 *
 * <p>A side sleeps on the word itself, by a futex, if both can; otherwise it waits for a byte in a socket. A byte that comes late wakes it once for nothing.
 */
final class Sides implements AutoCloseable {
    /** Of a wait without a limit: for wake-ups that the system itself has lost. */
    private static final long SAFETY_NET_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a side may be left asleep although there is something for it. */
    private static final long MOMENT_NANOS = 100_000;

    // What the word of a side that sleeps says.
    private static final int AWAKE = 0;
    private static final int INSISTS = 1;
    private static final int IS_PATIENT = 2;

    private final ControlBlock control;
    private final int ownCount;
    private final int ownSleep;
    private final int otherCount;
    private final int otherSleep;
    private final @Nullable LinuxCalls linux;
    private final SocketChannel socket;

    private final AdaptiveSpin spin = new AdaptiveSpin();
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);
    private final ByteBuffer many = ByteBuffer.allocateDirect(64);

    /** Made by the thread that waits. */
    private LinuxCalls.@Nullable Futex futex;

    /** Made by the same thread, and woken by any. */
    private volatile @Nullable Selector selector;

    private boolean isClosed;

    private Sides(
            ControlBlock control,
            int ownCount,
            int ownSleep,
            int otherCount,
            int otherSleep,
            @Nullable LinuxCalls linux,
            SocketChannel socket) {
        this.control = control;
        this.ownCount = ownCount;
        this.ownSleep = ownSleep;
        this.otherCount = otherCount;
        this.otherSleep = otherSleep;
        this.linux = linux;
        this.socket = socket;
    }

    /** @param linux for futexes; {@code null} for bytes */
    static Sides parent(ControlBlock control, @Nullable LinuxCalls linux, SocketChannel socket) {
        return new Sides(
                control,
                ControlBlock.PARENT_WOKEN,
                ControlBlock.PARENT_SLEEPS,
                ControlBlock.CHILD_WOKEN,
                ControlBlock.CHILD_SLEEPS,
                linux,
                socket);
    }

    /** @param linux for futexes; {@code null} for bytes */
    static Sides child(ControlBlock control, @Nullable LinuxCalls linux, SocketChannel socket) {
        return new Sides(
                control,
                ControlBlock.CHILD_WOKEN,
                ControlBlock.CHILD_SLEEPS,
                ControlBlock.PARENT_WOKEN,
                ControlBlock.PARENT_SLEEPS,
                linux,
                socket);
    }

    /**
     * Wakes the other side. Only the thread that waits here may call it.
     *
     * @throws IOException if the other side has closed its socket
     */
    void wakeOther() throws IOException {
        control.increment(otherCount);
        if (control.get(otherSleep) == AWAKE) {
            return;
        }
        if (linux != null) {
            linux.wake(control.bytes(), otherCount);
        } else if (control.getAndSet(otherSleep, AWAKE) != AWAKE) {
            one.clear();
            while (one.hasRemaining() && socket.write(one) == 0) {
                Thread.onSpinWait(); // more than one byte is never on its way, so there is room
            }
        }
    }

    /** Says whether the other side need not be woken at once for what was just written. */
    boolean isOtherPatient() {
        return control.get(otherSleep) != INSISTS;
    }

    /** Wakes whoever waits here, from any thread: there will be nothing more to wait for. */
    void wakeOwnForTheLastTime() {
        control.increment(ownCount);
        if (linux != null) {
            linux.wake(control.bytes(), ownCount);
        } else {
            closeSocket();
            Selector waiting = selector;
            if (waiting != null) {
                waiting.wakeup(); // it does not notice that the socket is closed on this side
            }
        }
    }

    private void closeSocket() {
        try {
            socket.close(); // ends a read
        } catch (IOException alreadyGone) {
            // It is closed for whoever waits.
        }
    }

    /**
     * Waits until something is so, on the one thread that waits here.
     *
     * @param nanos how long; {@link Long#MAX_VALUE} for no limit
     * @return {@code false} if the limit passed first, or the other side closed its socket
     */
    boolean await(BooleanSupplier isSo, long nanos) throws IOException {
        return await(isSo, nanos, false);
    }

    /**
     * The same.
     *
     * @param isPatient whether there is more than one thing to wait for, so that this side can be woken when there are several
     */
    boolean await(BooleanSupplier isSo, long nanos, boolean isPatient) throws IOException {
        if (isSo.getAsBoolean()) {
            return true;
        }
        long since = System.nanoTime();
        if (spin.allows()) {
            if (spin(isSo, since)) {
                spin.paid();
                return true;
            }
            spin.didNotPay();
        }
        boolean mayBeLeft = isPatient && linux != null;
        while (true) {
            int count = control.get(ownCount);
            control.set(ownSleep, mayBeLeft ? IS_PATIENT : INSISTS); // first: who then sees it need not count
            if (isSo.getAsBoolean()) {
                control.set(ownSleep, AWAKE);
                return true;
            }
            long left = nanos == Long.MAX_VALUE ? SAFETY_NET_NANOS : nanos - (System.nanoTime() - since);
            if (left <= 0) {
                control.set(ownSleep, AWAKE);
                return false;
            }
            boolean isOpen = true;
            try {
                if (linux != null) {
                    sleep(linux, count, Math.min(left, mayBeLeft ? MOMENT_NANOS : SAFETY_NET_NANOS));
                    mayBeLeft = false;
                } else if (control.get(ownCount) == count) {
                    isOpen = readBytes(nanos == Long.MAX_VALUE ? 0 : left);
                }
            } finally {
                control.set(ownSleep, AWAKE);
            }
            if (!isOpen) {
                isClosed = true;
                return isSo.getAsBoolean();
            }
        }
    }

    /** Whether the other side has closed its socket. */
    boolean isClosed() {
        return isClosed;
    }

    private static boolean spin(BooleanSupplier isSo, long since) {
        do {
            for (int i = 0; i < 32; i++) {
                if (isSo.getAsBoolean()) {
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - since < AdaptiveSpin.NANOS);
        return isSo.getAsBoolean();
    }

    private void sleep(LinuxCalls calls, int count, long nanos) {
        LinuxCalls.Futex own = futex;
        if (own == null) {
            own = calls.new Futex(control.bytes());
            futex = own;
        }
        own.sleep(ownCount, count, nanos);
    }

    /** Returns {@code false} if the other side has closed the socket, or this one has. */
    private boolean readBytes(long nanos) throws IOException {
        try {
            if (nanos > 0 || selector != null) {
                Selector waiting = selector();
                var unused = waiting.select(nanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
                waiting.selectedKeys().clear();
            }
            many.clear();
            return socket.read(many) >= 0;
        } catch (ClosedChannelException closedHere) {
            return false;
        }
    }

    private Selector selector() throws IOException {
        Selector own = selector;
        if (own == null) {
            socket.configureBlocking(false);
            own = Selector.open();
            // First: whoever closes the socket from here on wakes it, and a closed one cannot be registered.
            selector = own;
            var unused = socket.register(own, SelectionKey.OP_READ);
        }
        return own;
    }

    /** On the thread that waits. */
    @Override
    public void close() throws IOException {
        LinuxCalls.Futex own = futex;
        futex = null;
        if (own != null) {
            own.close();
        }
        Selector waited = selector;
        selector = null;
        if (waited != null) {
            waited.close();
        }
        socket.close();
    }
}
