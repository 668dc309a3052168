package dev.turnstile.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The heads of library files, which say what each was built for. */
public final class LibraryHeads {
    private LibraryHeads() {}

    public static byte[] elf(int machine, byte wordClass, ByteOrder order) {
        byte[] head = new byte[64];
        ByteBuffer.wrap(head)
                .put(new byte[] {0x7f, 'E', 'L', 'F', wordClass, (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1})
                .order(order)
                .putShort(16, (short) 3)
                .putShort(18, (short) machine);
        return head;
    }

    public static byte[] machO(int cpu) {
        byte[] head = new byte[32];
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(0xfeedfacf).putInt(cpu);
        return head;
    }

    public static byte[] pe(int at, int machine) {
        byte[] head = new byte[256];
        ByteBuffer.wrap(head)
                .put(0, new byte[] {'M', 'Z'})
                .put(at, new byte[] {'P', 'E', 0, 0})
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x3c, at)
                .putShort(at + 4, (short) machine);
        return head;
    }
}
