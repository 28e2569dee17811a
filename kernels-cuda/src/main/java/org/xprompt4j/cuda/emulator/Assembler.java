package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;

/** What the decoders of the instruction families share: the operation at hand, its operands as register rows, and the instructions made so far. */
final class Assembler {
    final RegisterFile registers;
    private final String file;
    private final Map<String, Long> addresses;
    private List<Instruction> body = new ArrayList<>();
    private Operation operation;

    /**
     * @param addresses of variables, by name: global and const absolute, shared and local in their windows' own counting
     */
    Assembler(String file, RegisterFile registers, Map<String, Long> addresses) {
        this.file = file;
        this.registers = registers;
        this.addresses = addresses;
    }

    void begin(Operation next) {
        operation = next;
    }

    Operation operation() {
        return operation;
    }

    Operand operand(int i) {
        if (i >= operation.operands().size()) {
            throw error("operand " + (i + 1) + " is missing");
        }
        return operation.operands().get(i);
    }

    int operands() {
        return operation.operands().size();
    }

    boolean has(String suffix) {
        return operation.suffixes().contains(suffix);
    }

    /** The last suffix that is a type. */
    String type() {
        List<String> suffixes = operation.suffixes();
        for (int i = suffixes.size() - 1; i >= 0; i--) {
            if (org.xprompt4j.cuda.emulator.syntax.PtxParser.bytesOf(suffixes.get(i)) > 0) {
                return suffixes.get(i);
            }
        }
        throw error("the instruction names no type");
    }

    /** All suffixes that are types. */
    List<String> types() {
        return operation.suffixes().stream().filter(suffix -> org.xprompt4j.cuda.emulator.syntax.PtxParser.bytesOf(suffix) > 0).toList();
    }

    /** Rounding suffix as the lane functions spell it: Rn without one. */
    String rounding() {
        for (String suffix : operation.suffixes()) {
            switch (suffix) {
                case "rn", "rni" -> {
                    return "Rn";
                }
                case "rz", "rzi" -> {
                    return "Rz";
                }
                case "rm", "rmi" -> {
                    return "Rm";
                }
                case "rp", "rpi" -> {
                    return "Rp";
                }
                default -> {
                }
            }
        }
        return "Rn";
    }

    void add(Instruction instruction) {
        instruction.source = operation;
        if (operation.guard() != null) {
            instruction.guard = predicate(operation.guard()).row();
            instruction.guardNegated = operation.guard().negated();
        }
        body.add(instruction);
    }

    /** The instructions since the last call. */
    List<Instruction> take() {
        List<Instruction> made = body;
        body = new ArrayList<>();
        return made;
    }

    Slot predicate(Operand operand) {
        if (operand instanceof Operand.Register register) {
            Slot slot = registers.find(register.name());
            if (slot != null && slot.kind() == Kind.MASK) {
                return slot;
            }
        }
        throw error("'" + operand + "' is not a predicate");
    }

    static boolean negated(Operand operand) {
        return operand instanceof Operand.Register register && register.negated();
    }

    /** Where a result goes. A result not wanted goes to a row of its own. */
    Slot destination(Operand operand, String type) {
        if (operand instanceof Operand.Sink) {
            return registers.temporary(RegisterFile.kindOf(type));
        }
        if (operand instanceof Operand.Register register && registers.find(register.name()) != null) {
            return ofKind(registers.find(register.name()), operand, type);
        }
        throw error("'" + operand + "' cannot take a result");
    }

    private Slot ofKind(Slot slot, Operand operand, String type) {
        if ((slot.kind() == Kind.MASK) != type.equals("pred")) {
            throw error("'" + operand + "' is " + (slot.kind() == Kind.MASK ? "a" : "no") + " predicate");
        }
        return slot;
    }

    /** A row with the operand's value: a register, or a constant of the kind that the type needs. */
    Slot source(Operand operand, String type) {
        return switch (operand) {
            case Operand.Register register -> {
                Slot slot = registers.find(register.name());
                if (slot != null) {
                    yield ofKind(slot, operand, type);
                }
                if (KernelCode.isSpecial(register.name())) {
                    yield registers.special(register.name(), RegisterFile.kindOf(type));
                }
                throw error("register or special register '" + register.name() + "' is not known");
            }
            case Operand.Literal literal -> registers.constant(RegisterFile.kindOf(type), literalBits(literal, type));
            case Operand.Symbol symbol when symbol.name().equals("WARP_SZ") -> registers.constant(RegisterFile.kindOf(type), 32);
            case Operand.Symbol symbol -> registers.constant(RegisterFile.kindOf(type), address(symbol));
            default -> throw error("'" + operand + "' is not a value");
        };
    }

    Slot source(int i, String type) {
        return source(operand(i), type);
    }

    private static long literalBits(Operand.Literal literal, String type) {
        if (literal.floatBits() == 64 && type.equals("f32")) {
            return Float.floatToRawIntBits((float) Double.longBitsToDouble(literal.bits()));
        }
        if (literal.floatBits() == 32 && type.equals("f64")) {
            return Double.doubleToRawLongBits(Float.intBitsToFloat((int) literal.bits()));
        }
        return type.equals("b16") || type.equals("u16") || type.equals("s16") ? literal.bits() & 0xffff : literal.bits();
    }

    long address(Operand.Symbol symbol) {
        Long address = addresses.get(symbol.name());
        if (address == null) {
            throw error("'" + symbol.name() + "' is not declared");
        }
        return address + symbol.offset();
    }

    boolean knows(String symbol) {
        return addresses.containsKey(symbol);
    }

    /** A 32- or 64-bit integer constant from an operand that must be one. */
    long immediate(int i) {
        if (operand(i) instanceof Operand.Literal literal && literal.floatBits() == 0) {
            return literal.bits();
        }
        throw error("operand " + (i + 1) + " must be an integer constant");
    }

    /** Adds an instruction that computes a lane function. */
    void lane(String function, Slot out, Slot... arguments) {
        lane(function, List.of(), List.of(), out, arguments);
    }

    void lane(String function, List<String> before, List<String> after, Slot out, Slot... arguments) {
        LaneFormula formula;
        try {
            formula = new LaneFormula(LaneFormula.function(function), java.util.Arrays.stream(arguments).map(Slot::kind).toList(), out.kind(),
                    out.bits() == 16, before.stream().map(LaneFormula::function).toList(), after.stream().map(LaneFormula::function).toList());
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
        if (formula.main().getParameterCount() != arguments.length) {
            throw error("takes " + formula.main().getParameterCount() + " operands");
        }
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].kind() == Kind.MASK != (formula.main().getParameterTypes()[i] == boolean.class)) {
                throw error("predicate and value operands are mixed up");
            }
        }
        LaneInstruction made = LaneCompiler.instruction(formula);
        made.out = out.row();
        int[] rows = new int[4];
        for (int i = 0; i < arguments.length; i++) {
            rows[i] = arguments[i].row();
        }
        made.a = rows[0];
        made.b = rows[1];
        made.c = rows[2];
        made.e = rows[3];
        add(made);
    }

    PtxSyntaxException unknown() {
        return new PtxSyntaxException(file, operation.place().ptxLine(), "unknown instruction '" + operation.opcode() + "' (source line " + operation.place() + ")");
    }

    PtxSyntaxException error(String problem) {
        return new PtxSyntaxException(file, operation.place().ptxLine(), problem + ": " + operation + " (source line " + operation.place() + ")");
    }
}
