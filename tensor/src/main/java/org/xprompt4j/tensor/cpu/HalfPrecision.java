package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.ElementAccess;

/** Conversions of heap arrays between float32 and the 16-bit types, equal in every bit to {@link ElementAccess}. */
final class HalfPrecision {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;
    private static final VectorSpecies<Short> S = Lanes.SHORTS;
    private static final int L = Lanes.COUNT;

    private HalfPrecision() {
    }

    /** n BF16 numbers to floats; exact. */
    static void fromBfloat16(short[] from, float[] to, int at, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            IntVector bits = (IntVector) ShortVector.fromArray(S, from, i).convertShape(VectorOperators.S2I, I, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = ElementAccess.bfloat16ToFloat(from[i]);
        }
    }

    /** n floats to BF16, to nearest even; NaN stays NaN. */
    static void toBfloat16(float[] from, int at, short[] to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, from, at + i);
            IntVector bits = x.reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            IntVector rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, 16);
            VectorMask<Integer> nan = x.test(VectorOperators.IS_NAN).cast(I);
            rounded = rounded.blend(bits.lanewise(VectorOperators.LSHR, 16).or(0x40), nan);
            ((ShortVector) rounded.convertShape(VectorOperators.I2S, S, 0)).intoArray(to, i);
        }
        for (; i < n; i++) {
            to[i] = ElementAccess.floatToBfloat16(from[at + i]);
        }
    }

    /** n IEEE half floats to floats; exact. C2 turns this loop into vector instructions. */
    static void fromFloat16(short[] from, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = Float.float16ToFloat(from[i]);
        }
    }

    /** n floats to IEEE half floats, to nearest even. */
    static void toFloat16(float[] from, int at, short[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Float.floatToFloat16(from[at + i]);
        }
    }
}
