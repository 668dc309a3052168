import dev.turnstile.*;
import dev.turnstile.bundle.*;
import dev.turnstile.plugin.*;
import java.nio.file.Path;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import tools.jackson.databind.JsonNode;
/** The plugin in C that Turnstile's demo shows; it knows echo, sleep, fail and probe. */
Path demo() {
    return Path.of(System.getProperty("turnstile.demo"));
}
System.out.println("""
    Turnstile is imported. Three lines to try:
      var plugin = SynchronizedPlugin.load(demo())
      plugin.call("echo", Map.of("message", "hi"))
      try (var block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) { for (int i = 0; i < 1_000; i++) block.fork("echo", "{\\"message\\":\\"hi\\"}"); System.out.println(block.join()); }
    SynchronizedPlugin.load(Path.of("my.rbp"), BundleTrust.signedBy("RW...")) loads a bundle of yours. /exit leaves.""");
