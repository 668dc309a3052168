package dev.turnstile.elf;

import java.io.IOException;

/** Says that a file is no 64-bit ELF file, or a malformed one, or exceeds a limit of the reader. The message begins with "it". */
public final class ElfException extends IOException {
    private static final long serialVersionUID = 1L;

    ElfException(String message) {
        super(message);
    }
}
