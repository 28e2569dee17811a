package org.xprompt4j.cuda.emulator.syntax;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Follows {@code .loc}: the source line of what comes next. Code inlined from the toolkit's headers counts for the line that called it. */
final class LocationTable {
    private record Line(int file, int line) {
    }

    /** Headers of the toolkit by name, for PTX whose folders were cut off. */
    private static final Pattern TOOLKIT = Pattern.compile("(sm_\\d+_\\w+|cuda_\\w+|math_functions|device_\\w+|cooperative_groups\\w*)\\.(h|hpp)");

    private final String ptxFile;
    private final Map<Integer, String> files;
    private final Map<Line, Line> callers = new HashMap<>();
    private Line current;

    LocationTable(String ptxFile, Map<Integer, String> files) {
        this.ptxFile = ptxFile;
        this.files = files;
    }

    void read(TokenCursor cursor) {
        cursor.take();
        Line place = new Line((int) cursor.integer(), (int) cursor.integer());
        cursor.integer();
        while (cursor.accept(",")) {
            String attribute = cursor.word("an attribute of .loc");
            if (attribute.equals("inlined_at")) {
                Line caller = new Line((int) cursor.integer(), (int) cursor.integer());
                cursor.integer();
                if (!caller.equals(place)) {
                    callers.put(place, caller);
                }
            } else {
                cursor.word("a name");
                if (cursor.accept("+")) {
                    cursor.integer();
                }
            }
        }
        for (int steps = 0; steps < 16 && ofToolkit(place.file) && callers.containsKey(place); steps++) {
            place = callers.get(place);
        }
        current = place.line == 0 && current != null ? current : place; // line 0: made by the compiler
    }

    private boolean ofToolkit(int file) {
        String path = files.getOrDefault(file, "");
        return path.contains("cuda") && path.contains("/include/") || TOOLKIT.matcher(path).matches();
    }

    SourcePlace place(int ptxLine) {
        return current == null || current.line == 0 ? new SourcePlace(ptxFile, ptxLine, ptxLine)
                : new SourcePlace(files.getOrDefault(current.file, ptxFile), current.line, ptxLine);
    }
}
