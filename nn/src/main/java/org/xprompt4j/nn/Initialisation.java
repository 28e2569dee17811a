package org.xprompt4j.nn;

import java.nio.charset.StandardCharsets;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/**
 * First values of a parameter. A random value is a function of (seed, parameter name, index), so it does not depend on which
 * other parameters a model has or on the order of their making.
 *
 * @param kind which distribution
 * @param scale standard deviation, bound or constant
 */
public record Initialisation(Kind kind, float scale) {
    /** Distributions of first values. */
    public enum Kind {
        /** N(0, scale²). */
        NORMAL,
        /** Uniform on (-scale, scale). */
        UNIFORM,
        /** Every element is scale. */
        CONSTANT
    }

    private static final int CHUNK = 1 << 16;

    /** Normal draws around 0. */
    public static Initialisation normal(float standardDeviation) {
        return new Initialisation(Kind.NORMAL, standardDeviation);
    }

    /** Uniform draws from -bound to bound. */
    public static Initialisation uniform(float bound) {
        return new Initialisation(Kind.UNIFORM, bound);
    }

    /** All 1. */
    public static Initialisation ones() {
        return new Initialisation(Kind.CONSTANT, 1);
    }

    /** All 0. */
    public static Initialisation zeros() {
        return new Initialisation(Kind.CONSTANT, 0);
    }

    /** Fills a contiguous tensor of any shape with the values that belong to a name. */
    public void fill(Tensor target, long seed, String name) {
        long stream = stream(name);
        Tensor flat = target.reshape(-1);
        for (long from = 0; from < flat.numel(); from += CHUNK) {
            int count = (int) Math.min(CHUNK, flat.numel() - from);
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = value(seed, stream, from + i);
            }
            flat.slice(0, from, from + count).set(values);
        }
    }

    private float value(long seed, long stream, long index) {
        return switch (kind) {
            case NORMAL -> scale * Philox.normal(seed, stream, index);
            case UNIFORM -> scale * (2 * Philox.uniform(seed, stream, index) - 1);
            case CONSTANT -> scale;
        };
    }

    /** The random stream of a name: its 64-bit FNV-1a hash, the same on every machine and in every version. */
    public static long stream(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
