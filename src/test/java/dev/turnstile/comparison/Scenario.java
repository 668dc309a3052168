package dev.turnstile.comparison;

import java.util.Locale;

/** What every contender goes through, as data: a title for the table, and the script. */
enum Scenario {
    ONE_AT_A_TIME("1,000 callers at once; the resource is opened, used and closed on one thread", Order::oneAtATime),
    IN_ORDER("{crowd} calls, submitted one after another, run in that order", Order::submittedInOrder),
    NEWCOMERS("1,000 callers who wait run in order, before newcomers", Order::newcomersWhileOthersWait),
    TRY_CALL("the same, where the newcomers would not wait", Order::tryCallsWhileOthersWait),
    CANCELLED("a queued call is cancelled", GivingUp::cancelledWhileQueued),
    TIMED_OUT("a queued call's time limit passes", GivingUp::timedOutWhileQueued),
    INTERRUPTED("a queued call's caller is interrupted", GivingUp::interruptedWhileQueued),
    TIMED_OUT_OUTSIDE("the time limit passes while the line is full", GivingUp::timedOutWhileTheLineIsFull),
    PLACES("ten queued calls are cancelled; their places are free at once", GivingUp::placesOfCancelledCalls),
    ERROR("an `Error` in a call, then 100 calls", Failing::errorThenOtherCalls),
    CHECKED_EXCEPTION("a checked exception in one of 40 calls", Failing::checkedExceptionAmongOthers),
    DEPENDENT_STAGE("a dependent stage of a call calls again", Failing::callFromDependentStage),
    LISTENER("a listener (or a dependent stage) that throws, at each of 3 calls", Failing::listenerThatThrows),
    SUBMIT_RACES_CLOSE(
            "`submit` races with `close`: runs, of {races}, in which a call is", Closing::submitRacesWithClose),
    PRODUCERS_OUTSIDE("`close` with one place and 300 callers outside", Closing::closeWithCallersOutside),
    UNDER_CALL("`close` while one call does not return and another is queued", Closing::closeUnderACall),
    CLOSER_INTERRUPTED("the same, and the closer is interrupted", Closing::closerIsInterrupted),
    SECOND_CLOSER("a second closer while a call does not return", Closing::secondCloser),
    CARRIER("one native call of 300 ms; other virtual threads go on", CarrierStall::measure);

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // a static method
    private final Script script;

    Scenario(String title, Script script) {
        this.title = title;
        this.script = script;
    }

    @FunctionalInterface
    private interface Script {
        void run(Trial trial) throws Exception;
    }

    String title(Setting setting) {
        return title.replace("{crowd}", String.format(Locale.ROOT, "%,d", setting.crowd()))
                .replace("{races}", Integer.toString(setting.races()));
    }

    Outcome run(Contender contender, Setting setting) throws Exception {
        try (Trial trial = new Trial(contender, setting)) {
            script.run(trial);
            return trial.outcome();
        } catch (CannotException lack) {
            return Outcome.cannot(lack.getMessage());
        }
    }
}
