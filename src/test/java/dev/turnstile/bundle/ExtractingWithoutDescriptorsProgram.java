package dev.turnstile.bundle;

import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens as many files as it may, then extracts a library, and prints what it is told. */
public final class ExtractingWithoutDescriptorsProgram {
    private ExtractingWithoutDescriptorsProgram() {}

    @SuppressWarnings("MustBeClosedChecker") // all are closed at the end
    public static void main(String[] arguments) throws IOException {
        Path place = Path.of(arguments[0]);
        extract(place).close();
        try {
            extract(place.resolve("missing")).close();
        } catch (BundleException told) {
            System.out.println(told.getMessage()); // so that what says why is loaded: that takes descriptors, too
        }
        List<FileChannel> open = new ArrayList<>();
        try {
            while (true) {
                open.add(FileChannel.open(Path.of("/dev/null")));
            }
        } catch (IOException noMore) {
            System.out.println("In words: " + FileTrouble.of(noMore));
            try {
                extract(place).close();
            } catch (BundleException told) {
                System.out.println(told.getMessage());
            }
        } finally {
            for (FileChannel channel : open) {
                channel.close();
            }
        }
    }

    private static ExtractedLibrary extract(Path place) {
        return ExtractedLibrary.of(Source.bundle("test.rbp"), "libx.so", new byte[] {1, 2, 3}, place);
    }
}
