package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.abi.FfiBuffer;
import dev.turnstile.abi.RbResponse;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed bindings lay the structs of the ABI out as this platform's C compiler does. */
class AbiLayoutTest {
    /** Asked by name, it answers what the compiler made of {@code bindings/rustbridge.h}. */
    private final NativeProbe compiler = new NativeProbe(TestPlugins.library("abi_layout"));

    @Test
    void ffiBuffer_isLaidOutAsTheCompilerDoes() {
        assertEquals(
                compiled("ffi_buffer", "data", "len", "capacity", "error_code"),
                generated("ffi_buffer", FfiBuffer.layout()));
    }

    @Test
    void ffiBufferOffsets_areWhatTheCompilerSays() {
        assertEquals(offset("ffi_buffer", "data"), FfiBuffer.data$offset());
        assertEquals(offset("ffi_buffer", "len"), FfiBuffer.len$offset());
        assertEquals(offset("ffi_buffer", "capacity"), FfiBuffer.capacity$offset());
        assertEquals(offset("ffi_buffer", "error_code"), FfiBuffer.error_code$offset());
        assertEquals(compiler.call("abi_sizeof_ffi_buffer"), FfiBuffer.sizeof());
    }

    @Test
    void rbResponse_isLaidOutAsTheCompilerDoes() {
        assertEquals(
                compiled("rb_response", "error_code", "len", "capacity", "data"),
                generated("rb_response", RbResponse.layout()));
    }

    @Test
    void rbResponseOffsets_areWhatTheCompilerSays() {
        assertEquals(offset("rb_response", "error_code"), RbResponse.error_code$offset());
        assertEquals(offset("rb_response", "len"), RbResponse.len$offset());
        assertEquals(offset("rb_response", "capacity"), RbResponse.capacity$offset());
        assertEquals(offset("rb_response", "data"), RbResponse.data$offset());
        assertEquals(compiler.call("abi_sizeof_rb_response"), RbResponse.sizeof());
    }

    private long offset(String struct, String member) {
        return compiler.call("abi_offsetof_" + struct + "_" + member);
    }

    private List<String> compiled(String struct, String... members) {
        List<String> lines = new ArrayList<>();
        lines.add(line(
                struct,
                0,
                compiler.call("abi_sizeof_" + struct),
                "aligned to " + compiler.call("abi_alignof_" + struct)));
        for (String member : members) {
            lines.add(line(member, offset(struct, member), compiler.call("abi_sizeof_" + struct + "_" + member), ""));
        }
        return lines;
    }

    private static List<String> generated(String struct, GroupLayout layout) {
        List<String> lines = new ArrayList<>();
        lines.add(line(struct, 0, layout.byteSize(), "aligned to " + layout.byteAlignment()));
        for (MemoryLayout member : layout.memberLayouts()) {
            member.name()
                    .ifPresent(name -> lines.add(
                            line(name, layout.byteOffset(PathElement.groupElement(name)), member.byteSize(), "")));
        }
        return lines;
    }

    private static String line(String name, long offset, long size, String more) {
        return name + " at " + offset + ", " + size + " bytes " + more;
    }
}
