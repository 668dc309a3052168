package dev.turnstile.soak;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes down where all threads are, the virtual ones too. */
final class ThreadDump {
    private ThreadDump() {}

    /** Returns the file, or why there is none. */
    static String write() {
        try {
            Path file = Files.createTempDirectory("turnstile-soak-threads").resolve("threads.txt");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            return file.toString();
        } catch (IOException unwritable) {
            return unwritable.toString();
        }
    }
}
