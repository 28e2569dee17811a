package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/** An access to memory: finds the addresses of a warp's lanes, checks them, and leaves spans and offsets in the warp. */
abstract class MemoryInstruction extends Instruction {
    Space space;
    /** Base of the address; null for a constant one. */
    Slot base;
    /** Constant part of the address. */
    long offset;
    /** Bytes that a lane accesses, all elements of a vector together. */
    int bytes;
    boolean writes;
    boolean atomic;
    /** Volatile, relaxed, acquire or release: ordered by its author, and never a race with its like. */
    boolean strong;
    /** Hands what the thread did before to whoever reads what it writes here. */
    boolean releases;

    /** What it moved in this launch. */
    final AccessCounter counter = new AccessCounter();

    private Span recent;

    /** A base and an offset from an address operand. */
    final void address(Slot register, long constant) {
        base = register;
        offset = constant;
    }

    /**
     * Resolves the addresses of the lanes into {@code warp.offsets} and the span that all lanes lie in; where they differ the result is null and
     * {@code warp.spans} has each lane's.
     */
    final Span locate(Warp warp, int mask) {
        long[] addresses = warp.addresses;
        if (base == null) {
            java.util.Arrays.fill(addresses, offset);
        } else if (base.kind() == Kind.LONG) {
            long[] from = warp.longs;
            int row = base.row();
            for (int i = 0; i < 32; i++) {
                addresses[i] = from[row + i] + offset;
            }
        } else {
            int[] from = warp.ints;
            int row = base.row();
            for (int i = 0; i < 32; i++) {
                addresses[i] = (from[row + i] & 0xffffffffL) + offset;
            }
        }
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        long low = 0;
        if (mask == -1) {
            for (int i = 0; i < 32; i++) {
                least = Math.min(least, addresses[i]);
                most = Math.max(most, addresses[i]);
                low |= addresses[i];
            }
        } else {
            for (int left = mask; left != 0; left &= left - 1) {
                long address = addresses[Integer.numberOfTrailingZeros(left)];
                least = Math.min(least, address);
                most = Math.max(most, address);
                low |= address;
            }
        }
        if ((low & bytes - 1) != 0) {
            misaligned(warp, mask);
        }
        Span common = switch (space) {
            case SHARED -> within(warp.block.shared, warp, mask, least, most);
            case LOCAL -> local(warp, mask, least, most, 0);
            case PARAMETER -> {
                long start = least >= GlobalMemory.PARAMETER_WINDOW ? GlobalMemory.PARAMETER_WINDOW : 0;
                yield shift(warp, warp.block.launch.parameters, mask, least, most, start);
            }
            case GLOBAL -> global(warp, mask, least, most);
            case GENERIC -> generic(warp, mask, least, most);
        };
        if (warp.block.launch.races != null && space != Space.LOCAL && space != Space.PARAMETER) {
            check(warp, mask, common);
        }
        if (writes && common != null && common.readOnly) {
            throw fault(warp, Integer.numberOfTrailingZeros(mask), PtxFault.Kind.READ_ONLY, common.label, "writes to " + common.label);
        }
        if (warp.block.launch.profiled) {
            counter.count(this, warp, mask, common);
        }
        return common;
    }

    private void check(Warp warp, int mask, Span common) {
        RaceDetector races = warp.block.launch.races;
        boolean global = space == Space.GLOBAL || space == Space.GENERIC && common != warp.block.shared;
        boolean orderedByAuthor = atomic || strong;
        if (common == warp.local) {
            return;
        }
        if (orderedByAuthor) {
            races.meet(warp, releases, global);
        }
        if (writes) {
            races.write(warp, mask, common, bytes, orderedByAuthor, this);
        } else {
            races.read(warp, mask, common, bytes, orderedByAuthor, this, global);
        }
    }

    private Span within(Span span, Warp warp, int mask, long least, long most) {
        if (least < 0 || most > span.size - bytes) {
            outside(warp, mask, span.size, "shared");
        }
        long[] addresses = warp.addresses;
        int[] offsets = warp.offsets;
        for (int i = 0; i < 32; i++) {
            offsets[i] = (int) addresses[i];
        }
        return span;
    }

    private Span shift(Warp warp, Span span, int mask, long least, long most, long start) {
        if (least < start || most - start > span.size - bytes) {
            outside(warp, mask, span.size, space.words);
        }
        for (int i = 0; i < 32; i++) {
            warp.offsets[i] = (int) (warp.addresses[i] - start);
        }
        return span;
    }

    private Span local(Warp warp, int mask, long least, long most, long start) {
        if (least < start || most - start > warp.frameBytes - bytes) {
            outside(warp, mask, warp.frameBytes, "local");
        }
        for (int i = 0; i < 32; i++) {
            warp.offsets[i] = (int) (warp.addresses[i] - start) + i * warp.frameBytes;
        }
        return warp.local;
    }

    private Span global(Warp warp, int mask, long least, long most) {
        Span span = recent;
        if (span == null || span.freed || least < span.base || most - span.base > span.size - bytes) {
            span = warp.block.launch.memory.find(least, bytes);
            if (span == null || !span.holds(most, bytes)) {
                return scattered(warp, mask);
            }
            recent = span;
        }
        long start = span.base;
        for (int i = 0; i < 32; i++) {
            warp.offsets[i] = (int) (warp.addresses[i] - start);
        }
        return span;
    }

    private Span scattered(Warp warp, int mask) {
        GlobalMemory memory = warp.block.launch.memory;
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            long address = warp.addresses[lane];
            Span span = memory.find(address, bytes);
            if (span == null) {
                Span near = memory.nearest(address);
                boolean freed = near != null && near.freed && address - near.base < near.size;
                throw warp.fault(freed ? PtxFault.Kind.USE_AFTER_FREE : PtxFault.Kind.OUT_OF_BOUNDS, source, lane, address, near == null ? null : near.label,
                        "global " + verb() + " of " + bytes + " bytes at " + memory.describe(address, bytes));
            }
            warp.spans[lane] = span;
            warp.offsets[lane] = (int) (address - span.base);
        }
        return null;
    }

    private Span generic(Warp warp, int mask, long least, long most) {
        if (most < GlobalMemory.PARAMETER_WINDOW && least >= 0) {
            return global(warp, mask, least, most);
        }
        long end = GlobalMemory.WINDOW_BYTES;
        if (least >= GlobalMemory.SHARED_WINDOW && most < GlobalMemory.SHARED_WINDOW + end) {
            return shift(warp, warp.block.shared, mask, least, most, GlobalMemory.SHARED_WINDOW);
        }
        if (least >= GlobalMemory.LOCAL_WINDOW && most < GlobalMemory.LOCAL_WINDOW + end) {
            return local(warp, mask, least, most, GlobalMemory.LOCAL_WINDOW);
        }
        if (least >= GlobalMemory.PARAMETER_WINDOW && most < GlobalMemory.PARAMETER_WINDOW + end) {
            return shift(warp, warp.block.launch.parameters, mask, least, most, GlobalMemory.PARAMETER_WINDOW);
        }
        return mixed(warp, mask);
    }

    /** Lanes whose generic addresses lie in different spaces. */
    private Span mixed(Warp warp, int mask) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            long address = warp.addresses[lane];
            Span span;
            long at;
            if (address >= GlobalMemory.LOCAL_WINDOW) {
                span = warp.local;
                at = address - GlobalMemory.LOCAL_WINDOW;
                if (at + bytes > warp.frameBytes) {
                    outside(warp, 1 << lane, warp.frameBytes, "local");
                }
                at += (long) lane * warp.frameBytes;
            } else if (address >= GlobalMemory.SHARED_WINDOW) {
                span = warp.block.shared;
                at = address - GlobalMemory.SHARED_WINDOW;
            } else if (address >= GlobalMemory.PARAMETER_WINDOW) {
                span = warp.block.launch.parameters;
                at = address - GlobalMemory.PARAMETER_WINDOW;
            } else {
                span = warp.block.launch.memory.find(address, bytes);
                at = span == null ? 0 : address - span.base;
            }
            if (span == null || at < 0 || at > span.size - bytes) {
                if (span == null) {
                    scattered(warp, 1 << lane);
                }
                throw warp.fault(PtxFault.Kind.OUT_OF_BOUNDS, source, lane, address, span.label, verb() + " of " + bytes + " bytes at byte " + at + " of "
                        + span.label + " of " + span.size + " bytes");
            }
            warp.spans[lane] = span;
            warp.offsets[lane] = (int) at;
        }
        return null;
    }

    private String verb() {
        return atomic ? "atomic" : writes ? "write" : "read";
    }

    private void misaligned(Warp warp, int mask) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            if ((warp.addresses[lane] & bytes - 1) != 0) {
                Span near = space == Space.GLOBAL ? warp.block.launch.memory.nearest(warp.addresses[lane]) : null;
                throw fault(warp, lane, PtxFault.Kind.MISALIGNED, near == null ? null : near.label, space.words + " " + verb() + " of " + bytes
                        + " bytes at 0x" + Long.toHexString(warp.addresses[lane]) + ", which is not a multiple of " + bytes
                        + (near == null ? "" : ", in allocation '" + near.label + "'"));
            }
        }
    }

    private void outside(Warp warp, int mask, long size, String where) {
        long start = space == Space.GENERIC ? switch (where) {
            case "shared", "generic" -> GlobalMemory.SHARED_WINDOW;
            case "local" -> GlobalMemory.LOCAL_WINDOW;
            default -> GlobalMemory.PARAMETER_WINDOW;
        } : 0;
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            long at = warp.addresses[lane] - start;
            if (at < 0 || at > size - bytes) {
                throw fault(warp, lane, PtxFault.Kind.OUT_OF_BOUNDS, where + " memory", where + " " + verb() + " of " + bytes + " bytes at byte " + at + " of "
                        + size + " bytes of " + where + " memory");
            }
        }
    }

    final PtxFault fault(Warp warp, int lane, PtxFault.Kind kind, String allocation, String what) {
        return warp.fault(kind, source, lane, warp.addresses[lane], allocation, what);
    }

    /** Reading bytes that nobody wrote is a fault. */
    final void requireWritten(Warp warp, int lane, Span span, int at, int count) {
        if (!span.isWritten(at, count)) {
            throw fault(warp, lane, PtxFault.Kind.UNINITIALISED, span.label, "read of " + count + " bytes at byte "
                    + (span == warp.local ? at - lane * warp.frameBytes : at) + " of " + (span.base == 0 ? span.label : "allocation '" + span.label + "'")
                    + ", which nobody wrote");
        }
    }
}
