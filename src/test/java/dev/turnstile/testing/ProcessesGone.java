package dev.turnstile.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/** A JUnit extension: a test after which a child process or a thread of the library is left fails. Registered before the {@link Audit}, which closes what is open. */
public final class ProcessesGone implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) {
        List<ProcessHandle> left = running();
        if (!left.isEmpty()) {
            throw new AssertionFailedError("Processes are left", List.of(), left);
        }
        Leftovers.awaitNoThreads();
    }

    /** The child processes that run now. */
    public static List<ProcessHandle> running() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }
}
