package dev.turnstile.faults;

/** What is thrown. */
public enum Fault {
    EXCEPTION {
        @Override
        Throwable make() {
            return new Unexpected();
        }
    },
    NO_MEMORY {
        @Override
        Throwable make() {
            return new OutOfMemoryError("injected");
        }
    },
    UNPRINTABLE {
        @Override
        Throwable make() {
            return new Unprintable();
        }
    };

    abstract Throwable make();

    /** Nobody declares it. */
    static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unexpected() {
            super("injected");
        }
    }

    /** Throws when it is asked what it says. */
    static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new Asked();
        }

        @Override
        public String toString() {
            throw new Asked();
        }
    }

    /** Somebody asked. */
    static final class Asked extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Asked() {
            super("by getMessage() or toString() of the exception that was injected");
        }
    }

    /** Says whether it comes of asking the exception that was injected what it says. */
    public static boolean isAsked(Throwable thrown) {
        return thrown instanceof Asked;
    }

    /** Says of what was thrown what can be said without harm. */
    public static String print(Throwable thrown) {
        if (thrown == null) {
            return "nothing";
        }
        String name = thrown.getClass().getName().replace("dev.turnstile.faults.Fault$", "");
        try {
            Throwable because = thrown.getCause();
            String cause = because == null ? "" : " (cause: " + print(because) + ")";
            return name + ": " + thrown.getMessage() + cause;
        } catch (RuntimeException unprintable) {
            return name;
        }
    }
}
