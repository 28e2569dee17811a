package org.xprompt4j.cuda.emulator;

/**
 * What a launch did.
 *
 * @param kernel its name
 * @param warpInstructions instructions that warps executed
 * @param laneInstructions the same, counted once a lane
 * @param nanoseconds time the machine took
 */
public record LaunchReport(String kernel, long warpInstructions, long laneInstructions, long nanoseconds) {
    /** Lane instructions a second of the machine's own time. */
    public double laneInstructionsPerSecond() {
        return laneInstructions * 1e9 / nanoseconds;
    }

    /** Share of lanes that were active. */
    public double activeLanes() {
        return warpInstructions == 0 ? 1 : laneInstructions / (32.0 * warpInstructions);
    }
}
