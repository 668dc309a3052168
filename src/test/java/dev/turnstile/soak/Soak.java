package dev.turnstile.soak;

/** The program behind {@code scripts/soak}. */
final class Soak {
    private Soak() {}

    public static void main(String[] arguments) throws InterruptedException {
        SoakOptions options;
        try {
            options = SoakOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println("scripts/soak: " + wrong.getMessage());
            System.exit(2);
            return;
        }
        System.exit(new SoakRun(options, System.out).run() ? 0 : 1);
    }
}
