package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.cuda.emulator.MaskInstruction.Logic;
import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;

/** Decodes moves, packing and unpacking, conversions between types and between address spaces. */
final class MoveDecoder {
    private final Assembler asm;

    MoveDecoder(Assembler asm) {
        this.asm = asm;
    }

    /** True if the operation belongs here and was decoded. */
    boolean decode() {
        switch (asm.operation().root()) {
            case "mov" -> move();
            case "cvt" -> convert();
            case "cvta" -> convertAddress();
            case "isspacep" -> isSpace();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void move() {
        String type = asm.type();
        if (asm.operand(1) instanceof Operand.Group group) {
            pack(type, group.members());
        } else if (asm.operand(0) instanceof Operand.Group group) {
            unpack(type, group.members());
        } else if (type.equals("pred")) {
            Operand from = asm.operand(1);
            Slot a = from instanceof Operand.Literal literal ? asm.registers.constant(Kind.MASK, literal.bits()) : asm.predicate(from);
            asm.add(new MaskInstruction(Logic.MOVE, asm.predicate(asm.operand(0)).row(), false, a.row(), Assembler.negated(from), a.row(), false));
        } else if (asm.operand(1) instanceof Operand.Register register && ClockInstruction.reads(register.name())) {
            asm.add(new ClockInstruction(register.name(), asm.destination(asm.operand(0), type)));
        } else {
            Slot out = asm.destination(asm.operand(0), type);
            asm.lane(out.kind() == Kind.LONG ? "move64" : "move32", out, asm.source(1, type));
        }
    }

    private void pack(String type, List<Operand> members) {
        Slot out = asm.destination(asm.operand(0), type);
        int bits = RegisterFile.bitsOf(type) / members.size();
        Slot[] parts = members.stream().map(member -> asm.source(member, "b" + bits)).toArray(Slot[]::new);
        asm.lane(switch (bits) {
            case 32 -> "pack32";
            case 16 -> members.size() == 4 ? "pack16x4" : "pack16";
            case 8 -> members.size() == 4 ? "pack8" : "pack8x2";
            default -> throw asm.unknown();
        }, out, parts);
    }

    private void unpack(String type, List<Operand> members) {
        Slot from = asm.source(1, type);
        int bits = RegisterFile.bitsOf(type) / members.size();
        List<Operand> wanted = new ArrayList<>(members);
        // A part may replace the whole, which is then read last.
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i) instanceof Operand.Sink) {
                continue;
            }
            Slot out = asm.destination(wanted.get(i), "b" + bits);
            switch (bits) {
                case 32 -> asm.lane(i == 0 ? "low32" : "high32", out, from);
                case 16 -> {
                    if (members.size() == 2) {
                        asm.lane(i == 0 ? "low16" : "high16", out, from);
                    } else {
                        asm.lane("part16", out, from, asm.registers.constant(Kind.INT, i));
                    }
                }
                case 8 -> asm.lane("part8", out, from, asm.registers.constant(Kind.INT, i));
                default -> throw asm.unknown();
            }
        }
    }

    private static String upper(String type) {
        String plain = type.startsWith("b") && !type.startsWith("bf") ? "u" + type.substring(1) : type;
        return Character.toUpperCase(plain.charAt(0)) + plain.substring(1);
    }

    private void convert() {
        List<String> types = asm.types();
        if (types.size() != 2) {
            throw asm.unknown();
        }
        String to = types.get(0);
        String from = types.get(1);
        if (to.endsWith("x2")) {
            List<String> after = asm.has("relu") ? List.of("relu" + upper(to)) : List.of();
            asm.lane("f32To" + upper(to) + asm.rounding(), List.of(), after, asm.destination(asm.operand(0), to), asm.source(1, from), asm.source(2, from));
        } else if (to.equals("tf32")) {
            asm.lane(asm.has("rna") ? "f32ToTf32Rna" : "f32ToTf32Rn", asm.destination(asm.operand(0), to), asm.source(1, from));
        } else if (ArithmeticDecoder.isFloat(from)) {
            fromFloat(to, from);
        } else {
            fromInteger(to, from);
        }
    }

    private void emit(String to, String from, List<String> before, List<String> steps) {
        asm.lane(steps.getFirst(), before, steps.subList(1, steps.size()), asm.destination(asm.operand(0), to), asm.source(1, from));
    }

    private void fromInteger(String to, String from) {
        List<String> steps = new ArrayList<>();
        boolean signed = from.startsWith("s");
        int fromBits = RegisterFile.bitsOf(from);
        int toBits = RegisterFile.bitsOf(to);
        if (fromBits == 64 && toBits == 32 && !asm.has("sat") && !ArithmeticDecoder.isFloat(to)) {
            emit(to, from, List.of(), List.of("low32"));
            return;
        }
        steps.add(fromBits == 64 ? "move64" : "wide" + upper(from));
        if (ArithmeticDecoder.isFloat(to)) {
            String sign = signed || fromBits < 64 ? "S" : "U";
            if (to.equals("f64")) {
                steps.add("long" + sign + "ToF64" + asm.rounding());
            } else if (to.equals("f32") && sign.equals("S") && asm.rounding().equals("Rn")) {
                steps.add("longSToF32Rn");
            } else {
                steps.add("real" + sign);
                steps.add("realTo" + upper(to) + asm.rounding());
            }
            saturateFloat(to, steps);
        } else {
            if (asm.has("sat")) {
                steps.add("sat" + upper(to) + (signed ? "S" : "U"));
            }
            if (toBits < 64) {
                steps.add("narrow" + (toBits == 32 ? "32" : upper(to)));
            }
        }
        emit(to, from, List.of(), steps);
    }

    private void saturateFloat(String to, List<String> steps) {
        if (asm.has("sat")) {
            steps.add("sat" + upper(to));
        }
        if (asm.has("relu")) {
            steps.add("relu" + upper(to));
        }
    }

    private void fromFloat(String to, String from) {
        boolean integral = asm.operation().suffixes().stream().anyMatch(suffix -> suffix.matches("r[nzmp]i"));
        List<String> before = asm.has("ftz") && from.equals("f32") ? List.of("ftzF32") : List.of();
        if (!integral && !asm.has("sat") && !asm.has("relu") && before.isEmpty() && asm.rounding().equals("Rn")) {
            if (from.equals("f32") && (to.equals("f16") || to.equals("bf16"))) {
                emit(to, from, before, List.of("f32To" + upper(to) + "Rn"));
                return;
            }
            if (from.equals("f16") && to.equals("f32")) {
                emit(to, from, before, List.of("f16ToF32"));
                return;
            }
        }
        List<String> steps = new ArrayList<>();
        steps.add("real" + upper(from));
        if (!ArithmeticDecoder.isFloat(to)) {
            steps.add("integral" + asm.rounding());
            boolean top = RegisterFile.bitsOf(to) == 64 || from.equals("f64") && RegisterFile.bitsOf(to) == 32;
            steps.add("realTo" + upper(to) + (top ? "OrTop" : ""));
        } else {
            if (integral) {
                steps.add("integral" + asm.rounding());
            }
            steps.add("realTo" + upper(to) + (to.equals("f64") ? "" : integral ? "Rn" : asm.rounding()));
            if (asm.has("ftz") && to.equals("f32")) {
                steps.add("ftzF32");
            }
            saturateFloat(to, steps);
        }
        emit(to, from, before, steps);
    }

    private static long window(String space) {
        return switch (space) {
            case "shared" -> GlobalMemory.SHARED_WINDOW;
            case "local" -> GlobalMemory.LOCAL_WINDOW;
            default -> 0;
        };
    }

    private static String space(List<String> suffixes) {
        return suffixes.stream().filter(suffix -> !suffix.equals("to") && !suffix.startsWith("u")).map(suffix -> suffix.replaceAll("::.*", "")).findFirst().orElse("");
    }

    private void convertAddress() {
        String type = asm.type();
        long window = window(space(asm.operation().suffixes()));
        Slot out = asm.destination(asm.operand(0), type);
        Slot from = asm.source(1, type);
        if (window == 0 || out.kind() != Kind.LONG) {
            asm.lane(out.kind() == Kind.LONG ? "move64" : "move32", out, from);
        } else {
            asm.lane(asm.has("to") ? "sub64" : "add64", out, from, asm.registers.constant(Kind.LONG, window));
        }
    }

    /** Whether a generic address lies in a window; global is what lies in none. */
    private void isSpace() {
        Slot out = asm.predicate(asm.operand(0));
        Slot address = asm.source(1, "u64");
        String space = space(asm.operation().suffixes());
        long low = space.equals("param") ? GlobalMemory.PARAMETER_WINDOW : window(space);
        if (space.equals("global") || space.equals("const")) {
            asm.lane("ltU64", out, address, asm.registers.constant(Kind.LONG, GlobalMemory.PARAMETER_WINDOW));
            return;
        }
        Slot distance = asm.registers.temporary(Kind.LONG);
        asm.lane("sub64", distance, address, asm.registers.constant(Kind.LONG, low));
        asm.lane("ltU64", out, distance, asm.registers.constant(Kind.LONG, GlobalMemory.WINDOW_BYTES));
    }
}
