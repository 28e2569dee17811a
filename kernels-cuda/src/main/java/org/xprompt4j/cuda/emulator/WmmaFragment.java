package org.xprompt4j.cuda.emulator;

import java.util.Arrays;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operation;

/**
 * A matrix in the registers of a warp, for {@code wmma}. Which lane holds which element the ISA leaves open; here they lie lane after lane, and
 * where the registers hold more elements than the matrix has, it is there more than once.
 *
 * @param registers of each lane
 * @param type of the elements
 */
record WmmaFragment(Slot[] registers, Type type, int rows, int columns) {
    /** Element types. */
    enum Type {
        F16(2), BF16(2), TF32(4), F32(4), F64(8), S8(1), U8(1), S32(4);

        final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        int perRegister() {
            return bytes >= 4 ? 1 : 4 / bytes;
        }
    }

    /** True if the registers hold the matrix, once or several times. */
    boolean fits() {
        int slots = 32 * elementsOfLane();
        return slots >= rows * columns && slots % (rows * columns) == 0;
    }

    int elementsOfLane() {
        return registers.length * type.perRegister();
    }

    /** Place in the matrix, row by row, of an element of a lane. */
    int index(int lane, int element) {
        return (lane * elementsOfLane() + element) % (rows * columns);
    }

    long bits(Warp warp, int lane, int element) {
        int row = registers[element / type.perRegister()].row() + lane;
        if (type == Type.F64) {
            return warp.longs[row];
        }
        int shift = element % type.perRegister() * 8 * type.bytes;
        int bits = warp.ints[row] >>> shift;
        return type.bytes == 4 ? bits : bits & (1 << 8 * type.bytes) - 1;
    }

    void set(Warp warp, int lane, int element, long bits) {
        int row = registers[element / type.perRegister()].row() + lane;
        if (type == Type.F64) {
            warp.longs[row] = bits;
        } else if (type.bytes == 4) {
            warp.ints[row] = (int) bits;
        } else {
            int shift = element % type.perRegister() * 8 * type.bytes;
            int mask = (1 << 8 * type.bytes) - 1 << shift;
            warp.ints[row] = warp.ints[row] & ~mask | (int) bits << shift & mask;
        }
    }

    /** All elements as reals, [rows, columns]; 64-bit integers of up to 32 bits and floats are exact. */
    void read(Warp warp, double[] to) {
        for (int lane = 0; lane < 32; lane++) {
            for (int element = 0; element < elementsOfLane(); element++) {
                to[index(lane, element)] = value(bits(warp, lane, element));
            }
        }
    }

    private double value(long bits) {
        return switch (type) {
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat((int) bits << 16);
            case TF32 -> Float.intBitsToFloat((int) bits & 0xffffe000);
            case F32 -> Float.intBitsToFloat((int) bits);
            case F64 -> Double.longBitsToDouble(bits);
            case S8 -> (byte) bits;
            case U8 -> bits & 255;
            case S32 -> (int) bits;
        };
    }

    /** Sets all elements, [rows, columns]. */
    void write(Warp warp, double[] from) {
        for (int lane = 0; lane < 32; lane++) {
            for (int element = 0; element < elementsOfLane(); element++) {
                double value = from[index(lane, element)];
                set(warp, lane, element, switch (type) {
                    case F16 -> Float.floatToFloat16((float) value);
                    case F32 -> value == value ? Float.floatToRawIntBits((float) value) : 0x7fffffff;
                    case F64 -> Double.doubleToRawLongBits(value);
                    case S32 -> (long) value;
                    default -> throw new IllegalStateException("no accumulator of " + type);
                });
            }
        }
    }

    static void requireWhole(Warp warp, int mask, Operation source) {
        if (mask != -1) {
            throw warp.fault(PtxFault.Kind.WARP_MEMBERS, source, Integer.numberOfTrailingZeros(mask), 0, null, "needs all lanes of the warp, has "
                    + Warp.lanes(mask));
        }
    }

    static WmmaFragment of(Slot[] registers, String type, int rows, int columns) {
        Type found = Arrays.stream(Type.values()).filter(candidate -> candidate.name().equalsIgnoreCase(type)).findFirst().orElse(null);
        WmmaFragment fragment = found == null ? null : new WmmaFragment(registers, found, rows, columns);
        return fragment != null && fragment.fits() ? fragment : null;
    }
}
