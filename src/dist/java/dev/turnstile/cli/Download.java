package dev.turnstile.cli;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine;

/**
 * Makes what is downloaded: a directory with all that the command line needs, and archives of it. The same sources make the same bytes, wherever and whenever:
 * entries are sorted, have one time, and belong to nobody.
 */
final class Download {
    private final Path base;
    private final Instant time;

    /**
     * Makes downloads of a project.
     *
     * @param base the project's directory
     * @param time of each file
     */
    Download(Path base, Instant time) {
        this.base = base;
        this.time = time;
    }

    /** {@code stage BASE TIME DIRECTORY CLASSPATH}, {@code times BASE TIME DIRECTORY}, or {@code archive BASE TIME DIRECTORY ARCHIVE...}. */
    public static void main(String... arguments) throws IOException {
        Download download = new Download(Path.of(arguments[1]), time(arguments[2]));
        Path directory = Path.of(arguments[3]);
        switch (arguments[0]) {
            case "stage" -> download.stage(directory, arguments[4]);
            case "times" -> download.setTimes(directory);
            case "archive" -> {
                for (String archive : List.of(arguments).subList(4, arguments.length)) {
                    if (archive.endsWith(".zip")) {
                        download.zip(directory, Path.of(archive));
                    } else {
                        download.tar(directory, Path.of(archive));
                    }
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** As in the POM, or in seconds since 1970. */
    private static Instant time(String text) {
        return text.matches("[0-9]+") ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
    }

    static String version() throws IOException {
        try (InputStream in = Main.class.getResourceAsStream("version")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    // ---- the directory ----

    /**
     * Fills a directory that is not there yet.
     *
     * @param classPath has the jars that are needed, and maybe others
     */
    void stage(Path directory, String classPath) throws IOException {
        String version = version();
        CommandLine commands = CommandText.commands();
        Path dist = base.resolve("src/dist");
        copy(dist.resolve("sh/turnstile"), directory.resolve("bin/turnstile"));
        write(
                directory.resolve("bin/turnstile.cmd"),
                Files.readString(dist.resolve("cmd/turnstile.cmd")).replace("\n", "\r\n"));
        copy(dist.resolve("classlist"), directory.resolve("lib/classlist"));
        copy(base.resolve("LICENSE"), directory.resolve("LICENSE"));
        copy(base.resolve("NOTICE"), directory.resolve("NOTICE"));
        jar(base.resolve("target/classes"), directory.resolve("lib/turnstile-" + version + ".jar"), version);
        for (String element : classPath.split(File.pathSeparator, -1)) {
            Path jar = Path.of(element);
            if (String.valueOf(jar.getFileName()).matches("(jackson|slf4j-api|picocli|bcprov)-.*\\.jar")) {
                copy(jar, directory.resolve("lib").resolve(jar.getFileName()));
                copyLicences(jar, directory.resolve("licenses"));
            }
        }
        write(directory.resolve("share/bash-completion/completions/turnstile"), ShellCompletions.bash(commands));
        write(directory.resolve("share/fish/vendor_completions.d/turnstile.fish"), ShellCompletions.fish(commands));
        write(directory.resolve("share/zsh/site-functions/_turnstile"), ShellCompletions.zsh(commands));
        write(directory.resolve("share/man/man1/turnstile.1"), ManPage.of(commands, version, time));
        Files.setPosixFilePermissions(directory.resolve("bin/turnstile"), PosixFilePermissions.fromString("rwxr-xr-x"));
        setTimes(directory);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** What a jar has to say of its own, and others', licences. One that has nothing is under the licence that this project has, too. */
    private static void copyLicences(Path jar, Path to) throws IOException {
        String name = String.valueOf(jar.getFileName()).replaceAll("\\.jar$", "");
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                if (entry.getName().matches("META-INF/[^/]*(LICENSE|NOTICE)[^/]*")) {
                    String text = new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                    write(to.resolve(name).resolve(entry.getName().substring("META-INF/".length())), text);
                }
            }
        }
    }

    /** Gives all files the one time; the archive of classes looks at that of the jars. */
    void setTimes(Path directory) throws IOException {
        for (Path each : below(directory)) {
            if (!Files.isSymbolicLink(each)) {
                Files.setLastModifiedTime(each, FileTime.from(time));
            }
        }
    }

    /** All below a directory, and itself, sorted by their names, in which a directory ends in a slash. */
    private static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.sorted(Comparator.comparing(path -> name(directory, path)))
                    .toList();
        }
    }

    private static String name(Path directory, Path path) {
        String name = directory
                .toAbsolutePath()
                .getParent()
                .relativize(path.toAbsolutePath())
                .toString()
                .replace('\\', '/');
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name;
    }

    private void jar(Path classes, Path jar, String version) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)))) {
            entry(
                    out,
                    "META-INF/MANIFEST.MF",
                    ("Manifest-Version: 1.0\r\n"
                                    + "Main-Class: dev.turnstile.cli.Main\r\n"
                                    + "Implementation-Title: Turnstile\r\n"
                                    + "Implementation-Version: " + version
                                    + "\r\nEnable-Native-Access: ALL-UNNAMED\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            for (Path each : below(classes)) {
                if (Files.isRegularFile(each)) {
                    entry(out, classes.relativize(each).toString().replace('\\', '/'), Files.readAllBytes(each));
                }
            }
        }
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void entry(ZipOutputStream out, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    // ---- its archives ----

    /** With the permissions of Unix; in the JVM's time zone, which is to be UTC. */
    void zip(Path directory, Path zip) throws IOException {
        Files.deleteIfExists(zip);
        try (FileSystem files = FileSystems.newFileSystem(
                zip,
                Map.of("create", "true", "enablePosixFileAttributes", "true", "defaultPermissions", "rwxr-xr-x"))) {
            for (Path each : below(directory)) {
                Path entry = files.getPath(name(directory, each));
                if (Files.isDirectory(each)) {
                    Files.createDirectory(entry);
                } else {
                    Files.copy(each, entry);
                    Files.setAttribute(entry, "zip:permissions", Files.getPosixFilePermissions(each));
                }
            }
            for (Path each : below(directory)) {
                FileTime same = FileTime.from(time);
                Files.getFileAttributeView(files.getPath(name(directory, each)), BasicFileAttributeView.class)
                        .setTimes(same, same, same);
            }
        }
    }

    void tar(Path directory, Path tar) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(tar), 1 << 16)) {
            for (Path each : below(directory)) {
                boolean isLink = Files.isSymbolicLink(each);
                boolean isDirectory = Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS);
                byte[] content = isLink || isDirectory ? new byte[0] : Files.readAllBytes(each);
                out.write(header(
                        name(directory, each),
                        isLink ? 0777 : isDirectory || Files.isExecutable(each) ? 0755 : 0644,
                        content.length,
                        isLink ? '2' : isDirectory ? '5' : '0',
                        isLink ? Files.readSymbolicLink(each).toString() : ""));
                out.write(content);
                out.write(new byte[(512 - content.length % 512) % 512]);
            }
            out.write(new byte[1024]);
        }
    }

    /** A header of the format ustar. */
    private byte[] header(String path, int mode, long size, char type, String link) {
        byte[] header = new byte[512];
        List<String> parts = new ArrayList<>(List.of("", path));
        if (path.length() > 100) {
            int cut = path.indexOf('/', path.length() - 101);
            parts = List.of(path.substring(0, cut), path.substring(cut + 1));
        }
        put(header, 0, parts.get(1));
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", size));
        put(header, 136, String.format("%011o", time.getEpochSecond()));
        put(header, 148, "        ");
        put(header, 156, String.valueOf(type));
        put(header, 157, link);
        put(header, 257, "ustar\00000");
        put(header, 265, "root");
        put(header, 297, "root");
        put(header, 345, parts.get(0));
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o\0", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
