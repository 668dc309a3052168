package dev.turnstile.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of the cache of the system's loader, and that no bytes upset the reader. */
class LoaderCacheTest {
    /** A cache with two files of one name; behind the older format, as {@code ldconfig} wrote it for long. */
    private static byte[] cache(boolean isBehindOlder) {
        ByteBuffer cache = ByteBuffer.allocate(400).order(ByteOrder.nativeOrder());
        if (isBehindOlder) {
            cache.put(ascii("ld.so-1.7.0")).putInt(12, 1).position(32); // one entry of 12 bytes, and 4 to be even
        }
        int start = cache.position();
        cache.put(ascii("glibc-ld.so.cache1.1")).putInt(2).position(start + 48);
        for (int path : new int[] {107, 115}) {
            cache.putInt(3).putInt(96).putInt(path).position(cache.position() + 12);
        }
        cache.put(ascii("libname.so\0/a/b.so\0/c/d.so\0"));
        return cache.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cache_hasTheFilesOfAName_inItsOrder(boolean isBehindOlder) {
        LoaderCache cache = LoaderCache.of(cache(isBehindOlder));

        assertEquals(List.of("/a/b.so", "/c/d.so"), cache.files("libname.so"));
        assertEquals(List.of(), cache.files("libother.so"));
    }

    @Test
    void cacheOfThisMachine_hasItsCLibrary() throws IOException {
        assumeTrue(Files.exists(LoaderCache.FILE), "a system with the GNU C library");
        List<String> files = LoaderCache.read(LoaderCache.FILE).files("libc.so.6");
        assertTrue(files.stream().anyMatch(file -> Files.exists(Path.of(file))), files::toString);
    }

    @Test
    void cacheThatIsNotThere_hasNothing() throws IOException {
        assertEquals(List.of(), LoaderCache.read(Path.of("/there/is/none")).files("libc.so.6"));
    }

    @Test
    void cache_ofAnyBytes_isRead() {
        Random random = new Random(7);
        for (boolean isBehindOlder : new boolean[] {true, false}) {
            byte[] bytes = cache(isBehindOlder);
            for (int length = 0; length < bytes.length; length++) {
                assertTrue(LoaderCache.of(Arrays.copyOf(bytes, length))
                                .files("libname.so")
                                .size()
                        <= 2);
            }
            for (int i = 0; i < 20_000; i++) {
                byte[] changed = bytes.clone();
                for (int n = 0; n <= i % 3; n++) {
                    changed[random.nextInt(200)] = (byte) random.nextInt();
                }
                assertTrue(LoaderCache.of(changed).files("libname.so").size() <= bytes.length / 24);
            }
        }
    }
}
