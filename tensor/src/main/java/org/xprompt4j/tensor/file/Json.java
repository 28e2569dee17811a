package org.xprompt4j.tensor.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;

/**
 * A value of a JSON document that knows where it stands, so that every complaint names file and field:
 * {@code config.json: hidden_size must be a positive integer, is "x"}. Strict (RFC 8259): no comments, no trailing commas,
 * no NaN, no duplicate keys; at most {@value #MAX_DEPTH} levels, {@value #MAX_BYTES} bytes and {@value #MAX_VALUES} values.
 *
 * <pre>{@code
 * Json config = Json.read(folder.resolve("config.json"));
 * int hidden = config.positiveInt("hidden_size");
 * double theta = config.number("rope_theta", 10000);
 * }</pre>
 */
public final class Json {
    /** Deepest nesting of arrays and objects. */
    public static final int MAX_DEPTH = 64;
    /** Longest document, the limit of a safetensors header. */
    public static final int MAX_BYTES = 100_000_000;
    /** Most values of one document, keys not counted. */
    public static final int MAX_VALUES = 4_000_000;

    private static final int MAX_MESSAGE = 400; // characters

    /** A number as written; converted when asked for, so that 64-bit integers stay exact. */
    record Num(String text) {
    }

    /** The value null, distinct from a missing field. */
    static final Object NULL = new Object();

    private final Object value; // LinkedHashMap<String, Object>, ArrayList<Object>, String, Num, Boolean or NULL
    private final String source;
    private final Json parent;
    private final String step; // ".name" or "[i]", empty at the root

    private Json(Object value, String source, Json parent, String step) {
        this.value = value;
        this.source = source;
        this.parent = parent;
        this.step = step;
    }

    /** Reads a document from a file. */
    public static Json read(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) { // reading a pipe or a device might never end
                throw new InvalidInput(file + ": is not a file");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new InvalidInput(file + ": " + size + " bytes are more than the " + MAX_BYTES + " that a JSON file may have");
            }
            return parse(Files.readAllBytes(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new InvalidInput(file + ": no such file", e);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + reason(e) + ")", e);
        }
    }

    /**
     * Parses a UTF-8 document.
     *
     * @param source what to call it in messages, usually the file name
     */
    public static Json parse(byte[] utf8, String source) {
        return new Json(new JsonParser(utf8, source).document(), source, null, "");
    }

    /** Why a file operation failed, in words: Java's messages for the common ones are a bare path. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException n -> "no such file or folder";
            case java.nio.file.AccessDeniedException a -> "permission denied";
            case java.nio.file.NotDirectoryException n -> "not a folder";
            case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    /** The file or other origin of the document. */
    public String source() {
        return source;
    }

    /** Where this value stands, such as {@code vq_config.channel_multiplier[2]}; empty for the document itself. */
    public String path() {
        if (parent == null) {
            return "";
        }
        String before = parent.path();
        return before.isEmpty() && step.startsWith(".") ? step.substring(1) : before + step;
    }

    /** The exception for a value that is wrong: "file: path MESSAGE". */
    public InvalidInput fault(String message) {
        String at = path();
        String line = message.replaceAll("[\\p{Cc}\\u2028\\u2029]+", " "); // it may quote the document
        String shown = line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
        return new InvalidInput(source + ": " + (at.isEmpty() ? "the document" : at) + " " + shown);
    }

    private InvalidInput mustBe(String what) {
        return fault("must be " + what + ", is " + preview());
    }

    private String preview() {
        String text = switch (value) {
            case Map<?, ?> map -> "an object";
            case List<?> list -> "an array of " + list.size();
            default -> JsonWriter.compact(this);
        };
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    // ---- Objects

    /** True for an object. */
    public boolean isObject() {
        return value instanceof Map;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> map() {
        if (!(value instanceof Map)) {
            throw mustBe("an object");
        }
        return (Map<String, Object>) value;
    }

    /** Names of the fields in the order of the document. */
    public Set<String> fields() {
        return java.util.Collections.unmodifiableSet(map().keySet());
    }

    /** True when the field is there and is not null. */
    public boolean has(String field) {
        Object found = map().get(field);
        return found != null && found != NULL;
    }

    /** The value of a field that must be there. */
    public Json get(String field) {
        Object found = map().get(field);
        Json child = new Json(found, source, this, "." + plain(field));
        if (found == null) {
            throw new InvalidInput(source + ": " + child.path() + " is missing");
        }
        return child;
    }

    /** A field's name for messages: as it is, or quoted where it is long or would break the line. */
    private static String plain(String field) {
        boolean safe = field.length() <= 80 && field.chars().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
        return safe ? field : JsonParser.quoted(field);
    }

    // ---- Arrays

    /** True for an array. */
    public boolean isArray() {
        return value instanceof List;
    }

    private List<?> list() {
        if (!(value instanceof List<?> list)) {
            throw mustBe("an array");
        }
        return list;
    }

    /** The elements of an array. */
    public List<Json> elements() {
        List<?> list = list();
        List<Json> out = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            out.add(new Json(list.get(i), source, this, "[" + i + "]"));
        }
        return out;
    }

    // ---- This value as a Java value

    /** True for {@code null}. */
    public boolean isNull() {
        return value == NULL;
    }

    /** True for a string. */
    public boolean isString() {
        return value instanceof String;
    }

    /** True for a number. */
    public boolean isNumber() {
        return value instanceof Num;
    }

    /** This string; anything else throws {@link InvalidInput} naming the field. */
    public String asString() {
        if (!(value instanceof String s)) {
            throw mustBe("a string");
        }
        return s;
    }

    /** This {@code true} or {@code false}; anything else throws {@link InvalidInput} naming the field. */
    public boolean asBoolean() {
        if (!(value instanceof Boolean b)) {
            throw mustBe("true or false");
        }
        return b;
    }

    /** A finite number. */
    public double asDouble() {
        if (value instanceof Num n) {
            double d = Double.parseDouble(n.text());
            if (Double.isFinite(d)) {
                return d;
            }
        }
        throw mustBe("a finite number");
    }

    /** An integer written without fraction and exponent. */
    public long asLong() {
        if (value instanceof Num n && n.text().length() <= 20 && n.text().chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')) {
            try {
                return Long.parseLong(n.text());
            } catch (NumberFormatException e) {
                throw new InvalidInput(mustBe("an integer of 64 bits").getMessage(), e);
            }
        }
        throw mustBe("an integer");
    }

    /** An integer within limits, both inclusive. */
    public long asLong(long min, long max) {
        long n = asLong();
        if (n < min || n > max) {
            throw mustBe(max == Integer.MAX_VALUE || max == Long.MAX_VALUE
                    ? "an integer of at least " + min : "an integer from " + min + " to " + max);
        }
        return n;
    }

    /** This whole number, if it fits an int; anything else throws {@link InvalidInput} naming the field. */
    public int asInt() {
        return (int) asLong(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** An integer of at least 1. */
    public int asPositiveInt() {
        if (value instanceof Num n && !n.text().contains(".") && !n.text().contains("e") && !n.text().contains("E")) {
            long i = asLong();
            if (i > 0 && i <= Integer.MAX_VALUE) {
                return (int) i;
            }
        }
        throw mustBe("a positive integer");
    }

    /** An array of integers. */
    public int[] asInts() {
        List<Json> elements = elements();
        int[] out = new int[elements.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = elements.get(i).asInt();
        }
        return out;
    }

    /** An array of finite numbers. */
    public double[] asDoubles() {
        return elements().stream().mapToDouble(Json::asDouble).toArray();
    }

    /** An array of strings. */
    public List<String> asStrings() {
        return elements().stream().map(Json::asString).toList();
    }

    // ---- Fields by name; the forms with a default take it when the field is missing or null

    /** A string that must be there. */
    public String string(String field) {
        return get(field).asString();
    }

    /** A string, or the fallback where the field is missing. */
    public String string(String field, String fallback) {
        return has(field) ? string(field) : fallback;
    }

    /** A flag that must be there. */
    public boolean flag(String field) {
        return get(field).asBoolean();
    }

    /** A flag, or the fallback where the field is missing. */
    public boolean flag(String field, boolean fallback) {
        return has(field) ? flag(field) : fallback;
    }

    /** A whole number that must be there. */
    public int integer(String field) {
        return get(field).asInt();
    }

    /** A whole number, or the fallback where the field is missing. */
    public int integer(String field, int fallback) {
        return has(field) ? integer(field) : fallback;
    }

    /** A whole number of at least 1 that must be there. */
    public int positiveInt(String field) {
        return get(field).asPositiveInt();
    }

    /** A whole number of at least 1, or the fallback where the field is missing. */
    public int positiveInt(String field, int fallback) {
        return has(field) ? positiveInt(field) : fallback;
    }

    /** A number that must be there. */
    public double number(String field) {
        return get(field).asDouble();
    }

    /** A number, or the fallback where the field is missing. */
    public double number(String field, double fallback) {
        return has(field) ? number(field) : fallback;
    }

    /** An array of whole numbers that must be there. */
    public int[] ints(String field) {
        return get(field).asInts();
    }

    /** An array of numbers that must be there. */
    public double[] numbers(String field) {
        return get(field).asDoubles();
    }

    /** This value as maps, lists, strings, numbers (Long where exact, else Double), booleans and nulls. */
    public Object toJava() {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> out = new LinkedHashMap<>();
                for (String field : fields()) {
                    out.put(field, get(field).toJava());
                }
                yield out;
            }
            case List<?> list -> {
                List<Object> out = new ArrayList<>();
                elements().forEach(e -> out.add(e.toJava()));
                yield out;
            }
            case Num n -> {
                boolean integer = n.text().length() <= 18 && n.text().chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
                yield integer ? (Object) Long.valueOf(n.text()) : (Object) asDouble();
            }
            default -> value == NULL ? null : value;
        };
    }

    Object raw() {
        return value;
    }

    @Override
    public String toString() {
        return JsonWriter.compact(this);
    }
}
