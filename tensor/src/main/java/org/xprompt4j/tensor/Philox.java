package org.xprompt4j.tensor;

/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a random number is a function of
 * (seed, stream, position), so any draw can be remade anywhere, in any order and on any device.
 *
 * <p>Key = seed (64 bits); counter = position (64 bits, low words) and stream (64 bits, high words).
 * An instance is a cursor over the positions of one stream; the static methods draw at a position.
 */
public final class Philox {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private final long seed;
    private final long stream;
    private long next; // number of 32-bit words drawn

    /** The draws of one stream of a seed; streams do not overlap. */
    public Philox(long seed, long stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /** Word {@code word} (0..3) of the block at a position. */
    public static int word(long seed, long stream, long position, int word) {
        int c0 = (int) position;
        int c1 = (int) (position >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        return switch (word) {
            case 0 -> c0;
            case 1 -> c1;
            case 2 -> c2;
            default -> c3;
        };
    }

    /** Uniform on the open interval (0, 1): the middle of one of 2^23 cells, never 0 or 1. Exact in float32. */
    public static float uniform(long seed, long stream, long index) {
        return toUniform(word(seed, stream, index >>> 2, (int) (index & 3)));
    }

    /** {@link #uniform} at so many indices from a first one on; a block of four words is made once. */
    public static void uniforms(long seed, long stream, long first, int count, float[] out) {
        for (int i = 0; i < count; ) {
            int word = (int) (first + i & 3);
            if (word == 0 && count - i >= 4) {
                fourUniforms(seed, stream, first + i >>> 2, out, i);
                i += 4;
            } else {
                out[i] = uniform(seed, stream, first + i);
                i++;
            }
        }
    }

    private static void fourUniforms(long seed, long stream, long position, float[] out, int at) {
        int c0 = (int) position;
        int c1 = (int) (position >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[at] = toUniform(c0);
        out[at + 1] = toUniform(c1);
        out[at + 2] = toUniform(c2);
        out[at + 3] = toUniform(c3);
    }

    /** Maps 32 random bits to (0, 1). The top 23 bits are used so that the midpoint is exact in float32. */
    public static float toUniform(int bits) {
        return ((bits >>> 9) + 0.5f) * 0x1p-23f;
    }

    /** Standard Gumbel noise, -ln(-ln u), computed in float64 and rounded. */
    public static float gumbel(long seed, long stream, long index) {
        return (float) -Math.log(-Math.log(uniform(seed, stream, index)));
    }

    /** Standard normal by Box-Muller from the words 2i and 2i+1 of the stream. */
    public static float normal(long seed, long stream, long index) {
        double u = uniform(seed, stream, 2 * index);
        double v = uniform(seed, stream, 2 * index + 1);
        return (float) (Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
    }

    /** The next 32 bits of this stream. */
    public int nextInt() {
        int bits = word(seed, stream, next >>> 2, (int) (next & 3));
        next++;
        return bits;
    }

    /** Uniform integer in [0, bound), bias below bound / 2^32. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, is " + bound);
        }
        return (int) (((nextInt() & 0xffffffffL) * bound) >>> 32);
    }

    /** Uniform on (0, 1). */
    public float nextFloat() {
        return toUniform(nextInt());
    }

    /** Uniform on (low, high). */
    public float nextFloat(float low, float high) {
        return low + (high - low) * nextFloat();
    }

    /** Standard normal; uses two words. */
    public float nextGaussian() {
        double u = nextFloat();
        double v = nextFloat();
        return (float) (Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
    }

    /** The next numbers of the normal distribution. */
    public float[] gaussians(int count) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = nextGaussian();
        }
        return out;
    }
}
