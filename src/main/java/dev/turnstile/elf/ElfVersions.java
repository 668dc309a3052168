package dev.turnstile.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads versions of symbols: those that a library defines, and those that it needs of others. Both are lists of lists, of which each element says how
 * far the next one is.
 */
final class ElfVersions {
    private static final long MASK = 0xffff_ffffL;
    private static final int NEED = 16;
    private static final int DEFINITION = 20;
    private static final int DEFINITION_NAME = 8;
    private static final int MOST = 10_000;
    /** The bit of a need that is met without the version as well. */
    private static final int WEAK = 2;
    /** The bit of the definition that is the name of the library itself. */
    private static final int OF_FILE = 1;

    private static final int LONGEST_NAME = 256;

    private final ElfBytes bytes;
    private final ElfDynamic dynamic;
    private int seen;

    ElfVersions(ElfBytes bytes, ElfDynamic dynamic) {
        this.bytes = bytes;
        this.dynamic = dynamic;
    }

    private interface Element {
        /** Sees an element; returns how far the next one is, or 0 if it is the last. */
        long see(long at) throws IOException;
    }

    private void each(long first, Element element) throws IOException {
        long at = first;
        for (long step = 1; step != 0; ) {
            seen++;
            if (seen > MOST) {
                throw new ElfException("it has more than " + MOST + " versions of symbols");
            }
            step = element.see(at);
            at += step;
        }
    }

    private String name(int at) throws IOException {
        return dynamic.name(at & MASK, LONGEST_NAME);
    }

    /** The versions that it needs, in the order of the file. */
    List<ElfVersion> needed() throws IOException {
        List<ElfVersion> versions = new ArrayList<>();
        long address = dynamic.number(ElfDynamic.VERSIONS_NEEDED);
        if (address != -1) {
            each(dynamic.offset("the list of needed versions", address), at -> {
                ByteBuffer file = bytes.read("a file whose versions are needed", at, NEED);
                String library = name(file.getInt(4));
                if (file.getShort(2) != 0) {
                    each(at + (file.getInt(8) & MASK), nameAt -> {
                        ByteBuffer version = bytes.read("a needed version", nameAt, NEED);
                        boolean isWeak = (version.getShort(4) & WEAK) != 0;
                        if (!isWeak) {
                            versions.add(new ElfVersion(library, name(version.getInt(8))));
                        }
                        return version.getInt(12) & MASK;
                    });
                }
                return file.getInt(12) & MASK;
            });
        }
        return versions;
    }

    /** The versions that it defines, in the order of the file. */
    List<String> defined() throws IOException {
        List<String> versions = new ArrayList<>();
        long address = dynamic.number(ElfDynamic.VERSIONS_DEFINED);
        if (address != -1) {
            each(dynamic.offset("the list of defined versions", address), at -> {
                ByteBuffer definition = bytes.read("a defined version", at, DEFINITION);
                boolean isOfFile = (definition.getShort(2) & OF_FILE) != 0;
                if (!isOfFile && definition.getShort(6) != 0) {
                    long nameAt = at + (definition.getInt(12) & MASK);
                    ByteBuffer name = bytes.read("the name of a defined version", nameAt, DEFINITION_NAME);
                    versions.add(name(name.getInt(0)));
                }
                return definition.getInt(16) & MASK;
            });
        }
        return versions;
    }
}
