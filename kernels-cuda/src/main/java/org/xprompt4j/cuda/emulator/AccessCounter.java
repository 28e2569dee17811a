package org.xprompt4j.cuda.emulator;

import org.xprompt4j.tensor.kernel.Traffic;

/**
 * What one memory instruction moved in a launch. Global memory moves in sectors of 32 bytes; shared memory has 32 banks of 4 bytes and serves, in
 * one wavefront, any set of words of which no two lie in the same bank: 32 lanes of up to 4 bytes, 16 of 8, or 8 of 16.
 */
final class AccessCounter {
    private static final int BANKS = 32;

    private long globalRequests;
    private long globalSectors;
    private long globalRead;
    private long globalWritten;
    private long sharedRequests;
    private long sharedWavefronts;
    private long sharedIdeal;
    private long sharedRead;
    private long sharedWritten;
    private long localBytes;

    void reset() {
        globalRequests = 0;
        globalSectors = 0;
        globalRead = 0;
        globalWritten = 0;
        sharedRequests = 0;
        sharedWavefronts = 0;
        sharedIdeal = 0;
        sharedRead = 0;
        sharedWritten = 0;
        localBytes = 0;
    }

    Traffic traffic() {
        return new Traffic(globalRequests, globalSectors, globalRead, globalWritten, sharedRequests, sharedWavefronts, sharedWavefronts - sharedIdeal,
                sharedRead, sharedWritten, localBytes, 0, 0);
    }

    /** Counts one warp's access, its addresses being in the warp. */
    void count(MemoryInstruction access, Warp warp, int mask, Span common) {
        long bytes = (long) access.bytes * Integer.bitCount(mask);
        boolean reads = !access.writes || access.atomic;
        if (common == warp.block.launch.parameters) {
            return;
        }
        if (common == warp.local) {
            localBytes += bytes;
        } else if (common == warp.block.shared) {
            sharedRequests++;
            sharedRead += reads ? bytes : 0;
            sharedWritten += access.writes ? bytes : 0;
            wavefronts(warp, mask, access.bytes);
        } else {
            globalRequests++;
            globalSectors += sectors(warp, mask);
            warp.block.launch.footprint.note(access, warp, mask, common);
            globalRead += reads ? bytes : 0;
            globalWritten += access.writes ? bytes : 0;
        }
    }

    private static int sectors(Warp warp, int mask) {
        long[] seen = new long[32];
        int count = 0;
        for (int left = mask; left != 0; left &= left - 1) {
            long sector = warp.addresses[Integer.numberOfTrailingZeros(left)] / Traffic.SECTOR;
            boolean known = false;
            for (int i = count - 1; i >= 0 && !known; i--) {
                known = seen[i] == sector;
            }
            if (!known) {
                seen[count++] = sector;
            }
        }
        return count;
    }

    private void wavefronts(Warp warp, int mask, int bytes) {
        int words = Math.max(1, bytes / 4);
        int group = 32 / words;
        for (int first = 0; first < 32; first += group) {
            int lanes = mask & (group == 32 ? -1 : (1 << group) - 1 << first);
            if (lanes != 0) {
                sharedIdeal++;
                sharedWavefronts += conflicts(warp, lanes, words);
            }
        }
    }

    /** Most distinct words in any bank. */
    private static int conflicts(Warp warp, int lanes, int words) {
        int[] seen = new int[32];
        int[] perBank = new int[BANKS];
        int count = 0;
        int most = 1;
        for (int left = lanes; left != 0; left &= left - 1) {
            int start = warp.offsets[Integer.numberOfTrailingZeros(left)] >> 2;
            for (int word = start; word < start + words; word++) {
                boolean known = false;
                for (int i = count - 1; i >= 0 && !known; i--) {
                    known = seen[i] == word;
                }
                if (!known) {
                    seen[count++] = word;
                    most = Math.max(most, ++perBank[word % BANKS]);
                }
            }
        }
        return most;
    }
}
