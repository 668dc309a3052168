package dev.turnstile.faults;

/**
 * A place in the gate's code from where other code is called, or memory is asked for.
 *
 * @param where class, method and line
 * @param callee what is called, or made
 * @param role whose code that is
 */
public record Point(String where, String callee, Role role) {
    /** Whose code is called. */
    public enum Role {
        /** The JDK's, which may run out of memory if nothing else. */
        JDK,
        /** A user's, whose work the gate does: an action, a source of resources, a source of time. */
        USER,
        /** Of those who only look on: the log, listeners, flight recordings, what an action tells of itself, what an exception says. */
        ONLOOKER,
        /** Nothing there can throw; only to be noticed. */
        HARMLESS
    }

    boolean mayThrow() {
        return role != Role.HARMLESS;
    }

    /** Says what is initialised there: all that is thrown in the initialiser of a class comes to the same; elsewhere, the point alone. */
    String initialises() {
        return where.contains("<clinit>") || where.contains("$values") ? where.replaceAll("[.][^.]*$", "") : toString();
    }

    @Override
    public String toString() {
        return where + " -> " + callee;
    }
}
