package org.xprompt4j.cuda.emulator;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Map;

import org.xprompt4j.tensor.kernel.Traffic;

/** Which sectors of global memory a launch touched at all: what has to come from the device's memory once however good the caches are. */
final class Footprint {
    private final Map<Span, BitSet> read = new IdentityHashMap<>();
    private final Map<Span, BitSet> written = new IdentityHashMap<>();

    /** Notes a warp's access to global memory. */
    void note(MemoryInstruction access, Warp warp, int mask, Span common) {
        if (!access.writes || access.atomic) {
            note(read, access, warp, mask, common);
        }
        if (access.writes) {
            note(written, access, warp, mask, common);
        }
    }

    private static void note(Map<Span, BitSet> sectors, MemoryInstruction access, Warp warp, int mask, Span common) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            Span span = common != null ? common : warp.spans[lane];
            if (span != warp.local && span != warp.block.shared && span != warp.block.launch.parameters) {
                sectors.computeIfAbsent(span, key -> new BitSet()).set(warp.offsets[lane] / Traffic.SECTOR);
            }
        }
    }

    /** The traffic with these bytes in it. */
    Traffic into(Traffic traffic) {
        return traffic.withFootprint(bytes(read), bytes(written));
    }

    private static long bytes(Map<Span, BitSet> sectors) {
        return (long) Traffic.SECTOR * sectors.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
