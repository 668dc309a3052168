package dev.turnstile.flink;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorMetricGroup;

/** What a function sees of Flink: which subtask it is, and where its metrics go. */
final class Subtask {
    private final int index;
    private final int parallelism;
    private ClassLoader job = Subtask.class.getClassLoader();
    private final Map<String, Gauge<?>> gauges = new ConcurrentHashMap<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    Subtask(int index, int parallelism) {
        this.index = index;
        this.parallelism = parallelism;
    }

    Subtask withClassLoader(ClassLoader job) {
        this.job = job;
        return this;
    }

    Object gauge(String name) {
        return gauges.get(name).getValue();
    }

    Counter counter(String name) {
        return counters.get(name);
    }

    RuntimeContext context() {
        TaskInfo info = proxy(TaskInfo.class, (self, method, arguments) -> switch (method.getName()) {
            case "getIndexOfThisSubtask" -> index;
            case "getNumberOfParallelSubtasks" -> parallelism;
            case "getMaxNumberOfParallelSubtasks" -> 128;
            case "getTaskNameWithSubtasks" -> "task (" + (index + 1) + "/" + parallelism + ")#0";
            default -> throw new AssertionError(method);
        });
        OperatorMetricGroup metrics = metrics("");
        return proxy(RuntimeContext.class, (self, method, arguments) -> switch (method.getName()) {
            case "getUserCodeClassLoader" -> job;
            case "registerUserCodeClassLoaderReleaseHookIfAbsent" -> null;
            case "getTaskInfo" -> info;
            case "getMetricGroup" -> metrics;
            default -> throw new AssertionError(method);
        });
    }

    private OperatorMetricGroup metrics(String group) {
        return proxy(OperatorMetricGroup.class, (self, method, arguments) -> {
            String name = group + arguments[0];
            return switch (method.getName()) {
                case "addGroup" -> metrics(name + ".");
                case "gauge" -> {
                    gauges.put(name, (Gauge<?>) arguments[1]);
                    yield arguments[1];
                }
                case "counter" -> {
                    counters.put(name, new SimpleCounter());
                    yield counters.get(name);
                }
                default -> throw new AssertionError(method);
            };
        });
    }

    static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
