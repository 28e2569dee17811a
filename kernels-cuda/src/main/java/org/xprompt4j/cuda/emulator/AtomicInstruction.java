package org.xprompt4j.cuda.emulator;

import java.lang.reflect.Method;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** {@code atom} and {@code red}: lanes one after another, in order, each reads, combines and writes. */
final class AtomicInstruction extends MemoryInstruction {
    /** How old value and operand become the new value. */
    interface Combination {
        long apply(long old, long b, long c);
    }

    private final Combination combination;
    private final Slot out;
    private final Slot b;
    private final Slot c;

    /**
     * @param out where the old value goes; null for red
     * @param c third operand of cas; else null
     */
    AtomicInstruction(Space space, int bytes, Combination combination, Slot out, Slot b, Slot c) {
        this.space = space;
        this.bytes = bytes;
        this.combination = combination;
        this.out = out;
        this.b = b;
        this.c = c;
        this.writes = true;
        this.atomic = true;
    }

    @Override
    void execute(Warp warp, int mask) {
        Span common = locate(warp, mask);
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            int at = warp.offsets[lane];
            if (span.written != null) {
                requireWritten(warp, lane, span, at, bytes);
            }
            long old = LoadInstruction.read(span.data, at, bytes, false);
            long value = combination.apply(old, value(warp, b, lane), c == null ? 0 : value(warp, c, lane));
            StoreInstruction.write(span.data, at, bytes, value);
            if (out != null) {
                if (out.kind() == Kind.LONG) {
                    warp.longs[out.row() + lane] = old;
                } else {
                    warp.ints[out.row() + lane] = (int) old;
                }
            }
        }
    }

    private static long value(Warp warp, Slot slot, int lane) {
        return slot.kind() == Kind.LONG ? warp.longs[slot.row() + lane] : warp.ints[slot.row() + lane] & 0xffffffffL;
    }

    /**
     * The combination that an opcode names.
     *
     * @return null if there is none
     */
    static Combination combination(String operation, String type) {
        int bits = RegisterFile.bitsOf(type);
        long mask = bits == 64 ? -1 : (1L << bits) - 1;
        return switch (operation) {
            case "exch" -> (old, b, c) -> b & mask;
            case "cas" -> (old, b, c) -> old == (b & mask) ? c & mask : old;
            case "and" -> (old, b, c) -> old & b;
            case "or" -> (old, b, c) -> old | b;
            case "xor" -> (old, b, c) -> old ^ b;
            case "inc" -> (old, b, c) -> old >= (b & mask) ? 0 : old + 1;
            case "dec" -> (old, b, c) -> old == 0 || old > (b & mask) ? b & mask : old - 1;
            case "add", "min", "max" -> named(operation, type);
            default -> null;
        };
    }

    private static Combination named(String operation, String type) {
        String upper = Character.toUpperCase(type.charAt(0)) + type.substring(1);
        boolean isFloat = ArithmeticDecoder.isFloat(type);
        String name = operation + (isFloat ? upper + (operation.equals("add") && (type.equals("f32") || type.equals("f64")) ? "Rn" : "")
                : operation.equals("add") ? String.valueOf(RegisterFile.bitsOf(type)) : upper.replace('B', 'U'));
        Method method = LaneFormula.function(name);
        return switch (name) {
            case "add32" -> (old, b, c) -> (int) old + (int) b;
            case "add64" -> (old, b, c) -> old + b;
            case "addF32Rn" -> (old, b, c) -> org.xprompt4j.cuda.emulator.arithmetic.FloatArithmetic.addF32Rn((int) old, (int) b);
            default -> (old, b, c) -> invoke(method, old, b);
        };
    }

    private static long invoke(Method method, long old, long b) {
        try {
            return method.getReturnType() == long.class ? (long) method.invoke(null, old, b) : (int) method.invoke(null, (int) old, (int) b);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method.getName(), e);
        }
    }
}
