package org.xprompt4j.tensor.kernel;

import java.util.List;

/**
 * How long a launch needs at least on a GPU: what it does of each kind over what the GPU can do of it. The largest of these bounds is the roof it
 * is under. Latency, the launch itself and caches that miss come on top, so a real kernel is slower; one that comes near the roof has no more to
 * gain from the same algorithm. (Williams, Waterman, Patterson: "Roofline", 2009.)
 *
 * @param gpu whose limits
 * @param multiprocessors that have a block to work on
 * @param bounds all, the largest first
 */
public record Roofline(String gpu, int multiprocessors, List<Bound> bounds) {
    /**
     * Time for one resource.
     *
     * @param resource memory, cache, shared, issue, special or tensor
     * @param amount of it that the launch uses: bytes, instructions, lanes or operations
     * @param seconds at the GPU's full rate
     */
    public record Bound(String resource, double amount, double seconds) {
    }

    /** The bounds of a launch of some blocks. */
    public static Roofline of(GpuLimits gpu, LaunchReport report, long blocks) {
        int busy = (int) Math.min(gpu.multiprocessors(), blocks);
        double clocks = busy * gpu.clock();
        Traffic traffic = report.traffic();
        double footprint = traffic.footprintRead() + traffic.footprintWritten();
        double moved = (double) Traffic.SECTOR * traffic.globalSectors();
        double shared = gpu.sharedBytes() * traffic.sharedWavefronts();
        List<Bound> bounds = List.of(
                new Bound("memory", footprint, footprint / gpu.memoryBytes()),
                new Bound("cache", moved, moved / (clocks * gpu.cacheBytes())),
                new Bound("shared", shared, shared / (clocks * gpu.sharedBytes())),
                new Bound("issue", report.warpInstructions(), report.warpInstructions() / (clocks * gpu.issue())),
                new Bound("special", report.specialOperations(), report.specialOperations() / (clocks * gpu.special())),
                new Bound("tensor", report.tensorOperations(), report.tensorOperations() / (clocks * gpu.tensor())));
        return new Roofline(gpu.name(), busy, bounds.stream().sorted((a, b) -> Double.compare(b.seconds(), a.seconds())).toList());
    }

    /** The largest bound. */
    public Bound binding() {
        return bounds.getFirst();
    }
}
