package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.cuda.emulator.MaskInstruction.Logic;
import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;

/** Decodes arithmetic, logic and comparisons into lane functions, by composing their names from opcode, type and rounding. */
final class ArithmeticDecoder {
    private final Assembler asm;
    /** The condition code register of add.cc and its kin. */
    private Slot carry;

    ArithmeticDecoder(Assembler asm) {
        this.asm = asm;
    }

    /** True if the operation belongs here and was decoded. */
    boolean decode() {
        switch (asm.operation().root()) {
            case "add", "sub" -> sum(asm.operation().root());
            case "addc" -> withCarry("add", 1);
            case "subc" -> withCarry("sub", 1);
            case "mul" -> multiply("mul", 2);
            case "mad", "fma" -> multiply("mad", 3);
            case "madc" -> madWithCarry();
            case "mul24" -> simple("mul24" + (asm.has("hi") ? "Hi" : "Lo") + typed(), 2);
            case "mad24" -> mad24();
            case "div" -> divide();
            case "rem" -> simple("rem" + typed(), 2);
            case "rcp", "sqrt" -> root(asm.operation().root());
            case "rsqrt" -> floats(isF64() ? "rsqrtApproxF64" : "rsqrtF32", 1);
            case "ex2", "lg2", "sin", "cos", "tanh" -> floats(asm.operation().root() + typed(), 1);
            case "min", "max" -> floats(asm.operation().root() + (asm.has("NaN") ? "Nan" : "") + typed(), 2);
            case "abs", "neg" -> floats(asm.operation().root() + (isFloat() ? typed() : width()), 1);
            case "copysign" -> simple("copysign" + typed(), 2);
            case "testp" -> asm.lane(asm.operation().suffixes().getFirst() + typed(), asm.predicate(asm.operand(0)), asm.source(1, asm.type()));
            case "sad" -> simple("sad" + typed(), 3);
            case "and", "or", "xor" -> logic(asm.operation().root());
            case "not", "cnot" -> not();
            case "shl" -> shift("shl" + width());
            case "shr" -> shift("shr" + (asm.type().startsWith("s") ? "S" : "U") + width());
            case "shf" -> funnel();
            case "popc", "clz", "brev" -> simple(asm.operation().root() + width(), 1);
            case "bfind" -> simple("bfind" + (asm.has("shiftamt") ? "Shift" : "") + typed(), 1);
            case "bmsk" -> simple("bmsk" + (asm.has("wrap") ? "Wrap" : "Clamp"), 2);
            case "bfe" -> simpleMixed("bfe" + typed(), 1);
            case "bfi" -> simpleMixed("bfi" + width(), 2);
            case "prmt" -> permute();
            case "lop3" -> simple("lop3", 4);
            case "dp4a" -> simple("dp4a" + upper(asm.types().get(0)) + upper(asm.types().get(1)), 3);
            case "dp2a" -> simple("dp2a" + (asm.has("hi") ? "Hi" : "Lo") + upper(asm.types().get(0)) + upper(asm.types().get(1)), 3);
            case "selp" -> select();
            case "slct" -> selectBySign();
            case "setp" -> compare();
            case "set" -> set();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String upper(String type) {
        return Character.toUpperCase(type.charAt(0)) + type.substring(1);
    }

    /** The type as the lane functions spell it: S32, F32, F16x2. Bits count as unsigned. */
    private String typed() {
        return typed(asm.type());
    }

    private static String typed(String type) {
        return type.startsWith("b") && !type.startsWith("bf") ? "U" + type.substring(1) : upper(type);
    }

    private int width() {
        return RegisterFile.bitsOf(asm.type());
    }

    private boolean isFloat() {
        return isFloat(asm.type());
    }

    static boolean isFloat(String type) {
        return type.startsWith("f") || type.startsWith("bf");
    }

    private boolean isF64() {
        return asm.type().equals("f64");
    }

    private Slot[] sources(int count, String type) {
        Slot[] sources = new Slot[count];
        for (int i = 0; i < count; i++) {
            sources[i] = asm.source(i + 1, type);
        }
        return sources;
    }

    private void simple(String function, int count) {
        asm.lane(function, asm.destination(asm.operand(0), asm.type()), sources(count, asm.type()));
    }

    /** The first operands have the instruction's type, the others 32 bits. */
    private void simpleMixed(String function, int count) {
        Slot[] sources = new Slot[asm.operands() - 1];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = asm.source(i + 1, i < count ? asm.type() : "u32");
        }
        asm.lane(function, asm.destination(asm.operand(0), asm.type()), sources);
    }

    /** Flushing, saturation and clamping around a float function. */
    private void floats(String function, int count) {
        asm.lane(function, flush(), after(), asm.destination(asm.operand(0), asm.type()), sources(count, asm.type()));
    }

    private List<String> flush() {
        String type = asm.type();
        if (!asm.has("ftz") || type.startsWith("bf") || type.equals("f64")) {
            return List.of();
        }
        return List.of("ftz" + typed(type));
    }

    private List<String> after() {
        List<String> after = new ArrayList<>(flush());
        if (isFloat() && asm.has("sat")) {
            after.add("sat" + typed());
        }
        if (isFloat() && asm.has("relu")) {
            after.add("relu" + typed());
        }
        return after;
    }

    private String rounded() {
        return asm.type().equals("f32") || isF64() ? asm.rounding() : "";
    }

    private void sum(String root) {
        if (isFloat()) {
            floats(root + typed() + rounded(), 2);
        } else if (asm.has("cc")) {
            withCarry(root, 0);
        } else if (asm.has("sat")) {
            simple(root + "SatS32", 2);
        } else {
            simple(root + width(), 2);
        }
    }

    private Slot carry() {
        if (carry == null) {
            carry = asm.registers.temporary(Kind.MASK);
        }
        return carry;
    }

    /** add.cc, addc, addc.cc and the same of sub: the new carry is found first, for the result may replace an operand. */
    private void withCarry(String root, int takes) {
        Slot[] operands = sources(2, asm.type());
        addWithCarry(root, takes != 0, asm.destination(asm.operand(0), asm.type()), operands[0], operands[1]);
    }

    private void addWithCarry(String root, boolean takes, Slot out, Slot a, Slot b) {
        Slot in = carry();
        if (!takes) {
            in = asm.registers.constant(Kind.MASK, 0);
        }
        Slot next = asm.registers.temporary(Kind.MASK);
        boolean gives = asm.has("cc");
        if (gives) {
            asm.lane((root.equals("add") ? "addCarry" : "subBorrow") + width(), next, a, b, in);
        }
        asm.lane((root.equals("add") ? "addc" : "subc") + width(), out, a, b, in);
        if (gives) {
            asm.add(new MaskInstruction(Logic.MOVE, carry().row(), false, next.row(), false, next.row(), false));
        }
    }

    private void multiply(String root, int count) {
        if (isFloat()) {
            // mul.rn and mul differ only in what a compiler may fuse; mad of floats is fma.
            floats((root.equals("mad") ? "fma" : root) + typed() + rounded(), count);
        } else if (root.equals("mad") && asm.has("cc")) {
            Slot product = asm.registers.temporary(RegisterFile.kindOf(asm.type()));
            product(product);
            addWithCarry("add", false, asm.destination(asm.operand(0), asm.type()), product, asm.source(3, asm.type()));
        } else if (asm.has("wide")) {
            String wide = asm.type().equals("s16") ? "s32" : asm.type().equals("u16") ? "u32" : "u64";
            Slot out = asm.destination(asm.operand(0), wide);
            if (count == 2) {
                asm.lane(root + "Wide" + typed(), out, sources(2, asm.type()));
            } else {
                asm.lane(root + "Wide" + typed(), out, asm.source(1, asm.type()), asm.source(2, asm.type()), asm.source(3, wide));
            }
        } else if (asm.has("hi")) {
            simple(root + "Hi" + (asm.has("sat") ? "Sat" : "") + typed(), count);
        } else {
            simple(root + "Lo" + width(), count);
        }
    }

    private void product(Slot out) {
        Slot[] operands = sources(2, asm.type());
        asm.lane(asm.has("hi") ? "mulHi" + typed() : "mulLo" + width(), out, operands);
    }

    private void madWithCarry() {
        Slot product = asm.registers.temporary(RegisterFile.kindOf(asm.type()));
        product(product);
        addWithCarry("add", true, asm.destination(asm.operand(0), asm.type()), product, asm.source(3, asm.type()));
    }

    private void mad24() {
        Slot product = asm.registers.temporary(Kind.INT);
        asm.lane("mul24" + (asm.has("hi") ? "Hi" : "Lo") + typed(), product, sources(2, asm.type()));
        asm.lane("add32", asm.destination(asm.operand(0), asm.type()), product, asm.source(3, asm.type()));
    }

    private void divide() {
        if (isFloat()) {
            floats("div" + typed() + asm.rounding(), 2);
        } else {
            simple("div" + typed(), 2);
        }
    }

    private void root(String root) {
        boolean approximate = asm.has("approx") && isF64() && root.equals("rcp");
        floats(approximate ? "rcpApproxF64" : root + typed() + asm.rounding(), 1);
    }

    private void logic(String root) {
        if (asm.type().equals("pred")) {
            predicates(Logic.valueOf(root.toUpperCase(java.util.Locale.ROOT)), asm.predicate(asm.operand(0)), false, asm.operand(1), asm.operand(2));
        } else {
            simple(root + (width() == 64 ? 64 : 32), 2);
        }
    }

    private void predicates(Logic logic, Slot out, boolean invert, Operand a, Operand b) {
        asm.add(new MaskInstruction(logic, out.row(), invert, mask(a).row(), Assembler.negated(a), mask(b).row(), Assembler.negated(b)));
    }

    private Slot mask(Operand operand) {
        return operand instanceof Operand.Literal literal ? asm.registers.constant(Kind.MASK, literal.bits()) : asm.predicate(operand);
    }

    private void not() {
        if (asm.type().equals("pred")) {
            predicates(Logic.MOVE, asm.predicate(asm.operand(0)), true, asm.operand(1), asm.operand(1));
        } else {
            String root = asm.operation().root();
            simple(root + (root.equals("cnot") && width() == 16 ? 32 : width()), 1);
        }
    }

    private void shift(String function) {
        asm.lane(function, asm.destination(asm.operand(0), asm.type()), asm.source(1, asm.type()), asm.source(2, "u32"));
    }

    private void funnel() {
        simple("shf" + (asm.has("l") ? "L" : "R") + (asm.has("wrap") ? "Wrap" : "Clamp"), 3);
    }

    private void permute() {
        String mode = asm.operation().suffixes().size() > 1 ? upper(asm.operation().suffixes().get(1)) : "";
        simple("prmt" + mode, 3);
    }

    private void select() {
        String type = asm.type();
        Operand condition = asm.operand(3);
        boolean negated = Assembler.negated(condition);
        asm.lane(RegisterFile.bitsOf(type) == 64 ? "sel64" : "sel32", asm.destination(asm.operand(0), type),
                asm.source(negated ? 2 : 1, type), asm.source(negated ? 1 : 2, type), mask(condition));
    }

    /** d = c at least 0 ? a : b. */
    private void selectBySign() {
        String type = asm.types().get(0);
        boolean byFloat = asm.types().get(1).equals("f32");
        Slot positive = asm.registers.temporary(Kind.MASK);
        asm.lane(byFloat ? "geF32" : "geS32", byFloat && asm.has("ftz") ? List.of("ftzF32") : List.of(), List.of(), positive,
                asm.source(3, byFloat ? "f32" : "s32"), asm.registers.constant(Kind.INT, 0));
        asm.lane(RegisterFile.bitsOf(type) == 64 ? "sel64" : "sel32", asm.destination(asm.operand(0), type), asm.source(1, type), asm.source(2, type), positive);
    }

    private static String comparison(String name, String type) {
        String plain = switch (name) {
            case "lo" -> "lt";
            case "ls" -> "le";
            case "hi" -> "gt";
            case "hs" -> "ge";
            default -> name;
        };
        boolean bits = !isFloat(type) && (plain.equals("eq") || plain.equals("ne"));
        return plain + (bits ? String.valueOf(RegisterFile.bitsOf(type)) : typed(type));
    }

    private List<String> flushOperands(String type) {
        return asm.has("ftz") && (type.equals("f32") || type.equals("f16")) ? List.of("ftz" + typed(type)) : List.of();
    }

    /** setp.cmp.type p|q, a, b and setp.cmp.bool.type p|q, a, b, c: p = cmp bool c, q = not cmp, bool c. */
    private void compare() {
        String type = asm.type();
        List<String> suffixes = asm.operation().suffixes();
        if (type.endsWith("x2")) {
            packedCompare(type);
            return;
        }
        Slot result = asm.registers.temporary(Kind.MASK);
        asm.lane(comparison(suffixes.getFirst(), type), flushOperands(type), List.of(), result, asm.source(1, type), asm.source(2, type));
        Operand target = asm.operand(0);
        give(target instanceof Operand.Pair pair ? pair.first() : target, result, false);
        if (target instanceof Operand.Pair pair) {
            give(pair.second(), result, true);
        }
    }

    /** Puts a comparison's result, combined with operand c where there is one, into a predicate. */
    private void give(Operand target, Slot result, boolean invert) {
        if (target instanceof Operand.Sink) {
            return;
        }
        Slot out = asm.predicate(target);
        if (asm.operands() > 3) {
            Logic logic = asm.has("and") ? Logic.AND : asm.has("or") ? Logic.OR : Logic.XOR;
            Operand c = asm.operand(3);
            asm.add(new MaskInstruction(logic, out.row(), false, result.row(), invert, mask(c).row(), Assembler.negated(c)));
        } else {
            asm.add(new MaskInstruction(Logic.MOVE, out.row(), false, result.row(), invert, result.row(), false));
        }
    }

    /** Two comparisons of the halves, into the two predicates. */
    private void packedCompare(String type) {
        String half = type.substring(0, type.length() - 2);
        Operand.Pair pair = asm.operand(0) instanceof Operand.Pair two ? two : new Operand.Pair(asm.operand(0), new Operand.Sink());
        for (int k = 0; k < 2; k++) {
            Slot a = half(asm.source(1, type), k);
            Slot b = half(asm.source(2, type), k);
            Slot result = asm.registers.temporary(Kind.MASK);
            asm.lane(comparison(asm.operation().suffixes().getFirst(), half), flushOperands(half), List.of(), result, a, b);
            give(k == 0 ? pair.first() : pair.second(), result, false);
        }
    }

    private Slot half(Slot pair, int which) {
        Slot half = asm.registers.temporary(Kind.INT);
        asm.lane(which == 0 ? "low16" : "high16", half, pair);
        return half;
    }

    /** set.cmp(.bool).dtype.stype: all ones or 1.0 where true. */
    private void set() {
        String to = asm.types().get(0);
        String from = asm.types().get(1);
        Slot out = asm.destination(asm.operand(0), to);
        if (from.endsWith("x2")) {
            String half = from.substring(0, from.length() - 2);
            Slot[] halves = new Slot[2];
            for (int k = 0; k < 2; k++) {
                Slot result = combined(asm.registers.temporary(Kind.MASK), half, half(asm.source(1, from), k), half(asm.source(2, from), k));
                halves[k] = asm.registers.temporary(Kind.INT);
                asm.lane("sel32", halves[k], asm.registers.constant(Kind.INT, one(to.endsWith("x2") ? to.substring(0, to.length() - 2) : "u16")),
                        asm.registers.constant(Kind.INT, 0), result);
            }
            asm.lane("pack16", out, halves);
            return;
        }
        Slot result = combined(asm.registers.temporary(Kind.MASK), from, asm.source(1, from), asm.source(2, from));
        asm.lane("sel32", out, asm.registers.constant(Kind.INT, one(to)), asm.registers.constant(Kind.INT, 0), result);
    }

    private Slot combined(Slot result, String type, Slot a, Slot b) {
        asm.lane(comparison(asm.operation().suffixes().getFirst(), type), flushOperands(type), List.of(), result, a, b);
        if (asm.operands() > 3) {
            Logic logic = asm.has("and") ? Logic.AND : asm.has("or") ? Logic.OR : Logic.XOR;
            Operand c = asm.operand(3);
            asm.add(new MaskInstruction(logic, result.row(), false, result.row(), false, mask(c).row(), Assembler.negated(c)));
        }
        return result;
    }

    private static long one(String type) {
        return switch (type) {
            case "f32" -> Float.floatToRawIntBits(1);
            case "f16" -> 0x3c00;
            case "bf16" -> 0x3f80;
            case "u16", "s16" -> 0xffff;
            default -> -1;
        };
    }
}
