package dev.turnstile.plugin;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the sources of one gate share, each of which replaced the one before in a swap. */
final class Succession {
    private final UniqueState.Rule rule;
    private final LogDelivery log;
    private final AtomicLong opened = new AtomicLong();
    private volatile @Nullable LevelSetting level;

    Succession(UniqueState.Rule rule, PluginLogListener listener) {
        this.rule = rule;
        this.log = new LogDelivery(listener);
    }

    /** What all of them do about state that copies of a library would share. */
    UniqueState.Rule rule() {
        return rule;
    }

    /** Delivers what the instances of all of them log. */
    LogDelivery log() {
        return log;
    }

    /** A level that was set. It is compared by identity, so setting the same level again makes another one. */
    static final class LevelSetting {
        private final LogLevel level;

        LevelSetting(LogLevel level) {
            this.level = level;
        }

        LogLevel level() {
            return level;
        }
    }

    /** Returns the level that was set last; {@code null} if none ever was. */
    @Nullable
    LevelSetting level() {
        return level;
    }

    void setLevel(LogLevel newLevel) {
        level = new LevelSetting(newLevel);
    }

    /** Returns the next number, for a source that opens its first instance. */
    long nextOpened() {
        return opened.incrementAndGet();
    }
}
