package dev.turnstile.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command did or found out.
 *
 * @param lines for people
 * @param members for programs: the members of a JSON object, in order; an empty {@code Optional} counts as null
 * @param exitCode for shells: 0, or {@link Failure#REFUSED} if the result is that something is wrong
 */
record Result(List<String> lines, Supplier<Map<String, Object>> members, int exitCode) {
    Result(List<String> lines, Map<String, Object> members) {
        this(lines, () -> members, 0);
    }

    /** With members that are made only for programs: what makes JSON takes longer to load than most commands take. */
    Result(List<String> lines, Supplier<Map<String, Object>> members) {
        this(lines, members, 0);
    }

    /** The members as a document, line by line. */
    static List<String> document(Map<String, Object> members) {
        return JsonMapper.shared()
                .writer(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(members)
                .lines()
                .toList();
    }

    /** The members as a document of one line. */
    static String line(Map<String, Object> members) {
        return JsonMapper.shared().writeValueAsString(members);
    }
}
