package org.xprompt4j.cuda.emulator;

/**
 * What was moved, by a source line or a whole launch. Counted only when {@link PtxMachine#profile(boolean)} is on.
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
 */
public record Traffic(long globalRequests, long globalSectors, long globalRead, long globalWritten, long sharedRequests, long sharedWavefronts,
                      long sharedConflicts, long sharedRead, long sharedWritten, long localBytes) {
    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Sum of two. */
    public Traffic plus(Traffic other) {
        return new Traffic(globalRequests + other.globalRequests, globalSectors + other.globalSectors, globalRead + other.globalRead,
                globalWritten + other.globalWritten, sharedRequests + other.sharedRequests, sharedWavefronts + other.sharedWavefronts,
                sharedConflicts + other.sharedConflicts, sharedRead + other.sharedRead, sharedWritten + other.sharedWritten, localBytes + other.localBytes);
    }

    /** Share of the moved sectors' bytes that lanes asked for: 1 is perfectly coalesced, above 1 lanes share bytes. */
    public double coalescing() {
        return globalSectors == 0 ? 1 : (globalRead + globalWritten) / (32.0 * globalSectors);
    }

    /** Sectors a request touches on average. */
    public double sectorsPerRequest() {
        return globalRequests == 0 ? 0 : globalSectors / (double) globalRequests;
    }
}
