package dev.turnstile.bundle;

import dev.turnstile.testing.TestPlugins;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Measures, in one run and in turns, how long it takes to open a signed bundle with a library of 5 MB, verified, and to
 * extract the library: here, with the removal of what was extracted; in rustbridge's Python loader, without. Both processes
 * read the same file and extract to the same place. {@code scripts/interchange --opening} runs it.
 */
final class OpeningProgram {
    private static final int SIZE = 5_000_000;
    private static final int COLD_ROUNDS = 9;
    private static final int WARM_UP_ROUNDS = 40;
    private static final int WARM_ROUNDS = 40;
    private static final int BATCH = 10;

    private OpeningProgram() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2) {
            open(Path.of(arguments[0]), BundleTrust.signedBy(arguments[1]));
        } else {
            compare();
        }
    }

    /** What a measured process does: like {@code src/test/python/open_bundle.py}, with 0 for the import. */
    private static void open(Path bundle, BundleTrust trust) throws IOException {
        System.out.println("0 " + opening(bundle, trust));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String times = in.readLine(); times != null; times = in.readLine()) {
            System.out.println(DoubleStream.generate(() -> opening(bundle, trust))
                    .limit(Integer.parseInt(times))
                    .mapToObj(Double::toString)
                    .collect(Collectors.joining(" ")));
        }
    }

    private static double opening(Path bundle, BundleTrust trust) {
        long begin = System.nanoTime();
        Bundle.open(bundle, trust).library().extract().close();
        return (System.nanoTime() - begin) / 1e6;
    }

    private static void compare() throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path directory = Files.createTempDirectory("turnstile-opening");
        try {
            MinisignKey key = MinisignKey.generate();
            Path bundle = directory.resolve("opening.rbp");
            byte[] library = machineCode();
            new BundleWriter("opening", "1.0.0")
                    .library(Platform.host(), BundleManifest.RELEASE, "libopening.so", library)
                    .signWith(key, "timestamp:1700000000")
                    .write(bundle);
            out.printf(Locale.ROOT, "library %,d bytes, bundle %,d bytes%n", library.length, Files.size(bundle));

            String publicKey = key.publicKey().base64();
            List<String> ours = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-Djava.io.tmpdir=" + directory,
                    "-cp",
                    System.getProperty("java.class.path"),
                    OpeningProgram.class.getName(),
                    bundle.toString(),
                    publicKey);
            List<String> python = List.of(
                    ExternalTool.python().file().toString(),
                    Path.of(System.getProperty("turnstile.basedir", "."), "src/test/python/open_bundle.py")
                            .toString(),
                    bundle.toString(),
                    publicKey);
            compareCold(out, directory, ours, python);
            compareWarm(out, directory, ours, python);
        } finally {
            try (Stream<Path> left = Files.list(directory)) {
                for (Path file : left.toList()) {
                    Files.delete(file); // only the bundle is expected: a directory with a file in it would fail here
                }
            }
            Files.delete(directory);
        }
    }

    /** The Rust plugin, and as much of the JVM's own code as is missing: it compresses like a library, and is never loaded. */
    private static byte[] machineCode() throws IOException {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        Path rust = TestPlugins.library("sync_demo");
        if (Files.exists(rust)) {
            code.write(Files.readAllBytes(rust));
        }
        Path jvm = Path.of(System.getProperty("java.home"), "lib", "server", System.mapLibraryName("jvm"));
        try (InputStream in = Files.newInputStream(jvm)) {
            in.skipNBytes(Files.size(jvm) / 2);
            code.write(in.readNBytes(SIZE - code.size()));
        }
        return code.toByteArray();
    }

    /** A process that opens the bundle once when it starts, and then as often as it is told. */
    private static final class Opener implements AutoCloseable {
        private final Process process;
        private final Writer commands;
        private final BufferedReader answers;
        private final double[] first;
        private final double sinceStart;

        Opener(Path directory, List<String> command) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("TMPDIR", directory.toString());
            long begin = System.nanoTime();
            process = builder.start();
            commands = process.outputWriter(StandardCharsets.UTF_8);
            answers = process.inputReader(StandardCharsets.UTF_8);
            first = answer();
            sinceStart = (System.nanoTime() - begin) / 1e6;
        }

        private double[] answer() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("It ended: " + process.info());
            }
            return Arrays.stream(line.split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        double[] openings() throws IOException {
            commands.write(BATCH + "\n");
            commands.flush();
            return answer();
        }

        @Override
        public void close() throws IOException {
            commands.close();
            process.onExit().join();
        }
    }

    private static void compareCold(PrintStream out, Path directory, List<String> ours, List<String> python)
            throws Exception {
        List<List<Double>> figures = Stream.generate(() -> (List<Double>) new ArrayList<Double>())
                .limit(5)
                .toList();
        for (int round = 0; round < COLD_ROUNDS; round++) {
            try (Opener opener = new Opener(directory, ours)) {
                figures.get(0).add(opener.first[1]);
                figures.get(1).add(opener.sinceStart);
            }
            try (Opener opener = new Opener(directory, python)) {
                figures.get(2).add(opener.first[1]);
                figures.get(3).add(opener.first[0] + opener.first[1]);
                figures.get(4).add(opener.sinceStart);
            }
        }
        out.println("first opening of a new process, " + COLD_ROUNDS + " rounds:");
        print(out, "turnstile", figures.get(0));
        print(out, "turnstile, from the start of the process", figures.get(1));
        print(out, "Python", figures.get(2));
        print(out, "Python, with the import", figures.get(3));
        print(out, "Python, from the start of the process", figures.get(4));
    }

    private static void compareWarm(PrintStream out, Path directory, List<String> ours, List<String> python)
            throws Exception {
        List<Double> oursWarm = new ArrayList<>();
        List<Double> pythonWarm = new ArrayList<>();
        try (Opener our = new Opener(directory, ours);
                Opener theirs = new Opener(directory, python)) {
            for (int round = -WARM_UP_ROUNDS; round < WARM_ROUNDS; round++) {
                double[] one = our.openings();
                double[] other = theirs.openings();
                if (round >= 0) {
                    Arrays.stream(one).forEach(oursWarm::add);
                    Arrays.stream(other).forEach(pythonWarm::add);
                }
            }
        }
        out.println("warm, after " + WARM_UP_ROUNDS * BATCH + " openings, " + WARM_ROUNDS + " rounds of " + BATCH
                + " openings each in turns:");
        print(out, "turnstile", oursWarm);
        print(out, "Python", pythonWarm);
        out.printf(Locale.ROOT, "  Python / turnstile: %.2f%n", quantile(pythonWarm, 0.5) / quantile(oursWarm, 0.5));
    }

    private static void print(PrintStream out, String what, List<Double> milliseconds) {
        out.printf(
                Locale.ROOT,
                "  %-42s median %7.2f ms (10%% %.2f, 90%% %.2f)%n",
                what,
                quantile(milliseconds, 0.5),
                quantile(milliseconds, 0.1),
                quantile(milliseconds, 0.9));
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
