package dev.turnstile.elf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the loader of the GNU C library finds libraries by name: its cache, which {@code ldconfig} writes. Immutable. */
public final class LoaderCache {
    /** Where the cache is. */
    public static final Path FILE = Path.of("/etc/ld.so.cache");

    private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OLD_MAGIC = "ld.so-1.7.0".getBytes(StandardCharsets.US_ASCII);
    private static final int OLD_HEADER = 16;
    private static final int OLD_ENTRY = 12;
    private static final int HEADER = 48;
    private static final int ENTRY = 24;
    private static final int LARGEST = 1 << 24;

    private static final LoaderCache NONE = new LoaderCache(Map.of());

    private final Map<String, List<String>> files;

    private LoaderCache(Map<String, List<String>> files) {
        this.files = files;
    }

    /**
     * Reads the cache of this machine.
     *
     * @param file {@link #FILE}
     * @return what it has; nothing if there is no such file, as with other C libraries
     * @throws IOException if it cannot be read
     */
    public static LoaderCache read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(LARGEST));
        }
    }

    /** Reads the content of a cache. What is not as the loader has it is left out. */
    static LoaderCache of(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
        int start = 0;
        if (begins(bytes, 0, OLD_MAGIC) && bytes.capacity() >= OLD_HEADER) { // the new format follows the old one
            long end = OLD_HEADER + OLD_ENTRY * (bytes.getInt(OLD_HEADER - 4) & 0xffff_ffffL);
            start = (int) Math.min((end + 7) & ~7L, bytes.capacity());
        }
        if (!begins(bytes, start, MAGIC) || bytes.capacity() - start < HEADER) {
            return NONE;
        }
        long declared = bytes.getInt(start + MAGIC.length) & 0xffff_ffffL;
        int count = (int) Math.min(declared, (bytes.capacity() - start - HEADER) / ENTRY);
        Map<String, List<String>> files = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int at = start + HEADER + i * ENTRY;
            String name = text(bytes, start + (bytes.getInt(at + 4) & 0xffff_ffffL));
            String path = text(bytes, start + (bytes.getInt(at + 8) & 0xffff_ffffL));
            files.computeIfAbsent(name, unused -> new ArrayList<>()).add(path);
        }
        return new LoaderCache(files);
    }

    private static boolean begins(ByteBuffer bytes, int at, byte[] magic) {
        return bytes.capacity() - at >= magic.length
                && bytes.slice(at, magic.length).equals(ByteBuffer.wrap(magic));
    }

    private static String text(ByteBuffer bytes, long at) {
        int end = (int) Math.min(at, bytes.capacity());
        int start = end;
        int longest = Math.min(bytes.capacity(), start + 4096);
        while (end < longest && bytes.get(end) != 0) {
            end++;
        }
        return StandardCharsets.UTF_8.decode(bytes.slice(start, end - start)).toString();
    }

    /**
     * Returns the files of a name.
     *
     * @param library the name that another library has for it
     * @return its files, in the order of the cache; they may be for other machines
     */
    public List<String> files(String library) {
        return List.copyOf(files.getOrDefault(library, List.of()));
    }
}
