package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.Version;

/** Where the jars are that the plugin's process needs. */
@Tag("any-java")
class JavaHostTest {
    @TempDir
    Path directory;

    /** Defines a class anew, without saying where it is from. */
    private static final class Silent extends ClassLoader {
        private final boolean hasFiles;

        Silent(boolean hasFiles) {
            super(null);
            this.hasFiles = hasFiles;
        }

        Class<?> define(Class<?> model) throws IOException {
            String file = "/" + model.getName().replace('.', '/') + ".class";
            try (InputStream in = model.getResourceAsStream(file)) {
                byte[] code = in.readAllBytes();
                return defineClass(model.getName(), code, 0, code.length);
            }
        }

        @Override
        protected URL findResource(String name) {
            return hasFiles ? Version.class.getClassLoader().getResource(name) : null;
        }
    }

    @Test
    void classWithoutACodeSource_isInTheJarOfItsFile() throws Exception {
        URI jar = Version.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        Class<?> silent = new Silent(true).define(Version.class);
        assertNull(silent.getProtectionDomain().getCodeSource().getLocation());
        assertEquals(Path.of(jar), JavaHost.jarOf(silent, directory));
    }

    @Test
    void classThatIsNowhere_isTheReason() throws Exception {
        Class<?> nowhere = new Silent(false).define(Version.class);
        PluginLoadException refused = assertThrows(PluginLoadException.class, () -> JavaHost.jarOf(nowhere, directory));
        assertTrue(refused.getMessage().contains("nobody knows where the class tools.jackson.core.Version"));
    }
}
