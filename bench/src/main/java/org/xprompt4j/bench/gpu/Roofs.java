package org.xprompt4j.bench.gpu;

import java.util.EnumMap;
import java.util.Map;

/**
 * The best rates seen so far in this run, by whoever reached them: what shares are of. Copies and sums set the roofs of memory,
 * matrix products those of the processors, one a precision.
 */
public final class Roofs {
    private double copyGbytes; // read plus written
    private double readGbytes;
    private final Map<Precision, Double> gflops = new EnumMap<>(Precision.class);

    /** Takes in a rate, in 10^9 bytes a second, of copying: it reads and writes. */
    public void copied(double gbytes) {
        copyGbytes = Math.max(copyGbytes, gbytes);
        readGbytes = Math.max(readGbytes, gbytes); // who copies at a rate can read at it
    }

    /** Takes in a rate of reading alone. */
    public void read(double gbytes) {
        readGbytes = Math.max(readGbytes, gbytes);
    }

    /** Takes in a rate of a matrix product, in 10^9 operations a second. */
    public void multiplied(Precision precision, double rate) {
        gflops.merge(precision, rate, Math::max);
    }

    /** Bytes read plus written while copying, in 10^9 a second; 0 before it was measured. */
    public double copyGbytes() {
        return copyGbytes;
    }

    /** Bytes read, in 10^9 a second; 0 before it was measured. */
    public double readGbytes() {
        return readGbytes;
    }

    /** Operations, in 10^9 a second; 0 before a product was measured. */
    public double gflops(Precision precision) {
        return gflops.getOrDefault(precision, 0.0);
    }

    /** True when shares of the roofline can be told in this precision. */
    public boolean known(Precision precision) {
        return readGbytes > 0 && gflops(precision) > 0;
    }

    /** Time that an amount of work takes at least, in microseconds. */
    public double leastMicros(Precision precision, double flops, double bytes) {
        return 1e-3 * Math.max(flops / gflops(precision), bytes / readGbytes);
    }
}
