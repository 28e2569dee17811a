package org.xprompt4j.bench.peak;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Fused multiply-adds on registers alone. Eight independent sums hide the latency of four cycles on two units; more would not
 * fit the sixteen registers of AVX2 beside the two factors with room for the compiler.
 */
final class MultiplyAdd {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int SUMS = 8;
    private static final int ROUNDS = 20_000;

    private static volatile float kept; // so that nothing can be left out

    private MultiplyAdd() {
    }

    /** Some microseconds of work; returns the number of operations. */
    static long burst() {
        float result = loop(ROUNDS);
        if (Float.isNaN(result)) {
            kept = result;
        }
        return 2L * SUMS * SPECIES.length() * ROUNDS;
    }

    private static float loop(int rounds) {
        FloatVector factor = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector term = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = term;
        FloatVector b = factor;
        FloatVector c = term.add(0.1f);
        FloatVector d = term.add(0.2f);
        FloatVector e = term.add(0.3f);
        FloatVector f = term.add(0.4f);
        FloatVector g = term.add(0.5f);
        FloatVector h = term.add(0.6f);
        for (int i = 0; i < rounds; i++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
        }
        return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).lane(0);
    }
}
