package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a kernel's registers lie. A register is a row of 32 lanes in the file of its kind; constants and special registers get rows too, filled
 * when a warp starts, so that every operand is read in the same way.
 */
final class RegisterFile {
    /** INT: up to 32 bits; LONG: 64 bits; MASK: predicates, one bit a lane. */
    enum Kind { INT, LONG, MASK }

    /** A register's place: {@code row} indexes lane 0 (INT, LONG) or the mask; {@code bits} is its declared width. */
    record Slot(Kind kind, int row, int bits) {
    }

    /** A constant row. */
    record Constant(Slot slot, long bits) {
    }

    /** A special register's row. */
    record Special(Slot slot, String name) {
    }

    private final Map<String, Slot> registers = new HashMap<>();
    private final Map<String, Slot> constantSlots = new HashMap<>();
    private final Map<String, Slot> specialSlots = new HashMap<>();
    private final List<Constant> constants = new ArrayList<>();
    private final List<Special> specials = new ArrayList<>();
    private int ints;
    private int longs;
    private int masks;

    private Slot fresh(Kind kind, int bits) {
        return switch (kind) {
            case INT -> new Slot(kind, 32 * ints++, bits);
            case LONG -> new Slot(kind, 32 * longs++, bits);
            case MASK -> new Slot(kind, masks++, bits);
        };
    }

    /** The kind that holds a type, given without its dot. */
    static Kind kindOf(String type) {
        return type.equals("pred") ? Kind.MASK : bitsOf(type) == 64 ? Kind.LONG : Kind.INT;
    }

    static int bitsOf(String type) {
        return switch (type) {
            case "pred" -> 1;
            case "f16x2", "bf16x2", "tf32" -> 32;
            case "bf16" -> 16;
            case "e4m3", "e5m2" -> 8;
            default -> Integer.parseInt(type.substring(1));
        };
    }

    void declare(String name, String type) {
        registers.put(name, fresh(kindOf(type), bitsOf(type)));
    }

    /** The slot of a declared register, or null. */
    Slot find(String name) {
        return registers.get(name);
    }

    Slot temporary(Kind kind) {
        return fresh(kind, kind == Kind.LONG ? 64 : kind == Kind.MASK ? 1 : 32);
    }

    Slot constant(Kind kind, long bits) {
        long value = kind == Kind.INT ? (int) bits : bits;
        return constantSlots.computeIfAbsent(kind + ":" + value, key -> {
            Slot slot = temporary(kind);
            constants.add(new Constant(slot, value));
            return slot;
        });
    }

    Slot special(String name, Kind kind) {
        return specialSlots.computeIfAbsent(name + ":" + kind, key -> {
            Slot slot = fresh(kind, kind == Kind.LONG ? 64 : 32);
            specials.add(new Special(slot, name));
            return slot;
        });
    }

    List<Constant> constants() {
        return constants;
    }

    List<Special> specials() {
        return specials;
    }

    int intRows() {
        return ints;
    }

    int longRows() {
        return longs;
    }

    int maskRows() {
        return masks;
    }
}
