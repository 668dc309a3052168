package dev.turnstile.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What a flight recording has of one gate; other tests of the JVM have theirs in it. */
public final class FlightEvents {
    private FlightEvents() {}

    /**
     * Stops the recording and returns its events.
     *
     * @param directory where a file may be written
     * @param name such as {@code Call}
     * @param gate the name of the gate's worker
     */
    public static List<RecordedEvent> of(Recording recording, Path directory, String name, String gate)
            throws IOException {
        Path file = directory.resolve("recording.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.turnstile." + name))
                .filter(event -> event.getString("gate").equals(gate))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime)) // the file has them by thread
                .toList();
    }
}
