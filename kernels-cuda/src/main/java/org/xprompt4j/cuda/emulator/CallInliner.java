package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.PtxFunction;
import org.xprompt4j.cuda.emulator.syntax.PtxProgram;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;
import org.xprompt4j.cuda.emulator.syntax.PtxVariable;

/**
 * Puts device functions in the place of their calls, each copy with registers, labels and local variables of its own, so that a kernel is one
 * control flow graph. A parameter of the function becomes the caller's variable of the call. Recursion is an error.
 */
final class CallInliner {
    /** Functions without a body that the machine knows. */
    private static final Set<String> BUILT_IN = Set.of("vprintf", "__assertfail", "malloc", "free");

    private static final int MOST_OPERATIONS = 100_000;
    private static final int MOST_COPIED = 10_000; // of them from called functions: a short text can ask for any number
    /** Of all copies: functions that only call functions double at each level and need not have one instruction. */
    private static final int MOST_NAMES = 500_000;
    private static final int NAMES_OF_A_COPY = 200; // what a copy costs without any
    private static final int DEEPEST = 200; // a call in a call: each takes part of this thread's stack

    private final PtxProgram program;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, String> registers = new LinkedHashMap<>();
    private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> targets = new HashMap<>();
    private final Set<String> open = new LinkedHashSet<>();
    private int copies;
    private int copied;
    private long names;
    private int skips;

    private CallInliner(PtxProgram program) {
        this.program = program;
    }

    static FlatKernel flatten(PtxProgram program, PtxFunction kernel, Map<String, Integer> parameters) {
        CallInliner inliner = new CallInliner(program);
        inliner.copy(kernel, "", Map.of());
        return new FlatKernel(kernel.name(), inliner.operations, inliner.registers, inliner.variables, parameters, inliner.labels, inliner.targets);
    }

    /** Names of one copy: what each symbol and register is called in the whole. */
    private record Copy(PtxFunction function, String prefix, Map<String, String> formals) {
        String symbol(String name) {
            if (formals.containsKey(name)) {
                return formals.get(name);
            }
            PtxVariable variable = function.variables().get(name);
            if (variable != null) {
                // Shared variables are the block's, one for all copies of the function.
                return variable.space().equals("shared") ? function.name() + ":" + name : prefix + name;
            }
            return function.labels().containsKey(name) || function.targets().containsKey(name) ? prefix + name : name;
        }

        Operand rename(Operand operand) {
            return switch (operand) {
                case Operand.Register register -> function.registers().containsKey(register.name())
                        ? new Operand.Register(prefix + register.name(), register.negated()) : register;
                case Operand.Symbol symbol -> new Operand.Symbol(symbol(symbol.name()), symbol.offset());
                case Operand.Memory memory -> new Operand.Memory(rename(memory.base()), memory.offset());
                case Operand.Group group -> new Operand.Group(group.members().stream().map(this::rename).toList());
                case Operand.Pair pair -> new Operand.Pair(rename(pair.first()), rename(pair.second()));
                case Operand.Literal literal -> literal;
                case Operand.Sink sink -> sink;
            };
        }

        Operation rename(Operation operation) {
            return new Operation(operation.opcode(), operation.guard() == null ? null : (Operand.Register) rename(operation.guard()),
                    operation.operands().stream().map(this::rename).toList(), operation.place());
        }
    }

    private void copy(PtxFunction function, String prefix, Map<String, String> formals) {
        if (!open.add(function.name())) {
            throw new PtxSyntaxException(program.file(), function.line(), "recursion is not supported: " + String.join(" calls ", open) + " calls " + function.name());
        }
        if (open.size() > DEEPEST) {
            throw new PtxSyntaxException(program.file(), function.line(), "calls more than " + DEEPEST + " deep: " + function.name());
        }
        names += NAMES_OF_A_COPY + function.registers().size() + function.variables().size() + function.targets().size() + function.labels().size();
        if (names > MOST_NAMES) {
            throw new PtxSyntaxException(program.file(), function.line(), "more than " + MOST_NAMES + " registers, variables and labels (a call counts "
                    + NAMES_OF_A_COPY + "), with every called function in the place of its call: " + function.name());
        }
        Copy copy = new Copy(function, prefix, formals);
        function.registers().forEach((name, type) -> registers.put(prefix + name, type));
        function.variables().forEach((name, variable) -> variables.put(copy.symbol(name), variable));
        function.targets().forEach((name, list) -> targets.put(prefix + name, list.stream().map(label -> prefix + label).toList()));
        Map<Integer, List<String>> labelsAt = new HashMap<>();
        function.labels().forEach((name, at) -> labelsAt.computeIfAbsent(at, k -> new ArrayList<>()).add(prefix + name));
        String end = prefix + "return";
        for (int i = 0; i <= function.operations().size(); i++) {
            labelsAt.getOrDefault(i, List.of()).forEach(label -> labels.put(label, operations.size()));
            if (i < function.operations().size()) {
                operation(copy.rename(function.operations().get(i)), prefix.isEmpty() ? null : end);
            }
        }
        if (!prefix.isEmpty()) {
            labels.put(end, operations.size());
        }
        open.remove(function.name());
    }

    private void operation(Operation operation, String returnLabel) {
        if (operations.size() > MOST_OPERATIONS) {
            throw error(operation, "more than " + MOST_OPERATIONS + " instructions, with every called function in the place of its call");
        }
        if (returnLabel != null && ++copied > MOST_COPIED) {
            throw error(operation, "more than " + MOST_COPIED + " instructions of called functions, each in the place of its call");
        }
        String root = operation.root();
        if (root.equals("ret") && returnLabel != null) {
            operations.add(new Operation("bra", operation.guard(), List.of(new Operand.Symbol(returnLabel, 0)), operation.place()));
            return;
        }
        boolean whole = root.equals("call") || KernelTranslator.isGate(operation);
        if (whole && operation.guard() != null) {
            // Whoever has to wait, or enter a function, branches around it instead.
            String skip = "skip:" + skips++;
            operations.add(new Operation("bra", new Operand.Register(operation.guard().name(), !operation.guard().negated()),
                    List.of(new Operand.Symbol(skip, 0)), operation.place()));
            operation(new Operation(operation.opcode(), null, operation.operands(), operation.place()), returnLabel);
            labels.put(skip, operations.size());
        } else if (root.equals("call")) {
            call(operation);
        } else {
            operations.add(operation);
        }
    }

    private void call(Operation operation) {
        List<Operand> operands = operation.operands();
        boolean returns = !operands.isEmpty() && operands.getFirst() instanceof Operand.Group;
        int at = returns ? 1 : 0;
        if (operands.size() <= at || !(operands.get(at) instanceof Operand.Symbol symbol) || !program.functions().containsKey(symbol.name())) {
            throw error(operation, "only direct calls of functions of the same file are supported");
        }
        PtxFunction callee = program.functions().get(symbol.name());
        if (!callee.defined()) {
            if (!BUILT_IN.contains(callee.name())) {
                throw error(operation, "function " + callee.name() + " has no body here");
            }
            operations.add(operation);
            return;
        }
        List<Operand> results = returns ? ((Operand.Group) operands.getFirst()).members() : List.of();
        List<Operand> arguments = operands.size() > at + 1 && operands.get(at + 1) instanceof Operand.Group group ? group.members() : List.of();
        if (results.size() != callee.results().size() || arguments.size() != callee.parameters().size()) {
            throw error(operation, callee.name() + " takes " + callee.parameters().size() + " parameters and gives " + callee.results().size() + " results");
        }
        Map<String, String> formals = new HashMap<>();
        bind(operation, callee.results(), results, formals);
        bind(operation, callee.parameters(), arguments, formals);
        copy(callee, callee.name() + "@" + copies++ + ":", formals);
    }

    private void bind(Operation operation, List<PtxVariable> formals, List<Operand> actuals, Map<String, String> bound) {
        for (int i = 0; i < formals.size(); i++) {
            if (!(actuals.get(i) instanceof Operand.Symbol symbol) || formals.get(i).space().equals("reg")) {
                throw error(operation, "parameters of calls must be .param variables");
            }
            bound.put(formals.get(i).name(), symbol.name());
        }
    }

    private PtxSyntaxException error(Operation operation, String problem) {
        return new PtxSyntaxException(program.file(), operation.place().ptxLine(), problem + ": " + operation);
    }
}
