package org.xprompt4j.xprompt.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;

/** The list of photographs as JSON: {@code {"format": 1, "photos": [{"id": ..., ...}]}}, each entry with all fields of {@link Photo}. */
final class Manifest {
    static final String FILE_NAME = "manifest.json";
    private static final int FORMAT = 1;
    private static final int MAX_PHOTOS = 1_000_000;

    /** One line of the manifest and whatever the container added to it (file name, offset, length). */
    record Entry(Photo photo, JsonNode node) {}

    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static {
        JSON.getFactory().setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(10_000).build());
    }

    private Manifest() {}

    /**
     * @param json  the whole manifest
     * @param where what to call it in messages
     */
    static List<Entry> read(byte[] json, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new InvalidInput(where + ": is not JSON (" + e.getOriginalMessage() + "); prepare the data again", e);
        }
        if (root.path("format").asInt() != FORMAT) {
            throw new InvalidInput(where + ": field format is " + root.path("format") + ", expected " + FORMAT + "; prepare the data again");
        }
        JsonNode list = root.path("photos");
        if (!list.isArray() || list.isEmpty() || list.size() > MAX_PHOTOS) {
            throw new InvalidInput(where + ": field photos is not a list of photographs; prepare the data again");
        }
        List<Entry> entries = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode node = list.get(i);
            String at = where + ": photos[" + i + "]";
            Photo photo = new Photo(text(node, "id", at), text(node, "package", at), text(node, "path", at), text(node, "author", at),
                    text(node, "licence", at), text(node, "source", at), text(node, "sha256", at), text(node, "group", at),
                    split(text(node, "split", at), at), text(node, "caption", at), (int) number(node, "width", at, 100_000), (int) number(node, "height", at, 100_000));
            if (!photo.sha256().matches("[0-9a-f]{64}")) {
                throw new InvalidInput(at + ".sha256 is not 64 hexadecimal digits; prepare the data again");
            }
            if (!ids.add(photo.id())) {
                throw new InvalidInput(at + ".id \"" + photo.id() + "\" occurs twice; prepare the data again");
            }
            entries.add(new Entry(photo, node));
        }
        return entries;
    }

    static String text(JsonNode node, String field, String at) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw new InvalidInput(at + "." + field + " is missing or not a text; prepare the data again");
        }
        return value.asText();
    }

    static long number(JsonNode node, String field, String at, long limit) {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0 || value.asLong() > limit) {
            throw new InvalidInput(at + "." + field + " is missing or not a number from 0 to " + limit + "; prepare the data again");
        }
        return value.asLong();
    }

    private static Split split(String name, String at) {
        for (Split split : Split.values()) {
            if (split.name().equalsIgnoreCase(name)) {
                return split;
            }
        }
        throw new InvalidInput(at + ".split is \"" + name + "\", expected train, validation or test");
    }

    /** The JSON entry of a photograph, to which a container may add fields. */
    static ObjectNode node(Photo photo) {
        return JSON.createObjectNode().put("id", photo.id()).put("package", photo.packageName()).put("path", photo.path())
                .put("author", photo.author()).put("licence", photo.licence()).put("source", photo.source()).put("sha256", photo.sha256())
                .put("group", photo.group()).put("split", photo.split().name().toLowerCase(Locale.ROOT)).put("caption", photo.caption())
                .put("width", photo.width()).put("height", photo.height());
    }

    /** The whole manifest, one photograph a line. */
    static byte[] write(List<ObjectNode> photos) {
        ArrayNode list = JSON.createArrayNode().addAll(photos);
        StringBuilder out = new StringBuilder("{\"format\": " + FORMAT + ", \"photos\": [\n");
        for (int i = 0; i < list.size(); i++) {
            out.append(list.get(i)).append(i + 1 < list.size() ? ",\n" : "\n");
        }
        return out.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}
