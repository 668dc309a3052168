package dev.turnstile;

/**
 * A model that is the same as another one in the same state. Where Lincheck is told of that, ways that lead to the same state are one to it; otherwise it goes on
 * from each of them by itself, which takes more memory than there is when four threads have done five things each.
 */
abstract class ComparedModel {
    /** Returns all that makes a difference to what comes. */
    abstract String state();

    @Override
    public final boolean equals(Object other) {
        return other instanceof ComparedModel model && state().equals(model.state());
    }

    @Override
    public final int hashCode() {
        return state().hashCode();
    }
}
