package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileStats;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault under load: faulty calls stand in one full line with healthy ones, by all entry points. Each caller gets exactly
 * what is its own, and afterwards nothing is missing or left: places, buffers, threads, files.
 */
@Tag("slow")
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class FaultMatrixTest {
    @Parameter
    Host host;

    private static final int CAPACITY = 16;
    private static final int HEALTHY = 160;
    private static final int FAULTY = 51; // each code three times
    private static final int GATE = 0;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2) // closes what a test has left open, before the place is looked at
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private SynchronizedPlugin plugin;
    private NativeProbe probe;
    private Crowd crowd;

    @BeforeEach
    void load() throws InterruptedException {
        Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        Path probed = directory.resolve(bundle.library().fileName());
        plugin = audit.watch(SynchronizedPlugin.load(
                bundle,
                PluginConfig.defaults(),
                PluginOptions.defaults().withCapacity(CAPACITY).withIsolation(host.probed(probed))));
        probe = host.probe(
                host == Host.THIS_PROCESS
                        ? place.extracted().getFirst().resolve(bundle.library().fileName())
                        : probed);
        crowd = new Crowd(plugin);
    }

    @ParameterizedTest
    @EnumSource
    void fault_amongHealthyCalls_isItsCallersAloneAndLeavesNothing(PluginFault fault) {
        boolean enters = fault.end() != PluginFault.End.NEVER_ENTERED;
        int entering = HEALTHY + (enters ? FAULTY : 0);
        audit.watch(plugin.request("block", "{\"gate\":" + GATE + "}").trySubmit());
        probe.awaitEntered(GATE, 1);
        List<String> expected = new ArrayList<>();
        int faultyOnes = 0;
        for (int number = 0; number < HEALTHY + FAULTY; number++) {
            if ((number + 1) * FAULTY / (HEALTHY + FAULTY) > faultyOnes) {
                int faulty = faultyOnes++;
                crowd.send((all, unused) -> fault.provoke(all, faulty));
                expected.add(fault.expectedOutcome(faulty));
            } else {
                crowd.send(Crowd::healthy);
                expected.add(Crowd.healthyOutcome(number));
            }
        }
        Eventually.isTrue("all are in the line or outside", () -> plugin.waitingCount() == entering - CAPACITY);
        assertEquals(CAPACITY, plugin.pendingCount());
        probe.openGate(GATE);

        List<String> outcomes = crowd.outcomes();
        assertAll(java.util.stream.IntStream.range(0, expected.size())
                .mapToObj(
                        number -> () -> assertEquals(expected.get(number), outcomes.get(number), "caller " + number)));
        assertEquals(FAULTY, faultyOnes);
        assertNothingIsMissingOrLeft(fault.end(), 1 + entering);
    }

    private void assertNothingIsMissingOrLeft(PluginFault.End end, int calls) {
        assertEquals(0, plugin.pendingCount(), "all places are free");
        host.assertAllGivenBack(probe);
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        TurnstileStats stats = plugin.stats();
        Audit.assertSettled(stats);
        int failed = end == PluginFault.End.FAILED ? FAULTY : 0;
        assertAll(
                () -> assertEquals(calls, stats.accepted()),
                () -> assertEquals(calls - failed, stats.completed()),
                () -> assertEquals(failed, stats.failed()),
                () -> assertEquals(crowd.foundNoPlace(), stats.notAdmitted()),
                () -> assertEquals(calls, probe.count("calls")),
                () -> assertEquals(0, probe.count("outstanding_buffers")),
                () -> assertEquals(0, probe.count("double_frees")),
                () -> assertEquals(0, probe.count("overlaps")),
                () -> assertEquals(1, probe.count("threads")),
                () -> assertEquals(1, probe.count("shutdowns")),
                () -> assertEquals(0, probe.count("live_instances")),
                () -> assertEquals(List.of(), place.extracted()),
                () -> assertEquals(List.of(), Leftovers.openFiles(place.path())));
        Leftovers.awaitNoThreads();
    }
}
