package org.xprompt4j.cuda.emulator;

/** What a launch may ask for: the limits of compute capability 8.0. */
final class LaunchLimits {
    private static final int MOST_THREADS = 1024;
    /** Shared memory of a block with the opt-in attribute; Hopper's, so that its kernels run too. */
    private static final int MOST_SHARED = 232_448;

    private LaunchLimits() {
    }

    static void check(PtxEntry entry, KernelCode code, Grid grid, Grid block, int dynamicShared, long parameterBytes) {
        String problem = null;
        if (grid.x() < 1 || grid.y() < 1 || grid.z() < 1 || grid.y() > 65535 || grid.z() > 65535) {
            problem = "grid " + grid + ": sizes are positive, y and z at most 65535";
        } else if (block.x() < 1 || block.y() < 1 || block.z() < 1 || block.count() > MOST_THREADS || block.z() > 64) {
            problem = "block " + block + " of " + block.count() + " threads: from 1 to " + MOST_THREADS + " are possible, z at most 64";
        } else if (entry.maxThreads() > 0 && block.count() > entry.maxThreads()) {
            problem = "block of " + block.count() + " threads: the kernel was compiled for at most " + entry.maxThreads();
        } else if (dynamicShared < 0 || code.sharedBytes(dynamicShared) > MOST_SHARED) {
            problem = code.sharedBytes(dynamicShared) + " bytes of shared memory: at most " + MOST_SHARED + " are possible";
        } else if (code.isCooperative() && grid.count() > Launch.MOST_RESIDENT) {
            problem = grid.count() + " blocks that meet (grid.sync): at most " + Launch.MOST_RESIDENT + " run at once here";
        } else if (parameterBytes < entry.parameterBytes()) {
            problem = "parameter block of " + parameterBytes + " bytes: the kernel takes " + entry.parameterBytes();
        }
        if (problem != null) {
            throw PtxFault.ofHost(PtxFault.Kind.BAD_LAUNCH, 0, null, "kernel " + entry.name() + ": " + problem);
        }
    }
}
