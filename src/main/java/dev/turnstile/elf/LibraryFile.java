package dev.turnstile.elf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the head of a file before the system's loader does, and says what it is: the loader's own message does not reach Java, and
 * loading a truncated file ends the JVM. Knows ELF (Linux), Mach-O (macOS) and PE (Windows), 64-bit, for x86-64 and AArch64.
 *
 * @param system {@code linux}, {@code darwin} or {@code windows}; {@code null} if it is no library at all
 * @param architecture {@code x86_64} or {@code aarch64}, or the number of another one
 */
public record LibraryFile(@Nullable String system, String architecture) {
    /** How many bytes of a file tell what it is. */
    public static final int HEAD = 4096;

    private static final int ELF = 0x7f454c46;
    private static final int MACH_O_64 = 0xcffaedfe;
    private static final int MACH_O_UNIVERSAL = 0xcafebabe;
    /** Of libraries that may be larger than 4 GB. */
    private static final int MACH_O_UNIVERSAL_64 = 0xcafebabf;

    private static final int PE = 0x50450000;
    private static final int ZIP = 0x504b0304;

    private static final Set<String> SYSTEMS = Set.of("linux", "darwin", "windows");
    private static final Set<String> ARCHITECTURES = Set.of("x86_64", "aarch64");

    private static final LibraryFile NONE = new LibraryFile(null, "");
    private static final String NO_LIBRARY = "it is not a library for any system known here (ELF, Mach-O or PE)";

    /**
     * Says why a machine cannot load a file.
     *
     * @param file the file
     * @param hostSystem the machine's system, as {@link #system} has it
     * @param hostArchitecture its architecture, as {@link #architecture} has it
     * @return the reason, which begins with "it"; {@code null} if the file's head gives none
     */
    public static @Nullable String whyNotLoadable(Path file, String hostSystem, String hostArchitecture) {
        try {
            return ElfBytes.readFrom(file, bytes -> {
                byte[] head = head(bytes);
                if (isBundle(head)) {
                    return "it is a bundle, and whose bundles to believe must be said: load it with a BundleTrust";
                }
                String reason = ofHead(head).whyNotLoadable(hostSystem, hostArchitecture);
                return reason == null ? whyNotWhole(bytes, head) : reason;
            });
        } catch (ElfException changed) {
            return changed.getMessage();
        } catch (IOException unreadable) {
            return "it cannot be read (" + unreadable.getMessage() + ")";
        }
    }

    private static byte[] head(ElfBytes bytes) throws IOException {
        return bytes.read("the head", 0, (int) Math.min(HEAD, bytes.size())).array();
    }

    /**
     * Says why a file is no library for a platform, or not all of one.
     *
     * @param content the file's
     * @param forSystem the platform's system, as {@link #system} has it
     * @param forArchitecture its architecture, as {@link #architecture} has it
     * @return the reason, which begins with "it"; {@code null} if there is none, or the platform's libraries are not known here
     */
    public static @Nullable String whyNotFor(byte[] content, String forSystem, String forArchitecture) {
        if (content.length == 0) {
            return "it is empty";
        }
        ElfBytes bytes = ElfBytes.of(content);
        try {
            byte[] head = head(bytes);
            LibraryFile library = ofHead(head);
            if (library.isFor(forSystem, forArchitecture)) {
                return SYSTEMS.contains(forSystem) ? whyNotWhole(bytes, head) : null;
            }
            return library.system == null
                    ? NO_LIBRARY
                    : "it was built for " + library.system + "-" + library.architecture;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it is all in memory
        }
    }

    /** A ZIP archive. */
    private static boolean isBundle(byte[] head) {
        return head.length >= 4 && ByteBuffer.wrap(head).getInt() == ZIP;
    }

    /** Says why a 64-bit ELF file is truncated or malformed. The loaders of other systems than Linux check their files. */
    private static @Nullable String whyNotWhole(ElfBytes bytes, byte[] head) throws IOException {
        if (!is64BitElf(head)) {
            return null;
        }
        try {
            var unused = ElfHeader.read(bytes);
            return null;
        } catch (ElfException damaged) {
            return damaged.getMessage();
        }
    }

    private static boolean is64BitElf(byte[] head) {
        return head.length >= 5 && ByteBuffer.wrap(head).getInt() == ELF && head[4] == 2;
    }

    /**
     * Says why a machine cannot load such a library.
     *
     * @param hostSystem the machine's system
     * @param hostArchitecture its architecture
     * @return the reason, which begins with "it"; {@code null} if there is none
     */
    public @Nullable String whyNotLoadable(String hostSystem, String hostArchitecture) {
        if (isFor(hostSystem, hostArchitecture)) {
            return null;
        }
        if (system == null) {
            return NO_LIBRARY;
        }
        return system.equals(hostSystem)
                ? "it was built for " + architecture + ", and this machine is " + hostArchitecture
                : "it is a library for " + system + ", and this is " + hostSystem;
    }

    /** Whether it may be for a platform. What is not known here may be anything: the platform's own loader knows better. */
    private boolean isFor(String otherSystem, String otherArchitecture) {
        if (!SYSTEMS.contains(otherSystem)) {
            return true;
        }
        boolean isKnown = ARCHITECTURES.contains(otherArchitecture) || ARCHITECTURES.contains(architecture);
        return otherSystem.equals(system)
                && (!isKnown || architecture.equals("universal") || architecture.equals(otherArchitecture));
    }

    /**
     * Looks at the head of a file.
     *
     * @param head the first {@link #HEAD} bytes, or all that there are
     * @return what it is
     */
    public static LibraryFile ofHead(byte[] head) {
        ByteBuffer bytes = ByteBuffer.wrap(head);
        if (head.length < 20) {
            return NONE;
        }
        int magic = bytes.getInt(0);
        if (magic == ELF) {
            boolean isBigEndian = head[5] == 2;
            bytes.order(isBigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            String machine = elfMachine(bytes.getShort(18) & 0xffff, head[4] == 2);
            boolean isOfOtherOrder = isBigEndian && ARCHITECTURES.contains(machine);
            return new LibraryFile("linux", isOfOtherOrder ? machine + " (big-endian)" : machine);
        }
        if (magic == MACH_O_64) {
            return new LibraryFile(
                    "darwin", machOMachine(bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(4)));
        }
        // A greater count would be the version of a Java class file; with preview features it is negative if signed.
        boolean isUniversal = magic == MACH_O_UNIVERSAL_64 || magic == MACH_O_UNIVERSAL;
        if (isUniversal && Integer.compareUnsigned(bytes.getInt(4), 20) < 0) {
            return new LibraryFile("darwin", "universal");
        }
        if (head[0] == 'M' && head[1] == 'Z' && head.length >= 0x40) {
            int at = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(0x3c);
            if (at >= 0
                    && at <= head.length - 6
                    && bytes.order(ByteOrder.BIG_ENDIAN).getInt(at) == PE) {
                return new LibraryFile(
                        "windows",
                        peMachine(bytes.order(ByteOrder.LITTLE_ENDIAN).getShort(at + 4) & 0xffff));
            }
        }
        return NONE;
    }

    private static String elfMachine(int machine, boolean is64Bit) {
        return switch (machine) {
            case 62 -> is64Bit ? "x86_64" : "x32";
            case 183 -> is64Bit ? "aarch64" : "aarch64 (32-bit)";
            case 3 -> "x86 (32-bit)";
            case 40 -> "arm (32-bit)";
            case 243 -> "riscv";
            default -> "ELF machine " + machine;
        };
    }

    private static String machOMachine(int cpu) {
        return switch (cpu) {
            case 0x01000007 -> "x86_64";
            case 0x0100000c -> "aarch64";
            default -> "Mach-O CPU " + cpu;
        };
    }

    private static String peMachine(int machine) {
        return switch (machine) {
            case 0x8664 -> "x86_64";
            case 0xaa64 -> "aarch64";
            case 0x14c -> "x86 (32-bit)";
            default -> "PE machine " + machine;
        };
    }
}
