package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process: the widest that the machine prefers, or the one forced by
 * {@code -Dxprompt4j.vector.bits=128|256|512}. Every species of the package is here, because C2 compiles vector code well only
 * when the species is a static constant.
 */
final class Lanes {
    /** System property that forces the width. */
    static final String BITS_PROPERTY = "xprompt4j.vector.bits";

    /** Floats of the chosen width. */
    static final VectorSpecies<Float> FLOATS = choose();
    /** Ints of the same width: bit patterns of {@link #FLOATS}. */
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** As many shorts as {@link #FLOATS} has floats: BF16 data in half the width. */
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    /** As many bytes as {@link #FLOATS} has floats; twice as many at 128 bits, because no shorter vector exists. */
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 4)));
    /** Number of floats in a vector, a power of two. */
    static final int COUNT = FLOATS.length();

    private Lanes() {
    }

    /** The largest multiple of {@link #COUNT} that is not above n. */
    static int floor(int n) {
        return n & -COUNT;
    }

    private static VectorSpecies<Float> choose() {
        String forced = System.getProperty(BITS_PROPERTY);
        return switch (forced) {
            case null -> FloatVector.SPECIES_PREFERRED;
            case "128" -> FloatVector.SPECIES_128;
            case "256" -> FloatVector.SPECIES_256;
            case "512" -> FloatVector.SPECIES_512;
            default -> throw new IllegalArgumentException("-D" + BITS_PROPERTY + "=" + forced + " must be 128, 256 or 512");
        };
    }
}
