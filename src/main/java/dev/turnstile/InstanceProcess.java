package dev.turnstile;

import dev.turnstile.internal.ProcessMemory;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The process of an instance whose resource runs in one of its own, as the system saw it at one instant. */
public final class InstanceProcess {
    private final Values values;

    InstanceProcess(Values values) {
        this.values = values;
    }

    record Values(long pid, OptionalLong residentBytes) {}

    /** Asks the system. The process itself is not asked, so nobody waits if it hangs. */
    static InstanceProcess look(long pid) {
        return new InstanceProcess(new Values(pid, ProcessMemory.residentBytes(pid)));
    }

    /** {@return the number of the process; that of the tool, if a tool was put in front of the process} */
    public long pid() {
        return values.pid();
    }

    /**
     * {@return how much of the machine's memory the process takes, with what it shares with others; empty if it has ended, or if this system does not tell: only Linux does}
     */
    public OptionalLong residentBytes() {
        return values.residentBytes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InstanceProcess that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns all values. */
    @Override
    public String toString() {
        return "InstanceProcess" + values.toString().substring("Values".length());
    }
}
