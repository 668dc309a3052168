package dev.turnstile.plugin;

import dev.turnstile.bundle.Platform;
import dev.turnstile.elf.ElfException;
import dev.turnstile.elf.ElfLibrary;
import dev.turnstile.elf.LibraryFile;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.internal.UniqueSymbols;
import java.io.IOException;
import java.nio.file.Path;
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
 * instance. All claims are made under one lock, so of two loads at once one is refused.
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
    private static final UniqueState NONE = new UniqueState(Path.of(""), "", List.of());

    /** Held for as long as it takes to look symbols up. */
    private static final ReentrantLock CLAIMING = new ReentrantLock();

    private static final Set<UniqueState> IN_USE = Collections.newSetFromMap(new IdentityHashMap<>());
    /** What any load had in use that is over. Its state is as that load left it. */
    private static final Set<String> USED = new HashSet<>();

    private final Path name;
    private final Object file;
    private final List<String> symbols;

    private UniqueState(Path name, Object file, List<String> symbols) {
        this.name = name;
        this.file = file;
        this.symbols = symbols;
    }

    /**
     * Claims the unique symbols of a library that is about to be loaded.
     *
     * @param file the file
     * @param name its name in messages
     * @return the claim, to be closed when the instance has ended
     * @throws PluginLoadException naming the library, the reason and the way out
     */
    static UniqueState claim(Path file, Path name, Rule rule) {
        List<String> symbols = Platform.host().system().equals("linux") ? symbols(file, name, rule) : List.of();
        if (symbols.isEmpty()) {
            return NONE;
        }
        if (rule == Rule.SEVERAL) {
            throw new PluginLoadException("The plugin library " + name
                    + " is not for several instances, as a pool and restarts have them: "
                    + UniqueSymbols.whyNotForSeveral(symbols));
        }
        UniqueState claim = new UniqueState(name, PluginLibrary.identity(file, name), symbols);
        CLAIMING.lock();
        try {
            if (rule == Rule.ALONE) {
                claim.checkAlone();
            }
            IN_USE.add(claim);
        } finally {
            CLAIMING.unlock();
        }
        return claim;
    }

    private static List<String> symbols(Path file, Path name, Rule rule) {
        try {
            return ElfLibrary.read(file).uniqueState();
        } catch (ElfException unreadable) {
            Platform host = Platform.host();
            // What is no library for this system is refused later, with that reason.
            if (rule == Rule.SEVERAL && LibraryFile.whyNotLoadable(file, host.system(), host.architecture()) == null) {
                throw new PluginLoadException(
                        "The plugin library " + name + " is not for several instances: whether its copies would share"
                                + " state cannot be found out, because " + unreadable.getMessage()
                                + ". PluginOptions.withUniqueSymbolsAllowed(true) loads it nevertheless",
                        unreadable);
            }
            return List.of();
        } catch (IOException unreadable) {
            throw new PluginLoadException("The plugin library " + name + " cannot be read", unreadable);
        }
    }

    private void checkAlone() {
        for (UniqueState other : IN_USE) {
            if (!other.file.equals(file)) { // of one file, it is the user's wish to share
                List<String> shared = common(new HashSet<>(other.symbols));
                if (!shared.isEmpty()) {
                    throw new PluginLoadException("The plugin library " + name + " is not loaded while "
                            + (other.name.equals(name) ? "another load of it" : other.name.toString())
                            + " is open: the two would share " + UniqueSymbols.described(shared) + ". "
                            + UniqueSymbols.REMEDY);
                }
            }
        }
        List<String> used = common(USED);
        if (!used.isEmpty()) {
            log.warn(
                    "The plugin library {} does not begin afresh: a load that has ended leaves it {}. {}",
                    name,
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
                IN_USE.remove(this);
                USED.addAll(symbols);
            } finally {
                CLAIMING.unlock();
            }
        }
    }
}
