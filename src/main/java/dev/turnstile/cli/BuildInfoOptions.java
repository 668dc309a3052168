package dev.turnstile.cli;

import dev.turnstile.bundle.BuildInfo;
import dev.turnstile.bundle.BuildInfo.Git;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a bundle was built. Nothing is detected: the same command line makes the same bundle. */
final class BuildInfoOptions {
    @Option(names = "--built-by", paramLabel = "WHO", description = "Who or what built it.")
    private @Nullable String builtBy;

    @Option(names = "--built-at", paramLabel = "TIME", description = "When it was built.")
    private @Nullable String builtAt;

    @Option(names = "--host", paramLabel = "SYSTEM", description = "What system it was built on.")
    private @Nullable String host;

    @Option(names = "--compiler", paramLabel = "COMPILER", description = "What compiled it.")
    private @Nullable String compiler;

    @Option(names = "--git-commit", paramLabel = "HASH", description = "The commit it was built from.")
    private @Nullable String commit;

    @Option(names = "--git-branch", paramLabel = "BRANCH", description = "Its branch.")
    private @Nullable String branch;

    @Option(names = "--git-tag", paramLabel = "TAG", description = "Its tag.")
    private @Nullable String tag;

    @Option(names = "--git-dirty", description = "There were changes that were not committed.")
    private boolean dirty;

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Something else. May be repeated.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    /** Returns what was said; empty if nothing was. */
    Optional<BuildInfo> buildInfo() {
        BuildInfo info = BuildInfo.NONE;
        info = builtBy == null ? info : info.withBuiltBy(builtBy);
        info = builtAt == null ? info : info.withBuiltAt(builtAt);
        info = host == null ? info : info.withHost(host);
        info = compiler == null ? info : info.withCompiler(compiler);
        Git git = git();
        info = git == null ? info : info.withGit(git);
        for (var entry : metadata.entrySet()) {
            info = info.withCustom(entry.getKey(), entry.getValue());
        }
        return info.equals(BuildInfo.NONE) ? Optional.empty() : Optional.of(info);
    }

    private @Nullable Git git() {
        if (commit == null) {
            if (branch != null || tag != null || dirty) {
                throw new UsageException(
                        "--git-branch, --git-tag and --git-dirty say more of a commit:" + " name it with --git-commit");
            }
            return null;
        }
        Git git = Git.ofCommit(commit);
        git = branch == null ? git : git.withBranch(branch);
        git = tag == null ? git : git.withTag(tag);
        return dirty ? git.withDirty(true) : git;
    }
}
