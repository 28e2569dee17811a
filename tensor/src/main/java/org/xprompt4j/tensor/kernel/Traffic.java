package org.xprompt4j.tensor.kernel;

/**
 * What was moved, by a source line or a whole launch. Sectors may be asked for many times; the footprint counts each once.
 *
 * @param globalRequests accesses of a warp to global or constant memory
 * @param globalSectors sectors of 32 bytes that they touched
 * @param globalRead bytes that lanes read
 * @param globalWritten bytes that lanes wrote
 * @param sharedRequests accesses of a warp to shared memory
 * @param sharedWavefronts passes through the banks that they took
 * @param sharedConflicts of these, how many are due to bank conflicts
 * @param sharedRead bytes that lanes read
 * @param sharedWritten bytes that lanes wrote
 * @param localBytes read and written in local memory: arrays with run-time indices, parameters of calls
 * @param footprintRead bytes of distinct sectors read from global or constant memory; of a whole launch only, 0 for a line
 * @param footprintWritten bytes of distinct sectors written, likewise
 */
public record Traffic(long globalRequests, long globalSectors, long globalRead, long globalWritten, long sharedRequests, long sharedWavefronts,
                      long sharedConflicts, long sharedRead, long sharedWritten, long localBytes, long footprintRead, long footprintWritten) {
    /** Bytes of a sector, the unit in which global memory moves. */
    public static final int SECTOR = 32;

    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Sum of two. */
    public Traffic plus(Traffic other) {
        return new Traffic(globalRequests + other.globalRequests, globalSectors + other.globalSectors, globalRead + other.globalRead,
                globalWritten + other.globalWritten, sharedRequests + other.sharedRequests, sharedWavefronts + other.sharedWavefronts,
                sharedConflicts + other.sharedConflicts, sharedRead + other.sharedRead, sharedWritten + other.sharedWritten, localBytes + other.localBytes,
                footprintRead + other.footprintRead, footprintWritten + other.footprintWritten);
    }

    /** The same with the footprint of a launch. */
    public Traffic withFootprint(long read, long written) {
        return new Traffic(globalRequests, globalSectors, globalRead, globalWritten, sharedRequests, sharedWavefronts, sharedConflicts, sharedRead,
                sharedWritten, localBytes, read, written);
    }

    /** Share of the moved sectors' bytes that lanes asked for: 1 is perfectly coalesced, above 1 lanes share bytes. */
    public double coalescing() {
        return globalSectors == 0 ? 1 : (globalRead + globalWritten) / ((double) SECTOR * globalSectors);
    }

    /** Sectors a request touches on average. */
    public double sectorsPerRequest() {
        return globalRequests == 0 ? 0 : globalSectors / (double) globalRequests;
    }
}
