package org.xprompt4j.cuda.emulator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;

/** Decodes {@code wmma}: loads, stores and products of whole matrices, the older form of {@code mma}. */
final class WmmaDecoder {
    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");

    private final Assembler asm;
    private final MemoryDecoder memory;

    WmmaDecoder(Assembler asm, MemoryDecoder memory) {
        this.asm = asm;
        this.memory = memory;
    }

    /** True if the operation belongs here and was decoded. */
    boolean decode() {
        if (!asm.operation().root().equals("wmma")) {
            return false;
        }
        Matcher shape = SHAPE.matcher(asm.operation().opcode());
        if (!shape.find()) {
            throw asm.unknown();
        }
        int m = Integer.parseInt(shape.group(1));
        int n = Integer.parseInt(shape.group(2));
        int k = Integer.parseInt(shape.group(3));
        switch (asm.operation().suffixes().getFirst()) {
            case "load" -> access(0, 1, false, m, n, k);
            case "store" -> access(1, 0, true, m, n, k);
            case "mma" -> product(m, n, k);
            default -> throw asm.unknown();
        }
        return true;
    }

    private WmmaFragment fragment(int operand, String type, boolean destination, int rows, int columns) {
        Operand given = asm.operand(operand);
        List<Operand> members = given instanceof Operand.Group group ? group.members() : List.of(given);
        String register = type.equals("f64") ? "b64" : "b32";
        Slot[] slots = members.stream().map(member -> destination ? asm.destination(member, register) : asm.source(member, register)).toArray(Slot[]::new);
        WmmaFragment fragment = WmmaFragment.of(slots, type, rows, columns);
        if (fragment == null) {
            throw asm.unknown();
        }
        return fragment;
    }

    private void access(int registers, int address, boolean writes, int m, int n, int k) {
        List<String> suffixes = asm.operation().suffixes();
        String which = suffixes.get(1);
        int rows = which.equals("b") ? k : m;
        int columns = which.equals("a") ? k : n;
        boolean byRow = suffixes.contains("row");
        WmmaFragment fragment = fragment(registers, suffixes.getLast(), !writes, rows, columns);
        Slot stride = asm.operands() > 2 ? asm.source(2, "u32") : asm.registers.constant(Kind.INT, byRow ? columns : rows);
        // Where the matrix begins is found as every other address is.
        MemoryInstruction start = new MemoryInstruction() {
            @Override
            void execute(Warp warp, int mask) {
                throw new IllegalStateException("part of wmma");
            }
        };
        start.space = memory.space();
        memory.address(start, asm.operand(address));
        asm.add(new WmmaAccess(start.space, fragment, byRow, start.base, start.offset, stride, asm.registers.temporary(Kind.LONG), writes));
    }

    private void product(int m, int n, int k) {
        List<String> types = asm.types();
        if (types.size() != 2 && types.size() != 4) {
            throw asm.unknown();
        }
        String typeA = types.size() == 4 ? types.get(1) : "f16";
        String typeB = types.size() == 4 ? types.get(2) : "f16";
        asm.add(new WmmaProduct(fragment(0, types.getFirst(), true, m, n), fragment(1, typeA, false, m, k), fragment(2, typeB, false, k, n),
                fragment(3, types.getLast(), false, m, n), asm.has("satfinite")));
    }
}
