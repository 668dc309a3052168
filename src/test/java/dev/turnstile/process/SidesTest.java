package dev.turnstile.process;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits learns of the other side's death, also while a process that it has left behind holds its end of the socket. */
class SidesTest {
    /** Somebody who can be woken a moment later is not forgotten: he looks for himself, and then wants to be woken at once. */
    @Test
    void whoIsPatient_looksAfterAMoment_andInsistsThen(@TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        ControlBlock control = ControlBlock.create(directory.resolve("control"));
        LinuxCalls linux = LinuxCalls.orNull();
        assumeTrue(linux != null, "no futexes here");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            var unused = server.bind(address);
            try (SocketChannel otherEnd = SocketChannel.open(address);
                    SocketChannel end = server.accept()) {
                Sides child = Sides.child(control, linux, otherEnd);
                AtomicBoolean isThere = new AtomicBoolean();
                AtomicBoolean isThereSoon = new AtomicBoolean();
                FutureTask<Boolean> waiting = new FutureTask<>(() -> {
                    try (Sides parent = Sides.parent(control, linux, end)) {
                        return parent.await(isThereSoon::get, Long.MAX_VALUE, true)
                                && parent.await(isThere::get, Long.MAX_VALUE, true);
                    }
                });
                Thread.ofPlatform().daemon().start(waiting);
                isThereSoon.set(true); // nobody wakes it for that
                Eventually.isTrue("it insists", () -> isThereSoon.get() && !child.isOtherPatient());
                isThere.set(true);
                child.wakeOther();
                assertTrue(waiting.get(Audit.PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 3_600_000_000_000L})
    void lastWakeUp_endsTheWait_whileTheOtherEndIsOpen(long limit, @TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        ControlBlock control = ControlBlock.create(directory.resolve("control"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            var unused = server.bind(address);
            try (SocketChannel otherEnd = SocketChannel.open(address);
                    Sides parent = Sides.parent(control, null, server.accept())) {
                AtomicBoolean isDead = new AtomicBoolean();
                FutureTask<Boolean> waiting = new FutureTask<>(() -> parent.await(isDead::get, limit));
                Thread.ofVirtual().start(waiting);
                Eventually.isTrue("it sleeps", () -> control.get(ControlBlock.PARENT_SLEEPS) == 1);
                isDead.set(true);
                parent.wakeOwnForTheLastTime();

                assertTrue(waiting.get(Audit.PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
                assertTrue(otherEnd.isOpen());
            }
        }
    }
}
