package dev.turnstile.cli;

import dev.turnstile.bundle.Platform;
import dev.turnstile.cli.Dependency.FoundBy;
import dev.turnstile.elf.ElfDetails;
import dev.turnstile.elf.ElfVersion;
import dev.turnstile.internal.PluginExports;
import dev.turnstile.internal.UniqueSymbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the doctor has found out of a library, for people and for programs, with the verdict. */
final class LibraryDiagnosis {
    /** All that a plugin may export. */
    static final Set<String> EXPORTS = exports();

    private static final int NAMES = 3;

    private final String name;
    private final String architecture;
    private final @Nullable String otherMachine;
    private final ElfDetails details;
    private final List<Dependency> dependencies;
    private final @Nullable String verified;

    private final NeededVersions versions;
    private final List<String> lacksRequired;
    private final List<String> lacksOptional;
    private final List<String> unique;
    private final List<String> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * Draws the conclusions.
     *
     * @param otherMachine why this machine is not the one for it; {@code null} if it is
     * @param verified what a bundle vouches for it with, from which it is loaded into a directory in which it is alone; {@code null} if it
     *     is a file
     */
    LibraryDiagnosis(
            String name,
            String architecture,
            @Nullable String otherMachine,
            ElfDetails details,
            List<Dependency> dependencies,
            @Nullable String verified) {
        this.name = name;
        this.architecture = architecture;
        this.otherMachine = otherMachine;
        this.details = details;
        this.dependencies = dependencies;
        this.verified = verified;
        this.versions = new NeededVersions(details.needed());
        this.lacksRequired = lacking(PluginExports.REQUIRED);
        this.lacksOptional = PluginExports.optional().values().stream()
                .flatMap(names -> lacking(names).stream())
                .toList();
        this.unique = details.library().uniqueState();
        findProblems();
        findRemarks();
    }

    private static Set<String> exports() {
        Set<String> exports = new LinkedHashSet<>(PluginExports.REQUIRED);
        PluginExports.optional().values().forEach(exports::addAll);
        return exports;
    }

    private List<String> lacking(List<String> names) {
        return names.stream()
                .filter(export -> !details.functions().contains(export))
                .toList();
    }

    // ---- the verdict ----

    private void findProblems() {
        if (!details.isShared()) {
            problems.add(
                    "It is an executable or an object file, and the loader takes shared libraries only: link it with"
                            + " -shared");
        }
        if (otherMachine != null) {
            problems.add("This machine cannot load it: " + otherMachine);
        }
        if (!lacksRequired.isEmpty()) {
            problems.add("It " + PluginExports.whyNotPlugin(lacksRequired));
        }
        for (Dependency dependency : dependencies) {
            if (dependency.foundBy() == FoundBy.NOTHING) {
                problems.add("Its dependency " + dependency.name()
                        + " is not found by its own search path, LD_LIBRARY_PATH or the system"
                        + (verified != null
                                ? ". A bundle has one library only: link the dependency statically, or install it"
                                : ". Install it, or put it beside the library and link that with"
                                        + " -Wl,-rpath,'$ORIGIN'"));
            }
        }
        problems.addAll(versions.problems(dependencies));
        if (!unique.isEmpty()) {
            problems.add("Pools, restarts and swaps are not sound with it: " + UniqueSymbols.whyNotForSeveral(unique));
        }
    }

    private void findRemarks() {
        if (details.hasTextRelocations()) {
            remarks.add("It has text relocations: the loader writes into its code, which systems that are hardened"
                    + " (SELinux) refuse, and each copy takes memory of its own for it. Compile all of it with -fPIC");
        }
        if (details.hasStaticThreadLocals()) {
            remarks.add("It has static thread-locals, for which the loader has little room once the JVM runs: that many"
                    + " instances of a pool are refused. Compile it with -ftls-model=global-dynamic, or make room with"
                    + " GLIBC_TUNABLES=glibc.rtld.optional_static_tls=BYTES");
        }
        for (Dependency dependency : dependencies) {
            if (dependency.isOfPlugin()) {
                remarks.add("All instances share " + dependency.name()
                        + ", as each has a copy of the plugin's library alone: what state that has, they share");
            }
        }
    }

    private boolean isPlugin() {
        return lacksRequired.isEmpty();
    }

    Result result() {
        return new Result(lines(), members(), problems.isEmpty() ? 0 : Failure.REFUSED);
    }

    // ---- for people ----

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(name + ": " + (problems.isEmpty() ? "a sound plugin" : "NOT a sound plugin"));
        problems.forEach(problem -> lines.add("  - " + problem + "."));
        lines.add("");
        if (verified != null) {
            field(lines, "Verified by", verified);
        }
        field(lines, "Machine", machine());
        details.name().ifPresent(own -> field(lines, "Name (SONAME)", own));
        field(lines, "Plugin", isPlugin() ? "yes, it has all exports that are required" : "no");
        lacksRequired.forEach(export -> lines.add("  lacks " + export));
        lines.add("Optional exports:");
        PluginExports.optional().forEach((purpose, names) -> {
            List<String> lacking = lacking(names);
            lines.add("  " + (lacking.isEmpty() ? "has   " : "lacks ")
                    + String.join(", ", lacking.isEmpty() ? names : lacking) + " (" + purpose + ")");
        });
        lines.add("Dependencies:" + (dependencies.isEmpty() ? " none" : ""));
        dependencies.forEach(dependency -> lines.add("  " + dependency.name() + ": "
                + dependency
                        .path()
                        .map(path -> path + ", " + dependency.foundBy().words)
                        .orElse(dependency.foundBy().words)));
        field(
                lines,
                "C library",
                versions.ofCLibrary()
                        .map(need -> need.version() + " or newer, for " + need.library())
                        .orElse("no version of the GNU C library is asked for"));
        field(
                lines,
                "Thread-locals",
                details.threadLocals() == 0
                        ? "none"
                        : details.threadLocals() + " bytes for each thread"
                                + (details.hasStaticThreadLocals() ? ", static" : ""));
        field(lines, "Text relocations", details.hasTextRelocations() ? "yes" : "none");
        field(lines, "Unique symbols", unique.isEmpty() ? "none" : unique.size() + ": " + someUnique());
        field(lines, "One instance", canBeLoaded() ? "sound" : "cannot be loaded");
        field(lines, "Pools, restarts, swaps", severalAre());
        if (!remarks.isEmpty()) {
            lines.add("Remarks:");
            remarks.forEach(remark -> lines.add("  - " + remark + "."));
        }
        return lines;
    }

    private boolean canBeLoaded() {
        return unique.isEmpty() ? problems.isEmpty() : problems.size() == 1;
    }

    private boolean areSeveralSound() {
        return problems.isEmpty();
    }

    private String severalAre() {
        if (!canBeLoaded()) {
            return "cannot be loaded";
        }
        return areSeveralSound()
                ? "sound: each copy of the library has its own state" + (remarks.isEmpty() ? "" : "; see the remarks")
                : "NOT sound: copies of the library share the unique symbols";
    }

    private String machine() {
        return architecture + ", 64-bit, " + byteOrder() + "-endian; "
                + (otherMachine == null ? "this machine is one" : "this machine is " + Platform.host());
    }

    private String byteOrder() {
        return details.isBigEndian() ? "big" : "little";
    }

    private String someUnique() {
        return String.join(", ", unique.subList(0, Math.min(NAMES, unique.size())))
                + (unique.size() > NAMES ? ", ..." : "");
    }

    private static void field(List<String> lines, String label, String value) {
        lines.add(String.format("%-23s %s", label + ":", value));
    }

    // ---- for programs ----

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("library", name);
        members.put("verified_by", Optional.ofNullable(verified));
        members.put("sound", problems.isEmpty());
        members.put("plugin", isPlugin());
        members.put("one_instance_sound", canBeLoaded());
        members.put("several_instances_sound", areSeveralSound());
        members.put("problems", problems);
        members.put("remarks", remarks);
        members.put("system", "linux");
        members.put("architecture", architecture);
        members.put("word_size", 64);
        members.put("byte_order", byteOrder());
        members.put("for_this_machine", otherMachine == null);
        members.put("soname", details.name());
        members.put(
                "exports",
                EXPORTS.stream().filter(details.functions()::contains).toList());
        members.put("lacks_required", lacksRequired);
        members.put("lacks_optional", lacksOptional);
        members.put(
                "dependencies",
                dependencies.stream().map(LibraryDiagnosis::members).toList());
        members.put("c_library_version", versions.ofCLibrary().map(ElfVersion::version));
        members.put("c_library_version_for", versions.ofCLibrary().map(ElfVersion::library));
        members.put("thread_local_bytes", details.threadLocals());
        members.put("static_thread_locals", details.hasStaticThreadLocals());
        members.put("text_relocations", details.hasTextRelocations());
        members.put("unique_symbols", unique);
        return members;
    }

    private static Map<String, Object> members(Dependency dependency) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", dependency.name());
        members.put("found_by", dependency.foundBy().name());
        members.put("path", dependency.path().map(Path::toString));
        return members;
    }
}
