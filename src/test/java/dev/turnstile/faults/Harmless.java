package dev.turnstile.faults;

import java.util.List;
import java.util.Set;

/** What other code never throws in practice, so that nobody need be prepared for it. */
final class Harmless {
    private static final Set<String> ALL = Set.of();

    private static final Set<String> OF_A_LIST = Set.of(
            "get", "getFirst", "getLast", "size", "isEmpty", "contains", "indexOf", "remove", "clear", "forEach");

    /**
     * Methods of a class, or of all classes of a package.
     *
     * @param owner a class, or a package with a slash at the end
     * @param names empty for all methods
     */
    private record Group(String owner, String why, Set<String> names) {
        boolean has(String itsOwner, String name) {
            boolean isOwner = owner.endsWith("/") ? itsOwner.startsWith(owner) : itsOwner.equals(owner);
            return isOwner && (names.isEmpty() || names.contains(name));
        }
    }

    private static final List<Group> GROUPS = List.of(
            new Group(
                    "java/util/concurrent/locks/", "the JDK's locks and parking need no memory, or go on without", ALL),
            new Group("java/util/concurrent/atomic/", "one instruction", ALL),
            new Group("java/lang/invoke/VarHandle", "one instruction", ALL),
            new Group("java/util/concurrent/Semaphore", "one instruction; nobody waits in one", ALL),
            new Group(
                    "java/util/concurrent/CountDownLatch",
                    "made of the JDK's locks; an interrupt is not meant here",
                    ALL),
            new Group(
                    "java/lang/Thread",
                    "asks or marks a thread that is there",
                    Set.of(
                            "currentThread",
                            "interrupted",
                            "isInterrupted",
                            "interrupt",
                            "onSpinWait",
                            "yield",
                            "getName",
                            "isVirtual",
                            "isDaemon",
                            "setDaemon",
                            "isAlive",
                            "getState",
                            "threadId")),
            new Group("jdk/jfr/Event", "a field, or the clock", Set.of("isEnabled", "begin", "end")),
            new Group(
                    "java/lang/System", "the clock, and a number", Set.of("nanoTime", "identityHashCode", "arraycopy")),
            new Group("java/lang/Runtime", "a number", Set.of("getRuntime", "availableProcessors")),
            new Group("java/lang/Object", "compares or names our own objects", Set.of("equals", "getClass")),
            new Group(
                    "java/lang/Enum", "fields", Set.of("ordinal", "name", "equals", "compareTo", "getDeclaringClass")),
            new Group("java/lang/Math", "arithmetic", ALL),
            new Group(
                    "java/lang/Integer",
                    "arithmetic",
                    Set.of("numberOfTrailingZeros", "numberOfLeadingZeros", "bitCount", "compare", "intValue", "sum")),
            new Group(
                    "java/lang/Long",
                    "arithmetic",
                    Set.of("numberOfTrailingZeros", "numberOfLeadingZeros", "bitCount", "compare", "longValue", "sum")),
            new Group("java/lang/Boolean", "two objects that are there", Set.of("valueOf", "booleanValue")),
            new Group("java/util/Objects", "a null would be a mistake of ours", Set.of("requireNonNull")),
            new Group(
                    "java/time/Duration",
                    "arithmetic without a new object",
                    Set.of("compareTo", "isNegative", "isZero", "toNanos", "equals")),
            new Group("java/util/Optional", "looks", Set.of("isPresent", "isEmpty")),
            new Group("java/util/Arrays", "writes into what is there", Set.of("fill")),
            new Group("java/util/Iterator", "moves in what is there", Set.of("hasNext", "next")),
            new Group("java/util/Map", "an array or table is looked into", Set.of("get", "size", "isEmpty")),
            new Group("java/util/EnumMap", "an array is looked into", Set.of("get", "size", "isEmpty")),
            new Group("java/util/List", "looks, or takes out", OF_A_LIST),
            new Group("java/util/ArrayList", "looks, or takes out", OF_A_LIST),
            new Group(
                    "java/util/ArrayDeque",
                    "looks, or takes out",
                    Set.of(
                            "peekFirst",
                            "peekLast",
                            "peek",
                            "pollFirst",
                            "pollLast",
                            "poll",
                            "removeFirst",
                            "size",
                            "isEmpty",
                            "clear")),
            new Group("java/util/Set", "looks", Set.of("isEmpty", "size", "forEach")),
            new Group(
                    "java/util/concurrent/LinkedBlockingQueue",
                    "looks, or takes out",
                    Set.of("poll", "remove", "peek", "isEmpty", "size", "remainingCapacity", "clear")),
            new Group(
                    "java/util/concurrent/CompletableFuture",
                    "looks; or completes before anything else, and what dependent stages throw is theirs",
                    Set.of("isDone", "isCancelled", "isCompletedExceptionally", "complete")),
            new Group("java/util/concurrent/ScheduledFuture", "marks, and takes out", Set.of("cancel", "isDone")),
            new Group("java/lang/ThreadLocal", "takes out", Set.of("remove")));

    private Harmless() {}

    static boolean has(String owner, String name) {
        return GROUPS.stream().anyMatch(group -> group.has(owner, name));
    }
}
