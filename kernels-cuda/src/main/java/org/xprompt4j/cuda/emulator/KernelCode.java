package org.xprompt4j.cuda.emulator;

import java.util.Arrays;
import java.util.List;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;

/**
 * A kernel made ready to run: basic blocks in scheduling order, and what a warp needs.
 *
 * @param frameBytes local memory of a thread
 * @param staticShared bytes of shared memory declared with a size
 * @param dynamicAlignment alignment of the dynamic shared memory behind it
 */
record KernelCode(String name, BasicBlock[] blocks, int intRows, int longRows, int maskRows, List<RegisterFile.Constant> constants,
                  List<RegisterFile.Special> specials, int frameBytes, int staticShared, int dynamicAlignment) {
    /** Names a special register that says where blocks of a grid meet: such a kernel is launched with all its blocks at once. */
    boolean isCooperative() {
        return specials.stream().anyMatch(special -> special.name().startsWith("%envreg"));
    }

    /** Uses the shared memory that the system keeps for groups of threads. */
    boolean usesReservedShared() {
        return specials.stream().anyMatch(special -> special.name().startsWith("%reserved_smem"));
    }

    int dynamicStart() {
        return (staticShared + dynamicAlignment - 1) / dynamicAlignment * dynamicAlignment;
    }

    int sharedBytes(int dynamic) {
        return dynamic == 0 ? staticShared : dynamicStart() + dynamic;
    }

    void fillConstants(Warp warp) {
        for (RegisterFile.Constant constant : constants) {
            fill(warp, constant.slot(), constant.bits());
        }
    }

    private static void fill(Warp warp, RegisterFile.Slot slot, long value) {
        switch (slot.kind()) {
            case INT -> Arrays.fill(warp.ints, slot.row(), slot.row() + 32, (int) value);
            case LONG -> Arrays.fill(warp.longs, slot.row(), slot.row() + 32, value);
            case MASK -> warp.masks[slot.row()] = value != 0 ? -1 : 0;
        }
    }

    private static void set(Warp warp, RegisterFile.Slot slot, int lane, long value) {
        if (slot.kind() == Kind.LONG) {
            warp.longs[slot.row() + lane] = value;
        } else {
            warp.ints[slot.row() + lane] = (int) value;
        }
    }

    /** Special registers that are the same for a warp in every block. */
    void fillSpecials(Warp warp) {
        Grid size = warp.block.launch.blockSize();
        for (RegisterFile.Special special : specials) {
            for (int lane = 0; lane < 32; lane++) {
                int thread = 32 * warp.index + lane;
                set(warp, special.slot(), lane, switch (special.name()) {
                    case "%tid.x" -> thread % size.x();
                    case "%tid.y" -> thread / size.x() % size.y();
                    case "%tid.z" -> thread / size.x() / size.y();
                    case "%laneid" -> lane;
                    case "%lanemask_eq" -> 1L << lane;
                    case "%lanemask_lt" -> (1L << lane) - 1;
                    case "%lanemask_le" -> (2L << lane) - 1;
                    case "%lanemask_gt" -> -(2L << lane);
                    case "%lanemask_ge" -> -(1L << lane);
                    default -> ofLaunch(warp, special.name());
                });
            }
        }
    }

    private static long ofLaunch(Warp warp, String name) {
        Launch launch = warp.block.launch;
        return switch (name) {
            case "%ntid.x" -> launch.blockSize().x();
            case "%ntid.y" -> launch.blockSize().y();
            case "%ntid.z" -> launch.blockSize().z();
            case "%nctaid.x" -> launch.grid().x();
            case "%nctaid.y" -> launch.grid().y();
            case "%nctaid.z" -> launch.grid().z();
            case "%warpid" -> warp.index;
            case "%nwarpid" -> 64;
            case "%nsmid" -> 1;
            case "%dynamic_smem_size" -> launch.sharedBytes() - Math.min(launch.sharedBytes(), launch.code.dynamicStart());
            case "%total_smem_size" -> launch.sharedBytes();
            case "%envreg1" -> launch.memory.gridWorkspace() >>> 32;
            case "%envreg2" -> launch.memory.gridWorkspace();
            case "%reserved_smem_offset_begin", "%reserved_smem_offset_0", "%reserved_smem_offset_1" -> launch.reservedShared();
            case "%reserved_smem_offset_end", "%reserved_smem_offset_cap" -> launch.reservedShared() + Launch.RESERVED_BYTES;
            default -> 0;
        };
    }

    /** Special registers that tell the block. */
    void fillPosition(Warp warp) {
        Grid block = warp.block.position;
        for (RegisterFile.Special special : specials) {
            switch (special.name()) {
                case "%ctaid.x" -> fill(warp, special.slot(), block.x());
                case "%ctaid.y" -> fill(warp, special.slot(), block.y());
                case "%ctaid.z" -> fill(warp, special.slot(), block.z());
                default -> {
                }
            }
        }
    }

    /** Special registers that keep their value while a block runs. */
    static boolean isSpecial(String name) {
        return switch (name) {
            case "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z",
                 "%laneid", "%warpid", "%nwarpid", "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge", "%smid", "%nsmid",
                 "%gridid", "%dynamic_smem_size", "%total_smem_size", "%envreg1", "%envreg2", "%reserved_smem_offset_begin", "%reserved_smem_offset_end",
                 "%reserved_smem_offset_cap", "%reserved_smem_offset_0", "%reserved_smem_offset_1" -> true;
            default -> false;
        };
    }
}
