package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.RELEASE;
import static dev.turnstile.bundle.BundleParts.VARIANTS;
import static dev.turnstile.bundle.BundleParts.utf8;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Bundles whose manifest is no manifest, or says what makes no sense. Each is properly signed. */
final class HostileManifests {
    private static final String RELEASE_FIELD = "platforms.linux-x86_64.variants.release";
    private static final String HASH = "0123456789abcdef".repeat(4);

    private HostileManifests() {}

    static Stream<Attack> attacks() {
        return Stream.of(json(), versions(), fields(), checksums(), variants(), whatIsNotThere())
                .flatMap(attacks -> attacks);
    }

    static Stream<Attack> harmless() {
        return Stream.of(
                manifest(
                        "members that nobody knows",
                        all -> all.put("bridges", 1).putNull("api").put("x", "y")),
                manifest("null for everything that is optional", all -> {
                    for (String field : new String[] {
                        "build_info", "sbom", "schemas", "schema_checksum", "notices", "license_file", "public_key"
                    }) {
                        all.putNull(field);
                    }
                }),
                manifest("a platform that nobody knows yet", all -> {
                    ObjectNode platforms = (ObjectNode) all.at("/platforms");
                    platforms.set("plan9-mips", platforms.get("linux-x86_64").deepCopy());
                }),
                text(
                        "white space and escapes in the manifest",
                        json -> "\n\t" + json.replace("\"echo\"", "\"\\u0065cho\"") + " \r\n"));
    }

    private static Stream<Attack> json() {
        return Stream.of(
                Attack.of("no manifest", () -> {
                            RawZip zip = new RawZip();
                            return zip.add(RawZip.stored("readme.txt", utf8("hello")))
                                    .bytes();
                        })
                        .malformed("no manifest.json"),
                text("an empty manifest", json -> "").malformed("manifest.json", "it is empty"),
                text("a manifest that is cut off", json -> json.substring(0, json.length() / 2))
                        .malformed("manifest.json", "not proper JSON"),
                text("something after the manifest", json -> json + "{}").malformed("manifest.json", "not proper JSON"),
                text("a manifest that is an array", json -> "[" + json + "]")
                        .malformed("manifest.json", "must be an object"),
                text("a manifest that is null", json -> "null")
                        .malformed("manifest.json", "is null", "must be an object"),
                text("comments in the manifest", json -> "/* */" + json).malformed("manifest.json", "not proper JSON"),
                text("two members of one name", json -> "{\"bundle_version\":\"1.0\"," + json.substring(1))
                        .malformed("manifest.json", "Duplicate", "bundle_version"),
                text(
                                "two members of one name, one of them escaped",
                                json -> "{\"\\u0062undle_version\":\"1.0\"," + json.substring(1))
                        .malformed("manifest.json", "Duplicate", "bundle_version"),
                text(
                                "two members of one name inside of a variant",
                                json -> json.replace("\"library\":", "\"library\":\"lib/evil.so\",\"library\":"))
                        .malformed("manifest.json", "Duplicate", "library"),
                text(
                                "two members of one name where nobody looks",
                                json -> "{\"x\":[{\"y\":1,\"y\":2}]," + json.substring(1))
                        .malformed("manifest.json", "Duplicate", "\"y\""),
                text(
                                "100,000 arrays in each other",
                                json -> "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "," + json.substring(1))
                        .malformed("manifest.json", "not proper JSON", "depth"),
                text("a number of 100,000 digits", json -> "{\"x\":" + "9".repeat(100_000) + "," + json.substring(1))
                        .malformed("manifest.json", "not proper JSON", "100000"),
                bytes(
                                "a manifest in UTF-16",
                                json -> new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16))
                        .malformed("manifest.json", "it is UTF-16 text"),
                bytes(
                                "a manifest in UTF-16 without a byte order mark",
                                json -> new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16LE))
                        .malformed("manifest.json", "it looks like UTF-16"),
                bytes("a byte in the manifest that is not UTF-8", json -> {
                            json[20] = (byte) 0xff;
                            return json;
                        })
                        .malformed("manifest.json", "not UTF-8"),
                text("half a character in a name", json -> json.replace("\"echo\"", "\"echo\\ud83d\""))
                        .malformed("manifest.json", "plugin.name", "\\ud83d"),
                text(
                                "a terminal's escape sequences in the version of the format",
                                json -> json.replace("\"1.1\"", "\"\\u001b[2J\\u001b[31mtrusted\""))
                        .malformed("manifest.json", "bundle_version is \"\\u001b[2J\\u001b[31mtrusted\""),
                text(
                                "a right-to-left override in the name of a platform",
                                json -> json.replace("\"linux-x86_64\"", "\"linux-x86_64\\u202e\""))
                        .malformed("manifest.json", "platforms.linux-x86_64\\u202e", "no platform"),
                text(
                                "line ends in the name of a platform, to forge lines of a log",
                                json -> json.replace("\"linux-x86_64\"", "\"linux\\nINFO verified\""))
                        .malformed("manifest.json", "linux\\u000aINFO verified"),
                text(
                                "a version of the format of 100,000 characters",
                                json -> json.replace("\"1.1\"", '"' + "1".repeat(100_000) + '"'))
                        .malformed("manifest.json", "bundle_version is \"111", "(100000 characters)"));
    }

    private static Stream<Attack> versions() {
        return Stream.of(
                        Stream.of("2.0", "1.2", "1", "1.0 ", " 1.1", "01.0", "1.0.0")
                                .map(version -> manifest(
                                                "the format's version is \"" + version + '"',
                                                all -> all.put("bundle_version", version))
                                        .malformed("manifest.json", "bundle_version is \"" + version + '"')),
                        Stream.of(
                                manifest("the format's version is empty", all -> all.put("bundle_version", ""))
                                        .malformed("manifest.json", "bundle_version is empty"),
                                manifest("the format's version is a number", all -> all.put("bundle_version", 1.0))
                                        .malformed("manifest.json", "bundle_version is 1.0, but must be a string")))
                .flatMap(attacks -> attacks);
    }

    private static Stream<Attack> fields() {
        return Stream.of(
                        "/bundle_version",
                        "/plugin",
                        "/plugin/name",
                        "/plugin/version",
                        "/platforms",
                        "/platforms/linux-x86_64",
                        VARIANTS,
                        VARIANTS + "/release",
                        VARIANTS + "/release/library",
                        VARIANTS + "/release/checksum",
                        "/schemas/messages.json/path",
                        "/schemas/messages.json/checksum")
                .flatMap(HostileManifests::withoutIt);
    }

    private static Stream<Attack> withoutIt(String pointer) {
        int slash = pointer.lastIndexOf('/');
        String owner = pointer.substring(0, slash);
        String member = pointer.substring(slash + 1);
        String field = pointer.substring(1).replace('/', '.');
        // What is missing as a whole can only be told by the object that should have it.
        String named = member.equals("linux-x86_64") ? "platforms" : member.equals("release") ? "variants" : field;
        return Stream.of(
                manifest("no " + field, all -> ((ObjectNode) all.at(owner)).remove(member))
                        .malformed("manifest.json", named),
                manifest(field + " is null", all -> ((ObjectNode) all.at(owner)).putNull(member))
                        .malformed("manifest.json", field),
                manifest(field + " is a number", all -> ((ObjectNode) all.at(owner)).put(member, 7))
                        .malformed("manifest.json", field + " is 7"));
    }

    private static Stream<Attack> checksums() {
        return Stream.of(
                        HASH,
                        "sha256:" + HASH.toUpperCase(Locale.ROOT),
                        "SHA256:" + HASH,
                        "sha256:" + HASH.substring(1),
                        "sha256:" + HASH + "0",
                        "sha256:" + HASH + "\n",
                        "sha256: " + HASH,
                        "md5:0123456789abcdef0123456789abcdef",
                        "sha256:",
                        "none")
                .map(checksum -> manifest(
                                "the checksum is " + Quoted.of(checksum),
                                all -> ((ObjectNode) all.at(VARIANTS + "/release")).put("checksum", checksum))
                        .malformed("manifest.json", RELEASE_FIELD + ".checksum is " + Quoted.of(checksum)));
    }

    private static Stream<Attack> variants() {
        return Stream.of(
                        Stream.of(
                                        "Release",
                                        "-release",
                                        "release-",
                                        "re lease",
                                        "re_lease",
                                        "..",
                                        "",
                                        "r".repeat(65),
                                        "déb")
                                .map(name -> manifest("a variant of the name " + Quoted.of(name), all -> {
                                            ObjectNode variants = (ObjectNode) all.at(VARIANTS);
                                            variants.set(name, variants.get("debug"));
                                        })
                                        .malformed("manifest.json", Quoted.plain(name), "no name for a variant")),
                        Stream.of(
                                manifest("no platform at all", all -> all.putObject("platforms"))
                                        .malformed("manifest.json", "platforms", "empty"),
                                manifest(
                                                "a platform without a release variant",
                                                all -> ((ObjectNode) all.at(VARIANTS)).remove("release"))
                                        .malformed(
                                                "manifest.json",
                                                "platforms.linux-x86_64.variants",
                                                "no variant \"release\""),
                                manifest("another variant declared the default one", all -> {
                                            ((ObjectNode) all.at("/platforms/linux-x86_64"))
                                                    .put("default_variant", "debug");
                                            ((ObjectNode) all.at(VARIANTS)).remove("release");
                                        })
                                        .malformed(
                                                "manifest.json",
                                                "platforms.linux-x86_64.variants",
                                                "no variant \"release\""),
                                manifest("a library directly under its platform", all -> {
                                            ObjectNode platform = (ObjectNode) all.at("/platforms/linux-x86_64");
                                            platform.setAll((ObjectNode) platform.at("/variants/release"));
                                            platform.remove("variants");
                                        })
                                        .malformed(
                                                "manifest.json",
                                                "platforms.linux-x86_64.variants",
                                                "no variant \"release\"")),
                        Stream.of(
                                        "linux",
                                        "Linux-x86_64",
                                        "linux-",
                                        "-x86_64",
                                        "linux-x86/64",
                                        "../x-x86_64",
                                        "linux-x86-64",
                                        "")
                                .map(key -> manifest("a platform of the name " + Quoted.of(key), all -> {
                                            ObjectNode platforms = (ObjectNode) all.at("/platforms");
                                            platforms.set(key, platforms.get("linux-x86_64"));
                                        })
                                        .malformed("manifest.json", "platforms." + key, "no platform")))
                .flatMap(attacks -> attacks);
    }

    private static Stream<Attack> whatIsNotThere() {
        return Stream.of(
                Attack.of(
                                "the library is not in the archive",
                                () -> new BundleParts().remove(RELEASE).bytes())
                        .malformed("manifest.json", RELEASE_FIELD + ".library is \"" + RELEASE + '"', "no such entry"),
                Attack.of(
                                "another variant's library is not in the archive",
                                () -> new BundleParts()
                                        .remove(BundleParts.DEBUG)
                                        .bytes())
                        .malformed(
                                "manifest.json",
                                "variants.debug.library is \"" + BundleParts.DEBUG + '"',
                                "no such entry"),
                Attack.of(
                                "a schema is not in the archive",
                                () -> new BundleParts()
                                        .remove("schema/messages.json")
                                        .bytes())
                        .malformed(
                                "manifest.json",
                                "schemas.messages.json.path is \"schema/messages.json\"",
                                "no such entry"),
                Attack.of(
                                "a library name that differs by case",
                                () -> new BundleParts()
                                        .field(VARIANTS + "/release", "library", RELEASE.replace("libecho", "LibEcho"))
                                        .bytes())
                        .malformed("manifest.json", RELEASE_FIELD + ".library is \"", "LibEcho", "no such entry"),
                asking("a platform that is not there", Platform.WINDOWS_X86_64, "release")
                        .refusedAt(Step.READ, Problem.MISSING, "windows-x86_64", "only for linux-x86_64"),
                asking("a variant that is not there", BundleParts.PLATFORM, "nightly")
                        .refusedAt(Step.READ, Problem.MISSING, "\"nightly\"", "linux-x86_64", "only debug, release"),
                asking("a variant whose name is an attack itself", BundleParts.PLATFORM, "../\u001b[2J")
                        .refusedAt(Step.READ, Problem.MISSING, "\"../\\u001b[2J\"", "only debug, release"));
    }

    private static Attack asking(String name, Platform platform, String variant) {
        return Attack.of("the reader asks for " + name, () -> new BundleParts().bytes())
                .using((bundle, place, steps) -> {
                    steps.accept(Step.READ);
                    BundledLibrary unused = bundle.library(platform, variant);
                });
    }

    private static Attack manifest(String name, Consumer<ObjectNode> change) {
        return Attack.of(name, () -> new BundleParts().manifest(change).bytes());
    }

    private static Attack text(String name, UnaryOperator<String> change) {
        return Attack.of(name, () -> {
            BundleParts parts = new BundleParts();
            return parts.manifestText(change.apply(parts.manifestText())).bytes();
        });
    }

    private static Attack bytes(String name, UnaryOperator<byte[]> change) {
        return Attack.of(name, () -> {
            BundleParts parts = new BundleParts();
            return parts.manifestBytes(change.apply(parts.manifestBytes())).bytes();
        });
    }
}
