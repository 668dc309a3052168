package dev.turnstile.plugin;

import dev.turnstile.bundle.Platform;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.ElfLibrary;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.internal.UniqueSymbols;
import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The use of state that a library cannot have for itself: Linux's loader keeps what is bound as {@code STB_GNU_UNIQUE} once for the process, however
 * many copies of the library define it. GNU compilers bind the state of C++ templates and inline functions so.
 *
 * <p>The protocol: a load claims the library's unique symbols before the loader sees the file, since loading runs its constructors. The
 * claim is refused if the {@link Rule} forbids them, or if another load that is not over has claimed one of them. It ends with the
 * instance. All claims are made under one lock, so of two loads at once one is refused. What the loader has had counts as used from then on.
 */
final class UniqueState implements AutoCloseable {
    /** What a load does about unique symbols. */
    enum Rule {
        /** They are refused while another load has them in use. */
        ALONE,
        /** They are refused: there are to be several instances, at once or one after another. */
        SEVERAL,
        /** They are shared. */
        ALLOWED;

        /** The rule for a gate with so many instances of their own. */
        static Rule of(PluginOptions options, int instances) {
            if (options.uniqueSymbolsAllowed()) {
                return ALLOWED;
            }
            return instances > 1 || options.gate().restarts().budget() > 0 ? SEVERAL : ALONE;
        }
    }

    private static final SafeLog log = new SafeLog(UniqueState.class);

    /** Held for as long as it takes to look symbols up; never while code of the user's runs, such as a log. */
    private static final ReentrantLock CLAIMING = new ReentrantLock();

    private static final Set<UniqueState> IN_USE = Collections.newSetFromMap(new IdentityHashMap<>());
    /** What any load had in use that is over. Its state is as that load left it. */
    private static final Set<String> USED = new HashSet<>();

    private final CheckedLibrary library;
    private final Object file;
    private final List<String> symbols;

    /** What a load that is over has left it. */
    private List<String> used = List.of();

    /** Set by the thread that loads. */
    private volatile boolean isLoaded;

    private UniqueState(CheckedLibrary library, Object file, List<String> symbols) {
        this.library = library;
        this.file = file;
        this.symbols = symbols;
    }

    /**
     * Claims the unique symbols of a library that is about to be loaded.
     *
     * @return the claim, to be closed when the instance has ended or is not loaded
     * @throws PluginLoadException naming the library, the reason and the way out
     */
    static UniqueState claim(CheckedLibrary library, Rule rule) {
        List<String> symbols = Platform.host().system().equals("linux") ? symbols(library) : List.of();
        if (!symbols.isEmpty() && rule == Rule.SEVERAL) {
            throw library.failed(
                    "is not for several instances, as a pool and restarts have them: "
                            + UniqueSymbols.whyNotForSeveral(symbols),
                    null);
        }
        UniqueState claim = new UniqueState(library, library.identity(), symbols);
        if (!symbols.isEmpty()) {
            CLAIMING.lock();
            try {
                if (rule == Rule.ALONE) {
                    claim.checkAlone();
                }
                IN_USE.add(claim);
            } finally {
                CLAIMING.unlock();
            }
        }
        return claim;
    }

    /** A malformed file is refused whatever the rule: the loader does not check it, and the JVM may end. */
    private static List<String> symbols(CheckedLibrary library) {
        try {
            return ElfLibrary.read(library.file()).uniqueState();
        } catch (ElfException malformed) {
            throw library.failed("cannot be loaded: " + malformed.getMessage(), malformed);
        } catch (IOException unreadable) {
            throw library.failed("cannot be read", unreadable);
        }
    }

    private void checkAlone() {
        for (UniqueState other : IN_USE) {
            if (!other.file.equals(file)) { // of one file, it is the user's wish to share
                List<String> shared = common(new HashSet<>(other.symbols));
                if (!shared.isEmpty()) {
                    String subject = other.library.subject();
                    throw library.failed(
                            "is not loaded while "
                                    + (subject.equals(library.subject())
                                            ? "another load of it"
                                            : "t" + subject.substring(1)) // "The plugin library", or "The bundle"
                                    + " is open: the two would share " + UniqueSymbols.described(shared) + ". "
                                    + UniqueSymbols.REMEDY,
                            null);
                }
            }
        }
        used = common(USED);
    }

    /** The system's loader has the library now, so code of it may have changed the state. */
    void loaded() {
        isLoaded = true;
    }

    /** Warns if the state is not as the library was built with it, once the library is loaded and started. Runs the user's code. */
    void warn() {
        if (!used.isEmpty()) {
            log.warn(
                    "{} does not begin afresh: a load that has ended leaves it {}. {}",
                    library.subject(),
                    UniqueSymbols.described(used),
                    UniqueSymbols.REMEDY);
        }
    }

    private List<String> common(Set<String> others) {
        return symbols.stream().filter(others::contains).toList();
    }

    @Override
    public void close() {
        if (!symbols.isEmpty()) {
            CLAIMING.lock();
            try {
                if (isLoaded) {
                    USED.addAll(symbols);
                }
            } finally {
                IN_USE.remove(this);
                CLAIMING.unlock();
            }
        }
    }
}
