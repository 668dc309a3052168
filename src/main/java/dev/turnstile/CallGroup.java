package dev.turnstile;

import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of one user of shared gates. They can be cancelled together, and the group can be closed, while the gates stay open. A framework that runs the code
 * of several users has a group for each and cancels the calls that a user has left behind.
 *
 * {@snippet :
 * try (CallGroup job = new CallGroup("job 7")) {
 *     runTheJob(plugin.inGroup(job)); // it can make calls, but neither close the plugin nor cancel the calls of others
 * } // calls that it has left in the line never reach the plugin
 * }
 *
 * <p>A group belongs to no gate, so its calls may go to several. Any thread may use it. No method waits.
 */
public final class CallGroup implements AutoCloseable {
    private final String name;
    private final Set<Member> members = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** A call, or a block of calls, that has not ended. */
    interface Member {
        /** Gives it up, and tells its owner. Does nothing if it has ended. */
        void cancel();
    }

    /**
     * Makes a group without calls.
     *
     * @param name names the group in messages
     */
    public CallGroup(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** Refuses a call that comes after the closing. */
    void requireOpen() {
        if (closed) {
            throw new TurnstileClosedException("The group " + name + " is closed", false, null);
        }
    }

    /** Adds a call that has just come to its gate; cancels it if the group has been closed meanwhile. */
    void add(Member member) {
        members.add(member);
        if (closed) {
            member.cancel();
        }
    }

    void remove(Member member) {
        members.remove(member);
    }

    /**
     * Cancels the calls that have not ended. Those that are pending or wait for a place never reach their resource; those that run go on without their callers.
     * Their callers get a {@link CallCancelledException}, as does the owner of a block with forks in this group when it joins. Later calls are not affected. The
     * forks of a block leave the line when its owner sees that, or when their turn comes; no stage of a future runs on this thread.
     *
     * @return how many there were; a block counts as one
     */
    public int cancelAll() {
        StackReserve.require();
        int count = 0;
        for (Iterator<Member> all = members.iterator(); all.hasNext(); all.remove()) {
            try {
                all.next().cancel();
            } catch (Throwable thrown) { // for want of memory: the others are cancelled all the same
                GateLog.error("{}: a call could not be cancelled", name, thrown);
            }
            count++;
        }
        return count;
    }

    /** Refuses further calls with a {@link TurnstileClosedException} and {@linkplain #cancelAll cancels} those that have not ended. */
    @Override
    public void close() {
        closed = true;
        cancelAll();
    }

    /**
     * Returns how many calls have not ended.
     *
     * @return 0 or more; a block counts as one
     */
    public int size() {
        return members.size();
    }

    /** Returns the name, how many calls have not ended, and whether the group is closed. */
    @Override
    public String toString() {
        return "CallGroup[" + name + ", " + members.size() + " calls" + (closed ? ", closed" : "") + "]";
    }
}
