package org.xprompt4j.cuda.emulator.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Token;

/** Reads a whole PTX file: directives, variables and functions. Debug sections are skipped, {@code .loc} is kept. */
public final class PtxParser {
    private static final Set<String> LINKAGE = Set.of(".visible", ".extern", ".weak", ".common");
    private static final Set<String> SPACES = Set.of(".global", ".const", ".shared", ".local");

    private static final int MOST_ALIGNMENT = 1 << 16;
    private static final long MOST_BYTES = 1 << 28;

    private final String file;
    private final TokenCursor cursor;
    private final Map<Integer, String> files = new HashMap<>();
    private final Map<String, PtxFunction> functions = new LinkedHashMap<>();
    private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
    private String version = "";
    private String target = "";

    private PtxParser(String text, String file) {
        this.file = file;
        this.cursor = new TokenCursor(file, text);
    }

    /**
     * Parses PTX.
     *
     * @param file name used in messages
     * @throws PtxSyntaxException naming the line, if it cannot be read
     */
    public static PtxProgram parse(String text, String file) {
        return new PtxParser(text, file).program(text);
    }

    private PtxProgram program(String text) {
        // Files are declared at the end of what nvcc writes, after their first use.
        text.lines().map(String::strip).filter(line -> line.startsWith(".file")).forEach(line -> {
            String[] parts = line.split("\\s+", 3);
            if (parts.length == 3 && parts[1].matches("\\d{1,9}") && parts[2].matches("\".*\".*")) {
                files.put(Integer.parseInt(parts[1]), parts[2].substring(1, parts[2].indexOf('"', 1)));
            }
        });
        while (!cursor.ended()) {
            directive();
        }
        if (version.isEmpty()) {
            throw new PtxSyntaxException(file, 1, "no .version directive: is this PTX?");
        }
        return new PtxProgram(file, version, target, functions, variables);
    }

    private void directive() {
        Token token = cursor.peek();
        boolean external = false;
        while (LINKAGE.contains(cursor.peek().text())) {
            external |= cursor.take().is(".extern");
        }
        String directive = cursor.peek().text();
        switch (directive) {
            case ".version" -> {
                cursor.take();
                version = cursor.take().text();
            }
            case ".target" -> {
                cursor.take();
                target = cursor.word("a target");
                while (cursor.accept(",")) {
                    cursor.word("a target");
                }
            }
            case ".address_size" -> {
                cursor.take();
                Token size = cursor.peek();
                if (cursor.integer() != 64) {
                    throw cursor.error(size, "only .address_size 64 is supported");
                }
            }
            case ".file" -> {
                cursor.take();
                cursor.integer();
                cursor.take();
                while (cursor.accept(",")) {
                    cursor.integer();
                }
            }
            case ".section" -> {
                cursor.take();
                cursor.take();
                cursor.skipBraces();
            }
            case ".pragma", ".alias" -> cursor.skipPast(";");
            case ".entry", ".func" -> {
                cursor.take();
                function(directive.equals(".entry"), token.line());
            }
            default -> {
                if (!SPACES.contains(directive)) {
                    throw cursor.error(token, "unknown directive '" + directive + "'");
                }
                for (PtxVariable variable : variables(cursor, external)) {
                    variables.merge(variable.name(), variable, (old, now) -> now.external() ? old : now);
                }
            }
        }
    }

    private void function(boolean entry, int line) {
        List<PtxVariable> results = entry || !cursor.peek().is("(") ? List.of() : parameters();
        String name = cursor.word("a function's name");
        List<PtxVariable> parameters = cursor.peek().is("(") ? parameters() : List.of();
        int maxThreads = 0;
        while (cursor.peek().text().startsWith(".")) {
            String directive = cursor.take().text();
            if (directive.equals(".maxntid") || directive.equals(".reqntid")) {
                long threads = cursor.integer();
                while (cursor.accept(",")) {
                    threads *= cursor.integer();
                }
                maxThreads = (int) threads;
            } else if (directive.equals(".pragma")) {
                cursor.skipPast(";");
            } else {
                while (cursor.peek().kind() == PtxLexer.Kind.NUMBER || cursor.peek().is(",")) {
                    cursor.take();
                }
            }
        }
        if (cursor.accept(";")) {
            functions.putIfAbsent(name, new PtxFunction(name, entry, parameters, results, Map.of(), Map.of(), List.of(), Map.of(), Map.of(), 0, false, line));
            return;
        }
        FunctionParser body = new FunctionParser(file, cursor, files);
        body.declare(parameters);
        body.declare(results);
        body.parse();
        functions.put(name, new PtxFunction(name, entry, parameters, results, body.registers(), body.variables(), body.operations(), body.labels(),
                body.targets(), maxThreads, true, line));
    }

    private List<PtxVariable> parameters() {
        List<PtxVariable> parameters = new ArrayList<>();
        cursor.expect("(");
        while (!cursor.accept(")")) {
            if (!parameters.isEmpty()) {
                cursor.expect(",");
            }
            parameters.add(variables(cursor, false, false).getFirst());
        }
        return parameters;
    }

    static List<PtxVariable> variables(TokenCursor cursor, boolean external) {
        List<PtxVariable> variables = variables(cursor, external, true);
        cursor.expect(";");
        return variables;
    }

    /** A declaration, from its state space to before the semicolon. */
    private static List<PtxVariable> variables(TokenCursor cursor, boolean external, boolean several) {
        Token first = cursor.peek();
        String space = cursor.word("a state space").substring(1);
        int alignment = 0;
        int vector = 1;
        String type = null;
        boolean pointer = false;
        while (cursor.peek().text().startsWith(".")) {
            String part = cursor.take().text();
            switch (part) {
                case ".align" -> {
                    Token at = cursor.peek();
                    int align = (int) cursor.integer();
                    if (align < 1 || align > MOST_ALIGNMENT || Integer.bitCount(align) != 1) {
                        throw cursor.error(at, "an alignment is a power of two of at most " + MOST_ALIGNMENT);
                    }
                    alignment = pointer ? alignment : align;
                }
                case ".ptr" -> pointer = true; // what follows tells of the place pointed to
                case ".global", ".const", ".shared", ".local", ".param" -> {
                    // attributes of a pointer parameter change nothing here
                }
                case ".attribute" -> cursor.skipPast(")");
                case ".v2" -> vector = 2;
                case ".v4" -> vector = 4;
                default -> type = part.substring(1);
            }
        }
        if (type == null || bytesOf(type) == 0) {
            throw cursor.error(first, "declaration without a known type" + (type == null ? "" : ": ." + type));
        }
        List<PtxVariable> variables = new ArrayList<>();
        do {
            String name = cursor.word("a name");
            long elements = vector;
            while (cursor.accept("[")) {
                if (cursor.accept("]")) {
                    elements = 0;
                } else {
                    Token at = cursor.peek();
                    long size = cursor.integer();
                    if (size < 0 || size > MOST_BYTES || elements * size > MOST_BYTES) {
                        throw cursor.error(at, "a variable has at most " + MOST_BYTES + " elements");
                    }
                    elements *= size;
                    cursor.expect("]");
                }
            }
            Initializer initial = new Initializer(bytesOf(type));
            if (cursor.accept("=")) {
                initial.read(cursor);
            }
            int align = Math.max(1, alignment == 0 ? bytesOf(type) * vector : alignment);
            long bytes = Math.max(elements * bytesOf(type), elements == 0 ? initial.bytes().length : 0);
            variables.add(new PtxVariable(name, space, type, align, bytes, initial.present() ? initial.bytes() : null, initial.addresses(), external));
        } while (several && cursor.accept(","));
        return variables;
    }

    /** Size of a type without its dot; 0 if unknown. Predicates count as one byte. */
    public static int bytesOf(String type) {
        return switch (type) {
            case "pred", "b8", "s8", "u8", "e4m3", "e5m2" -> 1;
            case "b16", "s16", "u16", "f16", "bf16" -> 2;
            case "b32", "s32", "u32", "f32", "f16x2", "bf16x2", "tf32" -> 4;
            case "b64", "s64", "u64", "f64" -> 8;
            case "b128" -> 16;
            default -> 0;
        };
    }
}
