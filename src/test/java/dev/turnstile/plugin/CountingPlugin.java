package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A plugin in Java, which logs, answers with its process's number, and ends the process if it is told to. */
public final class CountingPlugin implements ConfinedPlugin {
    private final Consumer<PluginLogLine> log;
    private int calls;

    public CountingPlugin(Consumer<PluginLogLine> log) {
        this.log = log;
    }

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        calls++;
        log.accept(PluginLogLine.of(LogLevel.INFO, "counting", "call " + calls).withTag(tag));
        return switch (tag) {
            case "halt" -> {
                Runtime.getRuntime().halt(5);
                yield new byte[0];
            }
            case "hoard" -> {
                List<byte[]> hoard = new ArrayList<>();
                while (hoard.size() < 1 << 20) {
                    hoard.add(new byte[1 << 20]);
                }
                yield success(hoard.size() + "");
            }
            case "fail" -> throw new ErrorReply(ErrorCode.HANDLER, "as asked".getBytes(StandardCharsets.UTF_8));
            case "throw" -> throw new IllegalStateException("as asked");
            case "interrupt" -> {
                Thread.currentThread().interrupt();
                log.accept(PluginLogLine.of(
                        LogLevel.INFO, "counting", Thread.currentThread().isInterrupted() ? "still" : "no more"));
                yield success(calls + "");
            }
            case "property" -> success("\"" + System.getProperty("turnstile.test.property") + "\"");
            default -> success(calls + "");
        };
    }

    private static byte[] success(String payload) {
        return ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        log.accept(PluginLogLine.of(LogLevel.INFO, "counting", "closed"));
    }
}
