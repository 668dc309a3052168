package dev.turnstile.bundle;

import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a bundle or a variant was built, as its maker says. */
public final class BuildInfo {
    /** Nothing said. */
    public static final BuildInfo NONE = new BuildInfo(new Values(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Collections.emptySortedMap()));

    private final Values values;

    BuildInfo(Values values) {
        this.values = values;
    }

    record Values(
            Optional<String> builtBy,
            Optional<String> builtAt,
            Optional<String> host,
            Optional<String> compiler,
            Optional<String> rustbridgeVersion,
            Optional<Git> git,
            SequencedMap<String, String> custom) {}

    /** {@return who or what built it} */
    public Optional<String> builtBy() {
        return values.builtBy();
    }

    /** {@return when, usually in ISO 8601} */
    public Optional<String> builtAt() {
        return values.builtAt();
    }

    /** {@return the system it was built on} */
    public Optional<String> host() {
        return values.host();
    }

    /** {@return what compiled it} */
    public Optional<String> compiler() {
        return values.compiler();
    }

    /** {@return the version of rustbridge's tools} */
    public Optional<String> rustbridgeVersion() {
        return values.rustbridgeVersion();
    }

    /** {@return the state of the sources} */
    public Optional<Git> git() {
        return values.git();
    }

    /** {@return whatever else its maker wanted to say, sorted} */
    public SequencedMap<String, String> custom() {
        return values.custom();
    }

    /**
     * Says who or what built it.
     *
     * @param value such as {@code CI}
     * @return the changed information
     */
    public BuildInfo withBuiltBy(String value) {
        return new BuildInfo(new Values(
                some("builtBy", value), builtAt(), host(), compiler(), rustbridgeVersion(), git(), custom()));
    }

    /**
     * Says when it was built.
     *
     * @param value usually in ISO 8601
     * @return the changed information
     */
    public BuildInfo withBuiltAt(String value) {
        return new BuildInfo(new Values(
                builtBy(), some("builtAt", value), host(), compiler(), rustbridgeVersion(), git(), custom()));
    }

    /**
     * Says on what system it was built.
     *
     * @param value such as {@code x86_64-unknown-linux-gnu}
     * @return the changed information
     */
    public BuildInfo withHost(String value) {
        return new BuildInfo(new Values(
                builtBy(), builtAt(), some("host", value), compiler(), rustbridgeVersion(), git(), custom()));
    }

    /**
     * Says what compiled it.
     *
     * @param value such as {@code rustc 1.95.0}
     * @return the changed information
     */
    public BuildInfo withCompiler(String value) {
        return new BuildInfo(new Values(
                builtBy(), builtAt(), host(), some("compiler", value), rustbridgeVersion(), git(), custom()));
    }

    /**
     * Says from what state of the sources it was built.
     *
     * @param value the state
     * @return the changed information
     */
    public BuildInfo withGit(Git value) {
        return new BuildInfo(new Values(
                builtBy(), builtAt(), host(), compiler(), rustbridgeVersion(), some("git", value), custom()));
    }

    /**
     * Says something else.
     *
     * @param key what it is about
     * @param value what is said
     * @return the changed information
     */
    public BuildInfo withCustom(String key, String value) {
        SequencedMap<String, String> more = new TreeMap<>(custom());
        more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return new BuildInfo(new Values(
                builtBy(),
                builtAt(),
                host(),
                compiler(),
                rustbridgeVersion(),
                git(),
                Collections.unmodifiableSequencedMap(more)));
    }

    private static <T> Optional<T> some(String name, T value) {
        return Optional.of(Objects.requireNonNull(value, name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BuildInfo that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "BuildInfo" + values.toString().substring("Values".length());
    }

    /** The state of the sources. */
    public static final class Git {
        private final GitValues values;

        Git(GitValues values) {
            this.values = values;
        }

        record GitValues(String commit, Optional<String> branch, Optional<String> tag, Optional<Boolean> dirty) {}

        /**
         * Begins with the commit alone.
         *
         * @param hash the commit's hash
         * @return the state of the sources
         */
        public static Git ofCommit(String hash) {
            return new Git(new GitValues(
                    Objects.requireNonNull(hash, "commit"), Optional.empty(), Optional.empty(), Optional.empty()));
        }

        /**
         * Says on what branch the commit is.
         *
         * @param name the branch
         * @return the changed state
         */
        public Git withBranch(String name) {
            return new Git(new GitValues(commit(), some("branch", name), tag(), dirty()));
        }

        /**
         * Says what tag is on the commit.
         *
         * @param name the tag
         * @return the changed state
         */
        public Git withTag(String name) {
            return new Git(new GitValues(commit(), branch(), some("tag", name), dirty()));
        }

        /**
         * Says whether there were changes that were not committed.
         *
         * @param isDirty whether there were
         * @return the changed state
         */
        public Git withDirty(boolean isDirty) {
            return new Git(new GitValues(commit(), branch(), tag(), Optional.of(isDirty)));
        }

        /** {@return the commit's hash} */
        public String commit() {
            return values.commit();
        }

        /** {@return the branch} */
        public Optional<String> branch() {
            return values.branch();
        }

        /** {@return the tag on the commit} */
        public Optional<String> tag() {
            return values.tag();
        }

        /** {@return whether there were changes that were not committed} */
        public Optional<Boolean> dirty() {
            return values.dirty();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Git that && values.equals(that.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return "Git" + values.toString().substring("GitValues".length());
        }
    }
}
