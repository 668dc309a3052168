package dev.turnstile.bundle;

import dev.turnstile.testing.Directories;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The directory in which the interchange tests make keys and bundles, each once a run. */
final class Workshop implements AutoCloseable {
    static final String NAME = "turnstile-demo";
    static final String VERSION = "1.2.3";
    static final String PASSWORD = "correct horse";
    static final byte[] SCHEMA = "{\"type\":\"object\"}\n".getBytes(StandardCharsets.UTF_8);
    static final Platform HOST = Platform.host();
    /** A platform that these tests do not run on. */
    static final Platform OTHER =
            HOST.equals(Platform.DARWIN_AARCH64) ? Platform.LINUX_X86_64 : Platform.DARWIN_AARCH64;

    /** Files that hold a key, named as rustbridge wants it: the public half beside the secret one. */
    record KeyFiles(Path secret, Path open) {
        static KeyFiles in(Path directory, String name) {
            return new KeyFiles(directory.resolve(name + ".key"), directory.resolve(name + ".pub"));
        }

        MinisignPublicKey publicKey() {
            return MinisignPublicKey.read(open);
        }
    }

    /** Gives a test the workshop of its run. */
    static final class Provided implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Workshop.class;
        }

        @Override
        public Workshop resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .getOrComputeIfAbsent(Workshop.class, unused -> new Workshop(), Workshop.class);
        }
    }

    private final Path directory;
    private final Map<KeyOwner, KeyFiles> keys = new EnumMap<>(KeyOwner.class);
    private final Map<Specimen, Path> bundles = new EnumMap<>(Specimen.class);

    private Workshop() {
        try {
            directory = Files.createTempDirectory("turnstile-interchange");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    Path directory() {
        return directory;
    }

    /** A new directory in which a tool may do what it likes. */
    Path place() throws IOException {
        return Files.createTempDirectory(directory, "place");
    }

    /** Who has made a key. */
    enum KeyOwner {
        OURS {
            @Override
            void make(Path directory, KeyFiles files) {
                MinisignKey key = MinisignKey.generate();
                key.write(files.secret, PASSWORD.toCharArray());
                key.publicKey().write(files.open);
            }
        },
        OURS_UNENCRYPTED {
            @Override
            void make(Path directory, KeyFiles files) {
                MinisignKey key = MinisignKey.generate();
                key.writeUnencrypted(files.secret);
                key.publicKey().write(files.open);
            }
        },
        RUSTBRIDGE {
            @Override
            void make(Path directory, KeyFiles files) throws IOException, InterruptedException {
                String typed = PASSWORD + "\n" + PASSWORD + "\n";
                ExternalTool.rustbridge()
                        .runOnTerminal(directory, typed, "keygen", "-o", files.secret)
                        .succeeded();
            }
        },
        MINISIGN {
            @Override
            void make(Path directory, KeyFiles files) throws IOException, InterruptedException {
                String typed = PASSWORD + "\n" + PASSWORD + "\n";
                ExternalTool.minisign()
                        .runWithInput(directory, typed, "-G", "-s", files.secret, "-p", files.open)
                        .succeeded();
            }
        },
        MINISIGN_UNENCRYPTED {
            @Override
            void make(Path directory, KeyFiles files) throws IOException, InterruptedException {
                ExternalTool.minisign()
                        .run(directory, "-G", "-W", "-s", files.secret, "-p", files.open)
                        .succeeded();
            }
        };

        abstract void make(Path directory, KeyFiles files) throws IOException, InterruptedException;
    }

    KeyFiles key(KeyOwner key) throws IOException, InterruptedException {
        KeyFiles files = keys.get(key);
        if (files == null) {
            files = KeyFiles.in(directory, key.name().toLowerCase(Locale.ROOT));
            key.make(directory, files);
            keys.put(key, files);
        }
        return files;
    }

    Path bundle(Specimen specimen) throws IOException, InterruptedException {
        Path bundle = bundles.get(specimen);
        if (bundle == null) {
            bundle = specimen.make(this);
            bundles.put(specimen, bundle);
        }
        return bundle;
    }

    /** A copy of a bundle with other content. */
    Path altered(Specimen specimen, BiFunction<String, byte[], byte[]> alteration)
            throws IOException, InterruptedException {
        Bundle bundle = Bundle.open(bundle(specimen), BundleTrust.checksumsOnly());
        Path file = place().resolve("altered.rbp");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String entry : bundle.entries()) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(alteration.apply(entry, bundle.unverified(entry)));
                zip.closeEntry();
            }
        }
        return file;
    }

    /** The library in every bundle: the demo plugin. */
    Path library() {
        return TestPlugins.demo();
    }

    /** A file with this content for a tool to put into a bundle. */
    Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    @Override
    public void close() throws IOException {
        Directories.delete(directory);
    }
}
