package dev.turnstile.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording of every call that goes through a gate, the quick ones too. */
final class CallRecording implements AutoCloseable {
    private static final String CALL = "dev.turnstile.Call";
    private static final int SHOWN = 5;

    private final Recording recording = new Recording();

    private CallRecording() {}

    static CallRecording start() {
        CallRecording calls = new CallRecording();
        calls.recording.enable(CALL).withoutThreshold();
        calls.recording.start();
        return calls;
    }

    /** Writes it into a file, and shows the calls that waited longest and how to see all of them. */
    void write(Path file, Report report) throws IOException {
        recording.stop();
        recording.dump(file);
        List<RecordedEvent> calls = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(CALL))
                .toList();
        report.line("%n%,d calls recorded in %s; those that waited longest:%n", calls.size(), file);
        report.line("  %-8s %-10s %12s %12s %8s %8s", "tag", "outcome", "waited, us", "ran, us", "request", "response");
        calls.stream()
                .sorted(Comparator.comparing((RecordedEvent call) -> call.getDuration("waitTime"))
                        .reversed())
                .limit(SHOWN)
                .forEach(call -> report.line(
                        "  %-8s %-10s %,12d %,12d %8d %8d",
                        call.getString("tag"),
                        call.getString("outcome"),
                        micros(call.getDuration("waitTime")),
                        micros(call.getDuration("runTime")),
                        call.getLong("requestSize"),
                        call.getLong("responseSize")));
        report.line("%nAll of them, with waits and runs:");
        report.line("  %s view --width 150 %s %s", jfr(), CALL, file);
        report.line("  %s print --events 'dev.turnstile.*' %s", jfr(), file);
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    /** The one of this JDK: before 21 there is no {@code view}. */
    private static Path jfr() {
        return Path.of(System.getProperty("java.home"), "bin", "jfr");
    }

    @Override
    public void close() {
        recording.close();
    }
}
