package org.xprompt4j.cuda.emulator;

import java.util.List;
import java.util.SortedMap;

/**
 * What a launch did. Operations, kinds, lines and traffic are counted only when {@link PtxMachine#profile(boolean)} is on.
 *
 * @param kernel its name
 * @param warpInstructions instructions that warps executed
 * @param laneInstructions the same, counted once for each active lane
 * @param divergentBranches branches at which a warp's lanes went different ways
 * @param floatOperations arithmetic on f16, bf16, f32 and f64 by lanes; a fused multiply-add counts as two
 * @param tensorOperations multiplications and additions of {@code mma}
 * @param kinds warp instructions by opcode
 * @param lines by source line, in order of file and line
 * @param traffic memory traffic of the whole launch
 * @param nanoseconds time that this machine took; says nothing about a GPU
 */
public record LaunchReport(String kernel, long warpInstructions, long laneInstructions, long divergentBranches, long floatOperations, long tensorOperations,
                           SortedMap<String, Long> kinds, List<SourceLine> lines, Traffic traffic, long nanoseconds) {
    /**
     * What happened on one line of the source.
     *
     * @param file as the compiler saw it, or the PTX file where it has no line information
     */
    public record SourceLine(String file, int line, long warpInstructions, long laneInstructions, Traffic traffic) {
        /** Share of lanes that were active. */
        public double activeLanes() {
            return warpInstructions == 0 ? 1 : laneInstructions / (32.0 * warpInstructions);
        }
    }

    /** Lane instructions a second of the machine's own time. */
    public double laneInstructionsPerSecond() {
        return laneInstructions * 1e9 / nanoseconds;
    }

    /** Share of lanes that were active; the rest is divergence and blocks that do not fill their last warp. */
    public double activeLanes() {
        return warpInstructions == 0 ? 1 : laneInstructions / (32.0 * warpInstructions);
    }

    /** All operations over the bytes that the sectors moved: what a roofline is entered with. Infinite without global traffic. */
    public double intensity() {
        return (floatOperations + tensorOperations) / (32.0 * traffic.globalSectors());
    }
}
