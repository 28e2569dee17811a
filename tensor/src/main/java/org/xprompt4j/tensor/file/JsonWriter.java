package org.xprompt4j.tensor.file;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes maps (in their order), lists, arrays of numbers, strings, numbers, booleans, nulls and {@link Json} values as JSON
 * text. The same value always gives the same text.
 */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    /** On one line, without spaces. */
    public static String compact(Object value) {
        JsonWriter writer = new JsonWriter(false);
        writer.write(value, 0);
        return writer.out.toString();
    }

    /** Indented by two spaces, arrays of plain values on one line, with a final line break. */
    public static String pretty(Object value) {
        JsonWriter writer = new JsonWriter(true);
        writer.write(value, 0);
        return writer.out.append('\n').toString();
    }

    private void write(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Json json -> write(json.raw(), depth);
            case Json.Num n -> out.append(n.text());
            case String s -> string(s);
            case Boolean b -> out.append(b);
            case Double d -> number(d);
            case Float f -> number(f);
            case Number n -> out.append(n);
            case Map<?, ?> map -> map(map, depth);
            case List<?> list -> list(list, depth);
            case int[] a -> list(Arrays.stream(a).boxed().toList(), depth);
            case long[] a -> list(Arrays.stream(a).boxed().toList(), depth);
            case double[] a -> list(Arrays.stream(a).boxed().toList(), depth);
            default -> {
                if (value != Json.NULL) {
                    throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
                }
                out.append("null");
            }
        }
    }

    private void number(Number n) {
        if (!Double.isFinite(n.doubleValue())) {
            throw new IllegalArgumentException(n + " has no JSON form");
        }
        out.append(n);
    }

    private void map(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            separator = ",";
            newLine(depth + 1);
            string((String) entry.getKey());
            out.append(pretty ? ": " : ":");
            write(entry.getValue(), depth + 1);
        }
        newLine(depth);
        out.append('}');
    }

    private void list(List<?> list, int depth) {
        boolean broken = pretty && list.stream().anyMatch(v -> v instanceof Map || v instanceof List || v instanceof Json j
                && (j.isObject() || j.isArray()));
        String separator = "";
        out.append('[');
        for (Object element : list) {
            out.append(separator);
            separator = pretty && !broken ? ", " : ",";
            if (broken) {
                newLine(depth + 1);
            }
            write(element, depth + 1);
        }
        if (broken) {
            newLine(depth);
        }
        out.append(']');
    }

    private void newLine(int depth) {
        if (pretty) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void string(String s) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x2028 || c == 0x2029 || loneSurrogate(s, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean loneSurrogate(String s, int i) {
        char c = s.charAt(i);
        return Character.isHighSurrogate(c) ? i + 1 == s.length() || !Character.isLowSurrogate(s.charAt(i + 1))
                : Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(s.charAt(i - 1)));
    }
}
