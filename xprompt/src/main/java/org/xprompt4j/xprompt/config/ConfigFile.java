package org.xprompt4j.xprompt.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Reads a JSON file into a record. Every component must be present and of its type, none may be unknown, and comments
 * ({@code //}, {@code #}) are allowed so that a recipe can say why. Limits inside records are checked by their constructors.
 */
public final class ConfigFile {
    private static final String UNNAMED = "configuration: ";
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_MESSAGE = 300; // characters of what a message quotes
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_COMMENTS, JsonParser.Feature.ALLOW_YAML_COMMENTS, JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, text -> {
                for (CoercionInputShape shape : List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
                    text.setCoercion(shape, CoercionAction.Fail);
                }
            })
            .addModule(new FiniteNumbers())
            .build();

    static {
        MAPPER.getFactory().setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build());
    }

    private ConfigFile() {
    }

    /**
     * Reads a configuration.
     *
     * @throws InvalidInput naming file, line and field
     */
    public static <T> T read(Path file, Class<T> type) {
        String text;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) { // reading a pipe or a device might never end
                throw new InvalidInput(file + ": is not a file");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInput(file + ": larger than a configuration may be (" + MAX_BYTES + " bytes)");
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
        return parse(text, file.toString(), type);
    }

    /** As {@link #read}, from text; {@code source} stands in the messages. */
    public static <T> T parse(String text, String source, Class<T> type) {
        try {
            T config = MAPPER.readValue(text, type);
            if (config == null) {
                throw new InvalidInput(source + ": holds null, must be an object with named fields");
            }
            return config;
        } catch (JsonProcessingException e) {
            throw new InvalidInput(source + where(e) + ": " + what(e), e);
        }
    }

    /** The record as JSON text, one field a line. */
    public static String write(Object config) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a configuration record that cannot be written: " + config.getClass(), e);
        }
    }

    /** The same complaint with the name of the file, for rules that show only when a configuration is used ("configuration: ..."). */
    public static InvalidInput named(Path file, InvalidInput complaint) {
        return complaint.getMessage().startsWith(UNNAMED)
                ? new InvalidInput(file + complaint.getMessage().substring(UNNAMED.length() - 2), complaint) : complaint;
    }

    private static String where(JsonProcessingException e) {
        String line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return line;
        }
        String path = mapping.getPath().stream()
                .map(r -> r.getFieldName() != null ? r.getFieldName() : "[" + r.getIndex() + "]")
                .collect(Collectors.joining("."));
        return line + ", field " + plain(path.replace(".[", "["));
    }

    private static String what(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown field; known here are " + unknown.getKnownPropertyIds();
        }
        if (e instanceof ValueInstantiationException && e.getCause() != null) {
            return e.getCause() instanceof NullPointerException ? "holds null where a value is needed" : plain(e.getCause().getMessage());
        }
        if (e.getOriginalMessage().startsWith("Missing creator property")) {
            return "this field is missing";
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return "must be " + words(mismatch.getTargetType());
        }
        return plain(e.getOriginalMessage().lines().findFirst().orElse("not valid JSON"));
    }

    /** What a field of a Java type must hold. */
    private static String words(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        return switch (type.getSimpleName()) {
            case "int", "Integer", "long", "Long" -> "an integer" + (type == int.class || type == Integer.class ? " of 32 bits" : "");
            case "float", "Float", "double", "Double" -> "a number of finite size";
            case "boolean", "Boolean" -> "true or false";
            case "String" -> "a text";
            case "List", "ArrayList" -> "a list";
            default -> "an object with named fields";
        };
    }

    /** A message that may quote the file, on one line of sensible length. */
    private static String plain(String message) {
        String line = message.replaceAll("[\\p{Cc}\\u2028\\u2029]+", " ").strip();
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
    }
}
