package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whatever the bytes of a bundle, nothing in it is given out as verified that does not have the checksum in the manifest. */
class BundleFuzzTest {
    private static final BundleLimits LIMITS = BundleLimits.defaults()
            .withArchiveBytes(1 << 20)
            .withEntries(100)
            .withEntryBytes(4 << 20)
            .withTotalBytes(8 << 20);

    @FuzzTest
    void bundle_ofAnyBytes_isRefusedOrVerified(byte[] bytes) {
        try {
            Bundle bundle = Bundle.of(Source.bundle("x"), bytes, BundleTrust.checksumsOnly(), LIMITS);
            Set<String> verified = bundle.verifyAll().keySet();
            List<String> libraries = new ArrayList<>();
            bundle.manifest()
                    .platforms()
                    .forEach((platform, variants) -> variants.keySet().forEach(variant -> {
                        BundledLibrary library = bundle.library(platform, variant);
                        assertEquals(Bundle.sha256(library.bytes()), library.checksum());
                        libraries.add(library.entry());
                    }));
            assertEquals(
                    libraries, verified.stream().filter(libraries::contains).toList());
        } catch (BundleException refused) {
            FuzzSeeds.assertTells(refused);
        }
    }
}
