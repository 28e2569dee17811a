package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.PtxFunction;
import org.xprompt4j.cuda.emulator.syntax.PtxProgram;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;
import org.xprompt4j.cuda.emulator.syntax.PtxVariable;

/** Makes a kernel ready to run: calls put in place, variables given addresses, basic blocks found and ordered, instructions decoded. */
final class KernelTranslator {
    private static final Set<String> ENDS = Set.of("bra", "brx", "ret", "exit");

    private static final long MOST_SHARED = 1 << 20;
    private static final long MOST_LOCAL = 512 << 10;

    private final PtxProgram program;
    private final FlatKernel flat;
    private final Map<String, Long> addresses;
    private final RegisterFile registers = new RegisterFile();
    private final Assembler asm;
    private final ArithmeticDecoder arithmetic;
    private final MoveDecoder moves;
    private final MemoryDecoder memory;
    private final WarpDecoder warps;
    private final WmmaDecoder wmma;
    private long frameBytes;
    private long staticShared;
    private int dynamicAlignment = 16;

    private KernelTranslator(PtxProgram program, FlatKernel flat, Map<String, Long> global) {
        this.program = program;
        this.flat = flat;
        this.addresses = new HashMap<>(global);
        flat.registers().forEach(registers::declare);
        place();
        this.asm = new Assembler(program.file(), registers, addresses);
        this.arithmetic = new ArithmeticDecoder(asm);
        this.moves = new MoveDecoder(asm);
        this.memory = new MemoryDecoder(asm);
        this.warps = new WarpDecoder(asm);
        this.wmma = new WmmaDecoder(asm, memory);
    }

    /**
     * Translates a kernel.
     *
     * @param parameters byte offset of each parameter
     * @param global addresses of the module's global and const variables
     */
    static KernelCode translate(PtxProgram program, PtxFunction kernel, Map<String, Integer> parameters, Map<String, Long> global) {
        return new KernelTranslator(program, CallInliner.flatten(program, kernel, parameters), global).translate();
    }

    /** Whether an operation makes lanes wait for others, so that a block must begin with it. */
    static boolean isGate(Operation operation) {
        return switch (operation.root()) {
            case "bar", "barrier" -> !operation.opcode().startsWith("barrier.cluster");
            case "shfl", "vote", "match", "redux", "mma", "wmma", "elect" -> true;
            case "ldmatrix" -> true;
            default -> false;
        };
    }

    /** Gates that are all of their block. */
    private static boolean isWholeGate(Operation operation) {
        return operation.root().equals("bar") || operation.root().equals("barrier");
    }

    private void place() {
        flat.parameters().forEach((name, offset) -> addresses.put(name, GlobalMemory.PARAMETER_WINDOW + offset));
        List<PtxVariable> dynamic = new ArrayList<>();
        List<Map.Entry<String, PtxVariable>> variables = new ArrayList<>(flat.variables().entrySet());
        program.variables().values().stream().filter(variable -> variable.space().equals("shared")).forEach(variable -> variables.add(Map.entry(variable.name(), variable)));
        for (Map.Entry<String, PtxVariable> entry : variables) {
            PtxVariable variable = entry.getValue();
            if (!variable.space().equals("shared")) {
                frameBytes = align(frameBytes, variable.alignment());
                addresses.put(entry.getKey(), frameBytes);
                frameBytes += variable.bytes();
            } else if (variable.bytes() == 0) {
                dynamic.add(variable);
                dynamicAlignment = Math.max(dynamicAlignment, variable.alignment());
            } else {
                staticShared = align(staticShared, variable.alignment());
                addresses.put(entry.getKey(), staticShared);
                staticShared += variable.bytes();
            }
        }
        if (staticShared > MOST_SHARED || frameBytes > MOST_LOCAL) {
            throw new PtxSyntaxException(program.file(), program.functions().get(flat.name()).line(), "kernel " + flat.name() + " declares " + staticShared
                    + " bytes of shared and " + frameBytes + " bytes of local memory; " + MOST_SHARED + " and " + MOST_LOCAL + " are possible");
        }
        dynamic.forEach(variable -> addresses.put(variable.name(), align(staticShared, dynamicAlignment)));
    }

    private static long align(long at, int alignment) {
        return (at + alignment - 1) / alignment * alignment;
    }

    private KernelCode translate() {
        List<Operation> operations = flat.operations();
        int[] starts = starts(operations);
        int[] blockOf = new int[operations.size() + 1];
        for (int b = 0; b < starts.length; b++) {
            int end = b + 1 < starts.length ? starts[b + 1] : operations.size();
            Arrays.fill(blockOf, starts[b], end, b);
        }
        blockOf[operations.size()] = starts.length;
        int[][] successors = new int[starts.length + 1][];
        for (int b = 0; b < starts.length; b++) {
            int end = b + 1 < starts.length ? starts[b + 1] : operations.size();
            successors[b] = successors(operations, end, blockOf);
        }
        // One more block, empty, for what runs off the end.
        successors[starts.length] = new int[0];
        int[] order = order(successors);
        int[] place = new int[successors.length];
        Arrays.fill(place, -1);
        for (int i = 0; i < order.length; i++) {
            place[order[i]] = i;
        }
        BasicBlock[] blocks = new BasicBlock[order.length];
        for (int i = 0; i < order.length; i++) {
            int b = order[i];
            int start = b < starts.length ? starts[b] : operations.size();
            int end = b + 1 < starts.length ? starts[b + 1] : operations.size();
            blocks[i] = block(i, operations.subList(start, Math.max(start, end)), place, blockOf, b + 1);
        }
        long frame = align(frameBytes, 16);
        return new KernelCode(flat.name(), blocks, registers.intRows(), registers.longRows(), registers.maskRows(), registers.constants(), registers.specials(),
                (int) frame, (int) staticShared, dynamicAlignment);
    }

    private int[] order(int[][] successors) {
        try {
            return LoopOrder.of(successors);
        } catch (IllegalArgumentException e) {
            throw (PtxSyntaxException) new PtxSyntaxException(program.file(), program.functions().get(flat.name()).line(), e.getMessage()).initCause(e);
        }
    }

    private int[] starts(List<Operation> operations) {
        TreeSet<Integer> starts = new TreeSet<>(flat.labels().values());
        starts.add(0);
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (ENDS.contains(operation.root()) || isWholeGate(operation)) {
                starts.add(i + 1);
            }
            if (isGate(operation)) {
                starts.add(i);
            }
        }
        return starts.stream().filter(at -> at < operations.size()).mapToInt(Integer::intValue).toArray();
    }

    private int target(Operation operation, String label) {
        Integer at = flat.labels().get(label);
        if (at == null) {
            throw new PtxSyntaxException(program.file(), operation.place().ptxLine(), "label '" + label + "' is not defined: " + operation);
        }
        return at;
    }

    private String label(Operation operation, int i) {
        if (i < operation.operands().size() && operation.operands().get(i) instanceof Operand.Symbol symbol) {
            return symbol.name();
        }
        throw new PtxSyntaxException(program.file(), operation.place().ptxLine(), "needs a label: " + operation);
    }

    private List<String> table(Operation operation) {
        List<String> labels = flat.targets().get(label(operation, 1));
        if (labels == null) {
            throw new PtxSyntaxException(program.file(), operation.place().ptxLine(), "no .branchtargets for " + operation);
        }
        return labels;
    }

    private int[] successors(List<Operation> operations, int end, int[] blockOf) {
        Operation last = operations.get(end - 1);
        List<Integer> next = new ArrayList<>();
        boolean always = last.guard() == null;
        switch (last.root()) {
            case "bra" -> next.add(blockOf[target(last, label(last, 0))]);
            case "brx" -> table(last).forEach(label -> next.add(blockOf[target(last, label)]));
            case "ret", "exit" -> {
            }
            default -> always = false;
        }
        if (!always) {
            next.add(blockOf[end]);
        }
        return next.stream().mapToInt(Integer::intValue).toArray();
    }

    private BasicBlock block(int index, List<Operation> operations, int[] place, int[] blockOf, int following) {
        BasicBlock block = new BasicBlock(index);
        int next = following < place.length ? place[following] : -1;
        List<Instruction> body = new ArrayList<>();
        for (Operation operation : operations) {
            asm.begin(operation);
            if (isGate(operation)) {
                block.gate = gate(operation);
                block.gate.next = next;
                if (isWholeGate(operation)) {
                    continue;
                }
            }
            if (ENDS.contains(operation.root())) {
                block.jump = jump(operation, place, blockOf, next);
                block.jump.source = operation;
            } else {
                decode();
            }
        }
        body.addAll(asm.take());
        if (block.jump == null) {
            block.jump = next >= 0 ? new Jump.Goto(next) : new Jump.Exit(-1, false, -1);
            block.jump.source = operations.isEmpty() ? null : operations.getLast();
        }
        block.operations = operations;
        block.body = body.toArray(Instruction[]::new);
        block.length = Math.max(1, operations.size());
        return block;
    }

    private Gate gate(Operation operation) {
        try {
            return warps.gate(operation);
        } catch (PtxSyntaxException e) {
            throw e;
        } catch (RuntimeException e) {
            throw operands(e);
        }
    }

    private PtxSyntaxException operands(RuntimeException cause) {
        return (PtxSyntaxException) asm.error("operands that the instruction does not take").initCause(cause);
    }

    private void decode() {
        String reason = NotEmulated.reason(asm.operation());
        if (reason != null) {
            throw asm.error(reason);
        }
        boolean known;
        try {
            known = arithmetic.decode() || memory.decode() || moves.decode() || warps.decode() || wmma.decode();
        } catch (PtxSyntaxException e) {
            throw e;
        } catch (RuntimeException e) {
            throw operands(e);
        }
        if (!known) {
            throw asm.unknown();
        }
    }

    private Jump jump(Operation operation, int[] place, int[] blockOf, int next) {
        int predicate = operation.guard() == null ? -1 : asm.predicate(operation.guard()).row();
        boolean negated = operation.guard() != null && operation.guard().negated();
        switch (operation.root()) {
            case "bra" -> {
                int taken = place[blockOf[target(operation, label(operation, 0))]];
                return predicate < 0 ? new Jump.Goto(taken) : new Jump.Branch(predicate, negated, taken, next);
            }
            case "brx" -> {
                if (predicate >= 0) {
                    throw asm.error("brx.idx with a guard is not supported");
                }
                return new Jump.Table(asm.source(0, "u32").row(), table(operation).stream().mapToInt(label -> place[blockOf[target(operation, label)]]).toArray());
            }
            default -> {
                return new Jump.Exit(predicate, negated, next);
            }
        }
    }
}
