package dev.turnstile.plugin;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/** Reads a Path or a File from the text that it is written as. Jackson would take the text for a URI, and cut spaces off. */
final class FileNameReader<T> extends StdScalarDeserializer<T> {
    private final Class<T> type;
    private final Function<String, T> file;

    private FileNameReader(Class<T> type, Function<String, T> file) {
        super(type);
        this.type = type;
        this.file = file;
    }

    static FileNameReader<Path> ofPath() {
        return new FileNameReader<>(Path.class, Path::of);
    }

    static FileNameReader<File> ofFile() {
        return new FileNameReader<>(File.class, File::new);
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) {
        if (!json.hasToken(JsonToken.VALUE_STRING)) {
            return type.cast(context.handleUnexpectedToken(getValueType(context), json));
        }
        String name = json.getString();
        try {
            return file.apply(name);
        } catch (InvalidPathException invalid) {
            return type.cast(context.handleWeirdStringValue(
                    type, name, "no name of a file on this system: %s", invalid.getReason()));
        }
    }
}
