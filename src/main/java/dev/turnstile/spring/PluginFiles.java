package dev.turnstile.spring;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.internal.PrivateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ResourceUtils;

/** Finds the files that properties name: {@code classpath:} and {@code file:} resources, nested jars included, and plain paths. */
final class PluginFiles implements AutoCloseable {
    private final ResourceLoader resources;
    private final Map<Path, PrivateDirectory> copies = new ConcurrentHashMap<>();

    PluginFiles(ResourceLoader resources) {
        this.resources = resources;
    }

    /** Opens a bundle anew. It is read into memory, so it may lie in a jar. */
    Bundle bundle(String name, TurnstileProperties.Plugin plugin) {
        String location = Objects.requireNonNull(plugin.bundle());
        BundleTrust trust = trust(name, plugin.trust());
        Resource resource = resource(name, "bundle", location);
        try {
            if (resource.isFile()) {
                return Bundle.open(resource.getFile().toPath(), trust);
            }
            try (InputStream content = resource.getInputStream()) {
                return Bundle.read(location, content, trust, BundleLimits.defaults());
            }
        } catch (IOException unreadable) {
            throw unreadable(name, "bundle", location, unreadable);
        }
    }

    private BundleTrust trust(String name, TurnstileProperties.Trust properties) {
        if (properties.keys().isEmpty() && !properties.unsigned()) {
            throw new RefusedConfigurationException(
                    "The plugin " + name + " is in a bundle, and nothing says whose bundle that may be.",
                    "Set " + property(name, "trust.keys")
                            + " to the minisign public key of its maker, as text or as the"
                            + " place of the .pub file. Set " + property(name, "trust.unsigned")
                            + " to true if the bundle was built by yourself or came over a protected channel.",
                    null);
        }
        if (!properties.keys().isEmpty() && properties.unsigned()) {
            throw new RefusedConfigurationException(
                    "The plugin " + name
                            + " has trust.keys, and trust.unsigned is true: then the keys are not looked at.",
                    "Leave one of the two out.",
                    null);
        }
        BundleTrust trust = properties.unsigned() ? BundleTrust.checksumsOnly() : signedBy(keys(name, properties));
        if (properties.name() != null) {
            trust = trust.expectingName(properties.name());
        }
        if (properties.leastVersion() != null) {
            trust = trust.atLeastVersion(properties.leastVersion());
        }
        return properties.legacySignatures() ? trust.allowingLegacySignatures() : trust;
    }

    private static BundleTrust signedBy(List<MinisignPublicKey> keys) {
        return BundleTrust.signedBy(
                keys.getFirst(), keys.subList(1, keys.size()).toArray(new MinisignPublicKey[0]));
    }

    private List<MinisignPublicKey> keys(String name, TurnstileProperties.Trust properties) {
        List<MinisignPublicKey> keys = new ArrayList<>();
        for (int i = 0; i < properties.keys().size(); i++) {
            String key = properties.keys().get(i).strip();
            boolean isText = key.startsWith("RW") || key.startsWith("untrusted comment:");
            keys.add(MinisignPublicKey.parse(isText ? key : text(name, "trust.keys[" + i + "]", key)));
        }
        return keys;
    }

    private String text(String name, String property, String location) {
        try {
            return resource(name, property, location).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw unreadable(name, property, location, unreadable);
        }
    }

    /** Returns the file of a library. One in a jar is copied, and the copy is kept until it is released or this is closed: each instance is loaded from it. */
    Path library(String name, TurnstileProperties.Plugin plugin) {
        String location = Objects.requireNonNull(plugin.library());
        Resource resource = resource(name, "library", location);
        try {
            if (resource.isFile()) {
                return resource.getFile().toPath();
            }
            PrivateDirectory directory =
                    PrivateDirectory.in(PrivateDirectory.place().toRealPath());
            Path copy = directory.path().resolve(Objects.requireNonNull(resource.getFilename()));
            copies.put(copy, directory);
            try (InputStream content = resource.getInputStream()) {
                var unused = Files.copy(content, copy);
            }
            return copy;
        } catch (IOException unreadable) {
            throw unreadable(name, "library", location, unreadable);
        }
    }

    /** No instance will be loaded from this library any more: removes it if it is a copy. */
    void release(Path library) {
        PrivateDirectory copy = copies.remove(library);
        if (copy != null) {
            copy.close();
        }
    }

    private Resource resource(String name, String property, String location) {
        Resource resource =
                ResourceUtils.isUrl(location) ? resources.getResource(location) : new FileSystemResource(location);
        if (!resource.exists()) {
            throw new InvalidConfigurationPropertyValueException(
                    property(name, property),
                    location,
                    "There is no such file or resource (" + resource.getDescription() + ").");
        }
        return resource;
    }

    private static UncheckedIOException unreadable(
            String name, String property, String location, IOException unreadable) {
        return new UncheckedIOException(
                location + ", which " + property(name, property) + " names, cannot be read", unreadable);
    }

    static String property(String name, String property) {
        return "turnstile.plugins." + name + "." + property;
    }

    @Override
    public void close() {
        copies.keySet().forEach(this::release);
    }
}
