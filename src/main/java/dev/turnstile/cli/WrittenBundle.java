package dev.turnstile.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bundle that a command has written.
 *
 * @param keyId that of the key that has signed it, if one has
 */
record WrittenBundle(Path file, String name, String version, Optional<String> keyId) {
    String line() {
        return "Wrote " + file + keyId.map(id -> ", signed by key " + id).orElse(", not signed");
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bundle", file.toString());
        members.put("name", name);
        members.put("version", version);
        members.put("signed_by", keyId);
        return members;
    }

    Result result() {
        return new Result(List.of(line()), members());
    }
}
