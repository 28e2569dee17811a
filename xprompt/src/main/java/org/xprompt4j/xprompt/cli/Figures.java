package org.xprompt4j.xprompt.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Numbers of a result as text for people. */
final class Figures {
    private Figures() {
    }

    /** Whole numbers as they are, others with four digits, lists and maps with commas. */
    static String text(Object value) {
        return switch (value) {
            case Double d when !Double.isFinite(d) || d == Math.rint(d) && Math.abs(d) < 1e9 -> String.format(Locale.ROOT, "%.0f", d);
            case Double d -> String.format(Locale.ROOT, Math.abs(d) < 1e-3 || Math.abs(d) >= 1e6 ? "%.2e" : Math.abs(d) < 10 ? "%.4f" : "%.1f", d);
            case List<?> list -> list.stream().map(Figures::text).collect(Collectors.joining(", "));
            case Map<?, ?> map -> map.entrySet().stream().map(e -> e.getKey() + " " + text(e.getValue())).collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }
}
