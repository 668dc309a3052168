package dev.turnstile.cli;

import dev.turnstile.bundle.Platform;
import dev.turnstile.cli.Dependency.FoundBy;
import dev.turnstile.elf.ElfDetails;
import dev.turnstile.elf.ElfVersion;
import dev.turnstile.elf.LibraryFile;
import dev.turnstile.internal.PluginExports;
import dev.turnstile.internal.UniqueSymbols;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the doctor has found out of a library, for people and for programs, with the verdict. */
final class LibraryDiagnosis {
    /** All that a plugin may export. */
    static final Set<String> EXPORTS = exports();

    private static final int NAMES = 3;

    private final String name;
    private final LibraryFile kind;
    private final @Nullable String otherMachine;
    private final ElfDetails details;
    private final List<Dependency> dependencies;
    private final LinkScope scope;
    private final @Nullable String verified;

    private final NeededVersions versions;
    private final List<String> lacksRequired;
    private final List<String> lacksOptional;
    private final List<String> unique;
    private final Set<String> unresolved;
    /** Its exports that a dependency has for it. */
    private final Map<String, Path> borrowed = new LinkedHashMap<>();

    /** What keeps it from being loaded, and what is wrong with several instances of it. */
    private final List<String> loadProblems = new ArrayList<>();

    private final List<String> copyProblems = new ArrayList<>();
    private final List<String> problems;
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
            LibraryFile kind,
            @Nullable String otherMachine,
            ElfDetails details,
            List<Dependency> dependencies,
            LinkScope scope,
            @Nullable String verified) {
        this.name = name;
        this.kind = kind;
        this.otherMachine = otherMachine;
        this.details = details;
        this.dependencies = dependencies;
        this.scope = scope;
        this.verified = verified;
        this.versions = new NeededVersions(details.needed());
        EXPORTS.stream()
                .filter(export -> !details.functions().contains(export))
                .forEach(export -> scope.provider(export).ifPresent(file -> borrowed.put(export, file)));
        this.lacksRequired = lacking(PluginExports.REQUIRED);
        this.lacksOptional = PluginExports.optional().values().stream()
                .flatMap(names -> lacking(names).stream())
                .toList();
        this.unique = details.library().uniqueState();
        this.unresolved = scope.unresolved();
        findLoadProblems();
        findCopyProblems();
        this.problems =
                Stream.of(loadProblems, copyProblems).flatMap(List::stream).toList();
        findRemarks();
    }

    private static Set<String> exports() {
        Set<String> exports = new LinkedHashSet<>(PluginExports.REQUIRED);
        PluginExports.optional().values().forEach(exports::addAll);
        return exports;
    }

    private List<String> lacking(List<String> names) {
        return names.stream()
                .filter(export -> !details.functions().contains(export) && !borrowed.containsKey(export))
                .toList();
    }

    // ---- the verdict ----

    private void findLoadProblems() {
        if (!details.isShared()) {
            loadProblems.add(
                    "It is an executable or an object file, and the loader takes shared libraries only: link it with"
                            + " -shared");
        }
        if (otherMachine != null) {
            loadProblems.add("This machine cannot load it: " + otherMachine);
        }
        if (!lacksRequired.isEmpty()) {
            loadProblems.add("It " + PluginExports.whyNotPlugin(lacksRequired));
        }
        for (Dependency dependency : dependencies) {
            if (dependency.foundBy() == FoundBy.NOTHING) {
                loadProblems.add("Its dependency " + dependency.name()
                        + " is not found by its own search path, LD_LIBRARY_PATH or the system"
                        + (verified != null
                                ? ". A bundle has one library only: link the dependency statically, or install it"
                                : ". Install it, or put it beside the library and link that with"
                                        + " -Wl,-rpath,'$ORIGIN'"));
            }
        }
        loadProblems.addAll(versions.problems(dependencies));
        loadProblems.addAll(scope.problems());
        if (!unresolved.isEmpty()) {
            loadProblems.add(
                    "It uses " + some(unresolved) + ", which neither it nor its dependencies nor the JVM define: "
                            + (details.isBoundAtLoad()
                                    ? "the loader refuses it (BIND_NOW)"
                                    : "the loader refuses it, or a call of that ends the JVM")
                            + ". Link it with the library that defines that; -Wl,-z,defs makes the linker check");
        }
    }

    private void findCopyProblems() {
        if (!borrowed.isEmpty()) {
            copyProblems.add("Pools, restarts and swaps are not sound with it: " + some(borrowed.keySet())
                    + (borrowed.size() == 1 ? " is that" : " are those") + " of its dependency "
                    + borrowed.values().iterator().next()
                    + ", of which there is one for all instances. Link the code of"
                    + " the plugin into the library itself");
        }
        if (!unique.isEmpty() && !isAnother()) {
            copyProblems.add(
                    "Pools, restarts and swaps are not sound with it: " + UniqueSymbols.whyNotForSeveral(unique));
        }
    }

    private void findRemarks() {
        if (details.hasExecutableStack()) {
            remarks.add(
                    "It asks for an executable stack, or does not say that it needs none: the GNU C library from 2.41"
                        + " on refuses to load it, and older ones make the stacks of all threads executable. Link it"
                        + " with -Wl,-z,noexecstack");
        }
        if (details.hasTextRelocations()) {
            remarks.add("It has text relocations: the loader writes into its code, which systems that are hardened"
                    + " (SELinux) refuse, and each copy takes memory of its own for it. Compile all of it with -fPIC");
        }
        if (hasStaticThreadLocals()) {
            remarks.add("It has static thread-locals, for which the loader has little room once the JVM runs: with"
                + " more than a few instances, loading fails. Compile it with -ftls-model=global-dynamic, or make room"
                + " with GLIBC_TUNABLES=glibc.rtld.optional_static_tls=BYTES");
        }
        for (Dependency dependency : dependencies) {
            if (dependency.isOfPlugin()) {
                remarks.add("All instances share " + dependency.name()
                        + ", and what state it has: only the plugin's own library is copied for each");
            }
        }
    }

    /** Without thread-locals of its own it uses those of others, which are there already. */
    private boolean hasStaticThreadLocals() {
        return details.hasStaticThreadLocals() && details.threadLocals() > 0;
    }

    private boolean isPlugin() {
        return lacksRequired.isEmpty();
    }

    /** Whether it is a library of another kind, so that only this matters. */
    private boolean isAnother() {
        return lacksRequired.size() == PluginExports.REQUIRED.size();
    }

    Result result() {
        return new Result(lines(), this::members, problems.isEmpty() ? 0 : Failure.REFUSED);
    }

    // ---- for people ----

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(name + ": " + headline());
        problems.forEach(problem -> lines.add("  - " + problem + "."));
        lines.add("");
        if (verified != null) {
            field(lines, "Verified by", verified);
        }
        field(lines, "Machine", machine());
        details.name().ifPresent(own -> field(lines, "Name (SONAME)", own));
        addExports(lines);
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
                        .map(need -> need.version() + " or newer (of " + need.library() + ")")
                        .orElse("no version of the GNU C library is asked for"));
        field(
                lines,
                "Thread-locals",
                details.threadLocals() == 0
                        ? "none"
                        : details.threadLocals() + " bytes for each thread"
                                + (hasStaticThreadLocals() ? ", static" : ""));
        field(lines, "Executable stack", details.hasExecutableStack() ? "yes" : "none");
        field(lines, "Text relocations", details.hasTextRelocations() ? "yes" : "none");
        field(lines, "Undefined symbols", unresolved.isEmpty() ? "none" : unresolved.size() + ": " + some(unresolved));
        field(lines, "Unique symbols", unique.isEmpty() ? "none" : unique.size() + ": " + some(unique));
        if (!isAnother()) {
            field(lines, "One instance", canBeLoaded() ? "sound" : "cannot be loaded");
            field(lines, "Pools, restarts, swaps", severalAre());
        }
        if (!remarks.isEmpty()) {
            lines.add("Remarks:");
            remarks.forEach(remark -> lines.add("  - " + remark + "."));
        }
        return lines;
    }

    private String headline() {
        if (isAnother()) {
            return "not a plugin";
        }
        return problems.isEmpty() ? "a sound plugin" : "NOT a sound plugin";
    }

    private void addExports(List<String> lines) {
        if (isAnother()) {
            field(lines, "Plugin", "no, it has none of the exports that are required");
            return;
        }
        field(lines, "Plugin", isPlugin() ? "yes, it has all exports that are required" : "no");
        borrowed.forEach((export, file) -> lines.add("  has   " + export + " of its dependency " + file));
        lacksRequired.forEach(export -> lines.add("  lacks " + export));
        lines.add("Optional exports:");
        PluginExports.optional().forEach((purpose, names) -> {
            List<String> lacking = lacking(names);
            lines.add("  " + (lacking.isEmpty() ? "has   " : "lacks ")
                    + String.join(", ", lacking.isEmpty() ? names : lacking) + " (" + purpose + ")");
        });
    }

    private boolean canBeLoaded() {
        return loadProblems.isEmpty();
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
                : "NOT sound: "
                        + (unique.isEmpty()
                                ? "all instances share the code of a dependency"
                                : "copies of the library share the unique symbols");
    }

    private String machine() {
        return kind.architecture() + ", 64-bit, " + byteOrder() + "-endian, "
                + (otherMachine == null ? "like this machine" : "unlike this machine, " + Platform.host());
    }

    private String byteOrder() {
        return details.isBigEndian() ? "big" : "little";
    }

    private static String some(Collection<String> names) {
        return names.stream().limit(NAMES).collect(Collectors.joining(", ")) + (names.size() > NAMES ? ", ..." : "");
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
        members.put("architecture", kind.architecture());
        members.put("word_size", 64);
        members.put("byte_order", byteOrder());
        members.put("for_this_machine", otherMachine == null);
        members.put("soname", details.name());
        members.put(
                "exports",
                EXPORTS.stream().filter(details.functions()::contains).toList());
        members.put("exports_of_dependencies", borrowed.keySet());
        members.put("lacks_required", lacksRequired);
        members.put("lacks_optional", lacksOptional);
        members.put(
                "dependencies",
                dependencies.stream().map(LibraryDiagnosis::members).toList());
        members.put("c_library_version", versions.ofCLibrary().map(ElfVersion::version));
        members.put("c_library_version_for", versions.ofCLibrary().map(ElfVersion::library));
        members.put("thread_local_bytes", details.threadLocals());
        members.put("static_thread_locals", hasStaticThreadLocals());
        members.put("text_relocations", details.hasTextRelocations());
        members.put("executable_stack", details.hasExecutableStack());
        members.put("undefined_symbols", unresolved);
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
