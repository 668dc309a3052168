package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a plugin is started with, as it is written for it. */
class PluginConfigTest {
    private static final PluginConfig NONE = PluginConfig.defaults();

    record License(String licenseKey, int seats) {}

    private static String json(PluginConfig config) {
        return new String(config.toJson(), StandardCharsets.UTF_8);
    }

    @Test
    void configuration_ofWhichNothingIsSet_isEmpty() {
        assertEquals("{}", json(NONE));
    }

    @Test
    void settings_areWrittenUnderThePluginsNames() {
        PluginConfig config = NONE.withData(new License("k", 3))
                .withInitParams(Map.of("first", true))
                .withWorkerThreads(2)
                .withLogLevel(LogLevel.WARN)
                .withMaxConcurrentOps(0);

        assertEquals(
                "{\"data\":{\"license_key\":\"k\",\"seats\":3},\"init_params\":{\"first\":true},\"worker_threads\":2,"
                        + "\"log_level\":\"warn\",\"max_concurrent_ops\":0}",
                json(config));
    }

    @Test
    void members_areLaidOverTheRest_whicheverIsSetFirst() {
        PluginConfig first = NONE.withData("seats", 5).withData("site", "a").withData(new License("k", 3));
        PluginConfig last =
                NONE.withData(new License("k", 3)).withData("seats", 5).withData("site", "a");

        assertEquals("{\"data\":{\"license_key\":\"k\",\"seats\":5,\"site\":\"a\"}}", json(last));
        assertEquals(json(last), json(first));
        assertEquals(last, first);
        assertEquals(new License("k", 3), last.data());
        assertEquals(Map.of("seats", 5, "site", "a"), last.dataMembers());
    }

    @Test
    void members_alone_areTheWhole_inTheOrderInWhichTheyWereSet() {
        PluginConfig config = NONE.withData("z", 1)
                .withData("a", null)
                .withData("nested", new License("k", 3))
                .withInitParam("dry_run", true);

        assertEquals(
                "{\"data\":{\"z\":1,\"a\":null,\"nested\":{\"license_key\":\"k\",\"seats\":3}},"
                        + "\"init_params\":{\"dry_run\":true}}",
                json(config));
        assertEquals("{\"data\":{\"z\":2}}", json(NONE.withData("z", 1).withData("z", 2)));
        assertEquals(Map.of("dry_run", true), config.initParamMembers());
    }

    @Test
    void members_overATree_leaveTheTreeAsItIs() {
        ObjectNode tree = JsonMapper.shared().createObjectNode().put("a", 1);
        PluginConfig config = NONE.withInitParams(tree).withInitParam("b", null);

        assertEquals("{\"init_params\":{\"a\":1,\"b\":null}}", json(config));
        assertEquals("{\"a\":1}", tree.toString());
    }

    @Test
    void members_overWhatIsNoObject_areRefusedByName() {
        PluginConfig config = NONE.withData("seats", 5).withData(List.of("not", "an object"));

        String message =
                assertThrows(PluginLoadException.class, () -> json(config)).getMessage();

        assertTrue(message.contains("data is a "), message);
        assertTrue(message.contains("[seats]"), message);
        assertTrue(message.contains("JSON object"), message);
    }

    @Test
    void data_thatCannotBeWritten_isRefused() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThrows(PluginLoadException.class, () -> json(NONE.withData(endless)));
        assertThrows(PluginLoadException.class, () -> json(NONE.withData("endless", endless)));
    }

    @Test
    void member_thatIsUnknownHere_isWrittenAsItIs() {
        PluginConfig config = NONE.withMember("shutdown_timeout_ms", 100)
                .withMember("tracing", null)
                .withWorkerThreads(1);

        assertEquals("{\"worker_threads\":1,\"shutdown_timeout_ms\":100,\"tracing\":null}", json(config));
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("shutdown_timeout_ms", 100);
        members.put("tracing", null);
        assertEquals(members, config.members());
        assertThrows(UnsupportedOperationException.class, () -> config.members().clear());
    }

    @ParameterizedTest
    @CsvSource({
        "data, withData",
        "init_params, withInitParams",
        "worker_threads, withWorkerThreads",
        "log_level, withLogLevel",
        "max_concurrent_ops, withMaxConcurrentOps",
    })
    void member_thatHasASettingOfItsOwn_isRefusedAndTheSettingNamed(String name, String setting) {
        assertEquals(
                "name is \"" + name + "\", which has a setting of its own: use " + setting,
                assertThrows(IllegalArgumentException.class, () -> NONE.withMember(name, 1))
                        .getMessage());
    }

    static List<Arguments> senseless() {
        return List.of(
                Arguments.of("workerThreads is 0, but must be 1 or more", (Executable) () -> NONE.withWorkerThreads(0)),
                Arguments.of("maxConcurrentOps is -1, but must be 0 (no limit) or more", (Executable)
                        () -> NONE.withMaxConcurrentOps(-1)),
                Arguments.of("name is \"\", but must be that of a member of the plugin's configuration", (Executable)
                        () -> NONE.withMember("", 1)),
                Arguments.of("logLevel", (Executable) () -> NONE.withLogLevel(null)),
                Arguments.of("name", (Executable) () -> NONE.withData(null, 1)),
                Arguments.of("name", (Executable) () -> NONE.withInitParam(null, 1)),
                Arguments.of("name", (Executable) () -> NONE.withMember(null, 1)));
    }

    @ParameterizedTest
    @MethodSource("senseless")
    void value_thatMakesNoSense_isNamed(String message, Executable setting) {
        assertEquals(message, assertThrows(RuntimeException.class, setting).getMessage());
    }

    @Test
    void configuration_showsWhatIsSet() {
        assertEquals(
                "PluginConfig[data={a=1} with {b=2}, initParams={c=3}, workerThreads=OptionalInt[4], logLevel=null,"
                        + " maxConcurrentOps=OptionalInt.empty, members={}]",
                NONE.withData(Map.of("a", 1))
                        .withData("b", 2)
                        .withInitParam("c", 3)
                        .withWorkerThreads(4)
                        .toString());
        assertEquals(OptionalInt.empty(), NONE.workerThreads());
    }
}
