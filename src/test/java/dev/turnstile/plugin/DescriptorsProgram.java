package dev.turnstile.plugin;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads a plugin with no descriptor left, with one, with two, and so on. */
final class DescriptorsProgram {
    private static final int MOST = 20;

    private DescriptorsProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path library = Path.of(arguments[0]);
        System.out.println("first: " + LoadOutcome.of(library)); // what it takes once is taken, also for the class
        List<FileInputStream> held = new ArrayList<>();
        try {
            while (true) {
                held.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException full) {
            if (held.size() < MOST) {
                throw full;
            }
        }
        List<String> outcomes = new ArrayList<>();
        for (int free = 0; free < MOST; free++) {
            outcomes.add(free + " free: " + LoadOutcome.of(library));
            held.removeLast().close();
        }
        for (FileInputStream one : held) {
            one.close();
        }
        outcomes.forEach(System.out::println);
    }
}
