package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the bytes of a manifest, it is refused, or it is read and can be written and read again as the same. */
class ManifestFuzzTest {
    private static final Source SOURCE = new Source("The bundle x: manifest.json");

    @FuzzTest
    void manifest_ofAnyBytes_isRefusedOrStable(byte[] json) {
        BundleManifest read;
        try {
            read = ManifestReader.read(SOURCE, json);
        } catch (BundleException refused) {
            FuzzSeeds.assertTells(refused);
            return;
        }
        assertEquals(read, ManifestReader.read(SOURCE, json));
        assertEquals(read, ManifestReader.read(SOURCE, ManifestWriter.write(read)));
    }
}
