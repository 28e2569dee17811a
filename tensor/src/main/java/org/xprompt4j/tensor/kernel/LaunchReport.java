package org.xprompt4j.tensor.kernel;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a launch did. Operations, kinds, lines and traffic are counted only when the machine profiles.
 *
 * @param kernel its name
 * @param warpInstructions instructions that warps executed
 * @param laneInstructions the same, counted once for each active lane
 * @param divergentBranches branches at which a warp's lanes went different ways
 * @param floatOperations arithmetic on f16, bf16, f32 and f64 by lanes; a fused multiply-add counts as two
 * @param specialOperations those of them that the special function units do: exp, log, sine, cosine, tanh, reciprocal, square root, division
 * @param tensorOperations multiplications and additions of {@code mma}
 * @param kinds warp instructions by opcode
 * @param lines by source line, in order of file and line
 * @param traffic memory traffic of the whole launch
 * @param nanoseconds time that this machine took; says nothing about a GPU
 */
public record LaunchReport(String kernel, long warpInstructions, long laneInstructions, long divergentBranches, long floatOperations, long specialOperations,
                           long tensorOperations, SortedMap<String, Long> kinds, List<SourceLine> lines, Traffic traffic, long nanoseconds) {
    /**
     * What happened on one line of the source.
     *
     * @param file as the compiler saw it, or the PTX file where it has no line information
     */
    public record SourceLine(String file, int line, long warpInstructions, long laneInstructions, Traffic traffic) {
        private SourceLine plus(SourceLine other) {
            return new SourceLine(file, line, warpInstructions + other.warpInstructions, laneInstructions + other.laneInstructions,
                    traffic.plus(other.traffic));
        }

        /** Share of lanes that were active. */
        public double activeLanes() {
            return warpInstructions == 0 ? 1 : laneInstructions / (32.0 * warpInstructions);
        }
    }

    /** Sum of two launches of one kernel. */
    public LaunchReport plus(LaunchReport other) {
        SortedMap<String, Long> sumOfKinds = new TreeMap<>(kinds);
        other.kinds.forEach((kind, count) -> sumOfKinds.merge(kind, count, Long::sum));
        Map<String, SourceLine> byPlace = new LinkedHashMap<>();
        Stream.concat(lines.stream(), other.lines.stream()).forEach(line -> byPlace.merge(line.file + ":" + line.line, line, SourceLine::plus));
        List<SourceLine> sumOfLines = byPlace.values().stream()
                .sorted(Comparator.comparing(SourceLine::file).thenComparingInt(SourceLine::line)).toList();
        return new LaunchReport(kernel, warpInstructions + other.warpInstructions, laneInstructions + other.laneInstructions,
                divergentBranches + other.divergentBranches, floatOperations + other.floatOperations, specialOperations + other.specialOperations,
                tensorOperations + other.tensorOperations, sumOfKinds, sumOfLines, traffic.plus(other.traffic), nanoseconds + other.nanoseconds);
    }

    /** Share of lanes that were active; the rest is divergence and blocks that do not fill their last warp. */
    public double activeLanes() {
        return warpInstructions == 0 ? 1 : laneInstructions / (32.0 * warpInstructions);
    }

    /** All operations over the bytes that the sectors moved: what a roofline is entered with. Infinite without global traffic. */
    public double intensity() {
        return (floatOperations + tensorOperations) / ((double) Traffic.SECTOR * traffic.globalSectors());
    }
}
