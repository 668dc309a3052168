package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.RELEASE;
import static dev.turnstile.bundle.BundleParts.VARIANTS;
import static dev.turnstile.bundle.BundleParts.utf8;

import dev.turnstile.bundle.HostileBundles.Attack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tools.jackson.databind.node.ObjectNode;

/** Names and paths that lead elsewhere, on one system or another: in the archive, and in the manifest. */
final class HostileNames {
    /** What it is, and the name. */
    static final Map<String, String> UNSAFE = unsafe();

    /** Every field of the manifest that is a path: the object that has it, and its name there. */
    static final Map<String, String> FIELDS = fields();

    private HostileNames() {}

    private static Map<String, String> unsafe() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("that leads out of the bundle", "../../../../tmp/libecho.so");
        names.put("that leads out and in again", "lib/../../lib/libecho.so");
        names.put("that ends in two dots", "lib/..");
        names.put("that is absolute", "/tmp/libecho.so");
        names.put("with backslashes", "lib\\..\\..\\libecho.so");
        names.put("with one backslash", "lib/linux\\libecho.so");
        names.put("with a drive letter", "C:/Windows/libecho.so");
        names.put("with a drive letter and no slash", "C:libecho.so");
        names.put("of another stream of a file (NTFS)", "lib/libecho.so:evil");
        names.put("of a share", "//server/share/libecho.so");
        names.put("with a NUL", "lib/libecho.so\0.txt");
        names.put("with a line end", "lib/libecho\n.so");
        names.put("with an escape sequence", "lib/\u001b[2Jlibecho.so");
        names.put("with a DEL", "lib/libecho\u007f.so");
        names.put("with an empty part", "lib//libecho.so");
        names.put("with a part that is a dot", "lib/./libecho.so");
        names.put("that begins with a dot and a slash", "./lib/libecho.so");
        names.put("with a part that ends in a dot", "lib/linux./libecho.so");
        names.put("that ends in a space", "lib/libecho.so ");
        names.put("with a part of three dots", "lib/.../libecho.so");
        names.put("of 600 characters", "lib/" + "x".repeat(600));
        return names;
    }

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(VARIANTS + "/release", "library");
        fields.put("/schemas/messages.json", "path");
        fields.put(VARIANTS + "/debug/schemas/messages.json", "path");
        fields.put("/sbom", "cyclonedx");
        fields.put(VARIANTS + "/debug/sbom", "spdx");
        fields.put("", "notices");
        return fields;
    }

    static Stream<Attack> attacks() {
        return Stream.of(
                        UNSAFE.entrySet().stream().map(HostileNames::entry),
                        UNSAFE.entrySet().stream()
                                .map(name -> field(VARIANTS + "/release", "library", name.getKey(), name.getValue())),
                        FIELDS.entrySet().stream()
                                .skip(1)
                                .map(field -> field(
                                        field.getKey(), field.getValue(), "that leads out of the bundle", "../x")),
                        Stream.of(field("", "license_file", "that leads out of the bundle", "../x")),
                        more())
                .flatMap(attacks -> attacks);
    }

    private static Stream<Attack> more() {
        return Stream.of(
                Attack.of("an entry without a name", () -> spoiled("").bytes()).malformed("entry name \"\"", "empty"),
                Attack.of(
                                "an entry that is the root directory",
                                () -> spoiled("/").bytes())
                        .malformed("entry name \"/\"", "empty"),
                Attack.of(
                                "a directory entry that leads out of the bundle",
                                () -> spoiled("../evil/").bytes())
                        .malformed("entry name \"../evil/\"", ".."),
                Attack.of("an entry name that is not UTF-8", () -> {
                            RawZip zip = new BundleParts().zip();
                            RawZip.Entry entry = RawZip.stored("x", utf8("x"));
                            return zip.add(entry.says(header -> header.name = new byte[] {'x', (byte) 0xff}))
                                    .bytes();
                        })
                        .malformed("entry name \"xÿ\"", "not UTF-8"),
                Attack.of("an entry name with an overlong slash", () -> {
                            RawZip zip = new BundleParts().zip();
                            RawZip.Entry entry = RawZip.stored("x", utf8("x"));
                            byte[] name = {'.', '.', (byte) 0xc0, (byte) 0xaf, 'x'};
                            return zip.add(entry.says(header -> header.name = name))
                                    .bytes();
                        })
                        .malformed("entry name \"..", "not UTF-8"),
                Attack.of("an entry name in an encoding that is not declared", () -> {
                            RawZip zip = new BundleParts().zip();
                            RawZip.Entry entry = RawZip.stored("é", utf8("x"));
                            return zip.add(entry.says(header -> header.flags = 0))
                                    .bytes();
                        })
                        .malformed("entry name \"Ã©\"", "neither ASCII nor marked as UTF-8"),
                Attack.of("another name in a field that some readers prefer (Unicode path)", () -> {
                            RawZip zip = new BundleParts().zip();
                            RawZip.Entry entry = RawZip.stored("docs/harmless.txt", utf8("x"));
                            return zip.add(entry.extra(unicodePath("docs/harmless.txt", "../evil")))
                                    .bytes();
                        })
                        .malformed("docs/harmless.txt", "second name"),
                Attack.of("two entries of one name", () -> spoiled(RELEASE).bytes())
                        .malformed(RELEASE, "two entries"),
                Attack.of("two manifests", () -> spoiled(Bundle.MANIFEST).bytes())
                        .malformed("manifest.json", "two entries"));
    }

    static Stream<Attack> harmless() {
        return Stream.of(
                Attack.of(
                        "entry names with dots, spaces and letters of other scripts",
                        () -> new BundleParts()
                                .put("docs/..a/b..c/.hidden/日本 語.txt", "x")
                                .bytes()),
                Attack.of(
                        "entries for directories",
                        () -> new BundleParts()
                                .zip()
                                .add(RawZip.stored("lib/", new byte[0]).mode(0x41ed))
                                .bytes()),
                Attack.of(
                        "a right-to-left override in the name of a document",
                        () -> new BundleParts().put("docs/\u202etxt.so", "x").bytes()));
    }

    private static Attack entry(Map.Entry<String, String> name) {
        return Attack.of(
                        "an entry name " + name.getKey(),
                        () -> spoiled(name.getValue()).bytes())
                .malformed("entry name " + Quoted.of(name.getValue()), "refused");
    }

    static Attack field(String owner, String member, String what, String path) {
        String field = (owner + '/' + member).substring(1).replace('/', '.');
        return Attack.of(
                        "a path " + what + ", in " + field,
                        () -> new BundleParts()
                                .manifest(all -> ((ObjectNode) all.at(owner)).put(member, path))
                                .bytes())
                .malformed("manifest.json", field + " is " + Quoted.of(path), "refused");
    }

    private static RawZip spoiled(String name) {
        return new BundleParts().zip().add(RawZip.stored(name, name.endsWith("/") ? new byte[0] : utf8("evil")));
    }

    /** Info-ZIP's field 0x7075, which a reader may take for the name if the checksum of the name it has fits. */
    private static byte[] unicodePath(String name, String other) {
        CRC32 crc = new CRC32();
        crc.update(utf8(name));
        byte[] path = utf8(other);
        return ByteBuffer.allocate(9 + path.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0x7075)
                .putShort((short) (5 + path.length))
                .put((byte) 1)
                .putInt((int) crc.getValue())
                .put(path)
                .array();
    }
}
