package org.xprompt4j.cuda.emulator.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Kind;
import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Token;

/** Reads the body of a function. Names declared in inner braces, as inline assembly does, get a number appended. */
final class FunctionParser {
    /** A brace level: what was declared in it, as written, to its unique name. */
    private static final class Scope {
        final Map<String, String> names = new HashMap<>();
        final Scope outer;
        final int number;

        Scope(Scope outer, int number) {
            this.outer = outer;
            this.number = number;
        }

        String unique(String name) {
            for (Scope scope = this; scope != null; scope = scope.outer) {
                String found = scope.names.get(name);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }

    private static final long MOST_REGISTERS = 1 << 18;
    private static final int DEEPEST = 64;

    private record Pending(Operation operation, Scope scope) {
    }

    private final String file;
    private final TokenCursor cursor;
    private final LocationTable locations;
    private final Map<String, String> registers = new LinkedHashMap<>();
    private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
    private final Map<String, Integer> labels = new LinkedHashMap<>();
    private final Map<String, List<String>> targets = new HashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Deque<Scope> scopes = new ArrayDeque<>();
    private int scopeCount;
    private int depth;

    FunctionParser(String file, TokenCursor cursor, Map<Integer, String> files) {
        this.file = file;
        this.cursor = cursor;
        this.locations = new LocationTable(file, files);
        scopes.push(new Scope(null, 0));
    }

    void declare(List<PtxVariable> parameters) {
        parameters.forEach(parameter -> {
            if (parameter.space().equals("reg")) {
                registers.put(parameter.name(), parameter.type());
            } else {
                scopes.peek().names.put(parameter.name(), parameter.name());
            }
        });
    }

    void parse() {
        cursor.expect("{");
        int depth = 1;
        while (depth > 0) {
            Token token = cursor.peek();
            if (token.is("{")) {
                cursor.take();
                scopes.push(new Scope(scopes.peek(), ++scopeCount));
                depth++;
            } else if (token.is("}")) {
                cursor.take();
                depth--;
                if (depth > 0) {
                    scopes.pop();
                }
            } else if (token.kind() == Kind.END) {
                throw cursor.error(token, "function body without '}'");
            } else {
                statement(token);
            }
        }
        SourcePlace first = pending.stream().map(p -> p.operation.place()).filter(place -> !place.file().equals(file)).findFirst().orElse(null);
        boolean known = first == null;
        for (Pending p : pending) {
            SourcePlace place = p.operation.place();
            known |= !place.file().equals(file);
            operations.add(new Operation(p.operation.opcode(), p.operation.guard(), p.operation.operands().stream().map(operand -> resolve(operand, p.scope)).toList(),
                    known ? place : new SourcePlace(first.file(), first.line(), place.ptxLine()))); // parameters are read before the first .loc
        }
    }

    private void statement(Token token) {
        if (token.is(";")) {
            cursor.take();
        } else if (token.text().startsWith(".")) {
            directive(token);
        } else if (token.kind() == Kind.WORD && cursor.peekAfter().is(":")) {
            label(token);
        } else {
            operation(token);
        }
    }

    private void directive(Token token) {
        switch (token.text()) {
            case ".loc" -> locations.read(cursor);
            case ".reg" -> declareRegisters();
            case ".local", ".shared", ".param" -> PtxParser.variables(cursor, false).forEach(variable -> {
                String unique = unique(variable.name());
                variables.put(unique, new PtxVariable(unique, variable.space(), variable.type(), variable.alignment(), variable.bytes(),
                        variable.initial(), variable.addresses(), false));
            });
            case ".pragma", ".callprototype" -> cursor.skipPast(";");
            default -> throw cursor.error(token, "unknown directive '" + token.text() + "' in a function");
        }
    }

    private String unique(String name) {
        Scope scope = scopes.peek();
        String unique = scope.number == 0 ? name : name + "#" + scope.number;
        scope.names.put(name, unique);
        return unique;
    }

    private void declareRegisters() {
        cursor.take();
        String type = cursor.word("a register type").substring(1);
        if (PtxParser.bytesOf(type) == 0 || type.equals("b128")) {
            throw cursor.error(cursor.peek(), "registers of type ." + type + " are not supported");
        }
        do {
            String name = cursor.word("a register");
            if (cursor.accept("<")) {
                Token at = cursor.peek();
                long count = cursor.integer();
                cursor.expect(">");
                if (count < 0 || count > MOST_REGISTERS - registers.size()) {
                    throw cursor.error(at, "a function has at most " + MOST_REGISTERS + " registers");
                }
                for (int i = 0; i < count; i++) {
                    registers.put(unique(name + i), type);
                }
            } else {
                registers.put(unique(name), type);
            }
        } while (cursor.accept(","));
        cursor.expect(";");
    }

    private void label(Token token) {
        cursor.take();
        cursor.expect(":");
        if (cursor.accept(".branchtargets")) {
            List<String> names = new ArrayList<>();
            do {
                names.add(cursor.word("a label"));
            } while (cursor.accept(","));
            cursor.expect(";");
            targets.put(token.text(), names);
        } else if (cursor.peek().is(".callprototype")) {
            cursor.skipPast(";");
        } else {
            labels.put(unique(token.text()), pending.size());
        }
    }

    private void operation(Token token) {
        Operand.Register guard = null;
        if (cursor.accept("@")) {
            boolean negated = cursor.accept("!");
            guard = new Operand.Register(scopes.peek().unique(cursor.word("a predicate")), negated);
            if (guard.name() == null) {
                throw cursor.error(token, "guard predicate that is not declared");
            }
        }
        String opcode = cursor.word("an instruction");
        List<Operand> operands = new ArrayList<>();
        if (!cursor.peek().is(";")) {
            do {
                operands.add(operand());
            } while (cursor.accept(","));
        }
        cursor.expect(";");
        pending.add(new Pending(new Operation(opcode, guard, operands, locations.place(token.line())), scopes.peek()));
    }

    private Operand operand() {
        if (++depth > DEEPEST) {
            throw cursor.error(cursor.peek(), "operands are nested more than " + DEEPEST + " deep");
        }
        Operand operand = nested();
        depth--;
        return operand;
    }

    private Operand nested() {
        Token token = cursor.peek();
        if (token.is("{") || token.is("(")) {
            String close = cursor.take().is("{") ? "}" : ")";
            List<Operand> members = new ArrayList<>();
            while (!cursor.accept(close)) {
                members.add(operand());
                cursor.accept(",");
            }
            return new Operand.Group(members);
        }
        if (cursor.accept("[")) {
            Operand base = simple();
            if (cursor.accept(",")) { // of textures and tensors: the instruction will be refused
                List<Operand> parts = new ArrayList<>(List.of(base));
                do {
                    parts.add(operand());
                } while (cursor.accept(","));
                cursor.expect("]");
                return new Operand.Group(parts);
            }
            cursor.expect("]");
            return base instanceof Operand.Symbol symbol ? new Operand.Memory(new Operand.Symbol(symbol.name(), 0), symbol.offset())
                    : base instanceof Operand.Memory memory ? memory : new Operand.Memory(base, 0);
        }
        Operand first = simple();
        return cursor.accept("|") ? new Operand.Pair(first, simple()) : first;
    }

    /** A register, number or symbol; register + offset, which stands in brackets only, comes as Memory. */
    private Operand simple() {
        boolean negated = cursor.accept("!");
        boolean minus = !negated && cursor.accept("-");
        Token token = cursor.take();
        if (token.kind() == Kind.NUMBER) {
            Operand.Literal literal = cursor.literal(token);
            return minus ? new Operand.Literal(literal.floatBits() == 0 ? -literal.bits() : literal.bits() ^ 1L << literal.floatBits() - 1, literal.floatBits())
                    : literal;
        }
        if (token.kind() != Kind.WORD || minus) {
            throw cursor.error(token, "expected an operand, found '" + token.text() + "'");
        }
        if (token.text().equals("_")) {
            return new Operand.Sink();
        }
        long offset = 0;
        if (cursor.accept("+")) {
            offset = cursor.integer();
        } else if (cursor.peek().is("-")) {
            offset = cursor.integer();
        }
        String name = scopes.peek().unique(token.text());
        if (name != null && registers.containsKey(name) || token.text().startsWith("%")) {
            Operand.Register register = new Operand.Register(name == null ? token.text() : name, negated);
            return offset == 0 ? register : new Operand.Memory(register, offset);
        }
        return new Operand.Symbol(token.text(), offset);
    }

    /** Symbols may be labels that follow later, so they get their unique names at the end. */
    private Operand resolve(Operand operand, Scope scope) {
        return switch (operand) {
            case Operand.Symbol symbol -> {
                String unique = scope.unique(symbol.name());
                yield unique == null ? symbol : new Operand.Symbol(unique, symbol.offset());
            }
            case Operand.Memory memory -> new Operand.Memory(resolve(memory.base(), scope), memory.offset());
            case Operand.Group group -> new Operand.Group(group.members().stream().map(member -> resolve(member, scope)).toList());
            default -> operand;
        };
    }

    Map<String, String> registers() {
        return registers;
    }

    Map<String, PtxVariable> variables() {
        return variables;
    }

    List<Operation> operations() {
        return operations;
    }

    Map<String, Integer> labels() {
        return labels;
    }

    Map<String, List<String>> targets() {
        return targets;
    }
}
