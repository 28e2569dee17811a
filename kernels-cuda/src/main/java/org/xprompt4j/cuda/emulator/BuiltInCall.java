package org.xprompt4j.cuda.emulator;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.xprompt4j.cuda.emulator.syntax.Operand;

/** Functions that the device's system gives: {@code vprintf}, to standard error, {@code __assertfail}, {@code malloc} and {@code free}. */
final class BuiltInCall extends Instruction {
    /** The device's heap as CUDA has it by default. */
    private static final long MOST_HEAP = 8 << 20;

    private final String function;
    /** Places of the arguments in the thread's local memory. */
    private final int[] arguments;
    private final int result;

    private BuiltInCall(String function, int[] arguments, int result) {
        this.function = function;
        this.arguments = arguments;
        this.result = result;
    }

    static BuiltInCall of(Assembler asm) {
        List<Operand> operands = asm.operation().operands();
        int at = operands.getFirst() instanceof Operand.Group ? 1 : 0;
        String function = ((Operand.Symbol) operands.get(at)).name();
        int[] arguments = ((Operand.Group) operands.get(at + 1)).members().stream().mapToInt(member -> (int) asm.address((Operand.Symbol) member)).toArray();
        int result = at == 1 ? (int) asm.address((Operand.Symbol) ((Operand.Group) operands.getFirst()).members().getFirst()) : -1;
        int takes = switch (function) {
            case "vprintf" -> 2;
            case "__assertfail" -> 5;
            default -> 1;
        };
        if (arguments.length != takes || function.equals("malloc") && result < 0) {
            throw asm.error(function + " takes " + takes + " arguments");
        }
        return new BuiltInCall(function, arguments, result);
    }

    @Override
    void execute(Warp warp, int mask) {
        for (int left = mask; left != 0; left &= left - 1) {
            int lane = Integer.numberOfTrailingZeros(left);
            int frame = lane * warp.frameBytes;
            if (function.equals("__assertfail")) {
                throw warp.fault(PtxFault.Kind.ASSERTION, source, lane, 0, null, "assertion '" + text(warp, lane, word(warp, frame + arguments[0])) + "' of "
                        + text(warp, lane, word(warp, frame + arguments[1])) + ":" + Span.INTS.get(warp.local.data, frame + arguments[2]) + " does not hold");
            }
            if (function.equals("malloc")) {
                allocate(warp, word(warp, frame + arguments[0]), frame + result);
                continue;
            }
            if (function.equals("free")) {
                release(warp, lane, word(warp, frame + arguments[0]));
                continue;
            }
            print(warp, lane, text(warp, lane, word(warp, frame + arguments[0])), word(warp, frame + arguments[1]), System.err);
            if (result >= 0) {
                Span.INTS.set(warp.local.data, frame + result, 0);
                if (warp.local.written != null) {
                    warp.local.markWritten(frame + result, 4);
                }
            }
        }
    }

    /** Null where there is no room, as on a device. */
    private static void allocate(Warp warp, long bytes, int result) {
        boolean room = bytes > 0 && bytes <= MOST_HEAP;
        Span.LONGS.set(warp.local.data, result, room ? warp.block.launch.memory.allocate(bytes, "the kernel's malloc").base : 0L);
        if (warp.local.written != null) {
            warp.local.markWritten(result, 8);
        }
    }

    private void release(Warp warp, int lane, long address) {
        if (address != 0) {
            try {
                warp.block.launch.memory.free(address);
            } catch (PtxFault fault) {
                throw warp.fault(PtxFault.Kind.INVALID_FREE, source, lane, address, fault.allocation(), fault.getMessage());
            }
        }
    }

    private static long word(Warp warp, int at) {
        return (long) Span.LONGS.get(warp.local.data, at);
    }

    private record Place(Span span, int at) {
    }

    private Place place(Warp warp, int lane, long address, int bytes) {
        if (address >= GlobalMemory.LOCAL_WINDOW && address - GlobalMemory.LOCAL_WINDOW <= warp.frameBytes - bytes) {
            return new Place(warp.local, (int) (address - GlobalMemory.LOCAL_WINDOW) + lane * warp.frameBytes);
        }
        Span span = warp.block.launch.memory.find(address, bytes);
        if (span == null) {
            throw warp.fault(PtxFault.Kind.OUT_OF_BOUNDS, source, lane, address, null, function + " reads " + warp.block.launch.memory.describe(address, bytes));
        }
        return new Place(span, (int) (address - span.base));
    }

    private String text(Warp warp, int lane, long address) {
        Place start = place(warp, lane, address, 1);
        int end = start.at;
        while (end < start.span.data.length && start.span.data[end] != 0) {
            end++;
        }
        return new String(start.span.data, start.at, end - start.at, StandardCharsets.UTF_8);
    }

    /** C's printf for what CUDA supports: arguments of 4 bytes lie on multiples of 4, of 8 bytes on multiples of 8. */
    private void print(Warp warp, int lane, String format, long address, PrintStream to) {
        StringBuilder text = new StringBuilder();
        int offset = 0;
        for (int i = 0; i < format.length(); i++) {
            char ch = format.charAt(i);
            if (ch != '%') {
                text.append(ch);
                continue;
            }
            int end = i + 1;
            while (end < format.length() && "-+ #0123456789.lhzjt".indexOf(format.charAt(end)) >= 0) {
                end++;
            }
            if (end >= format.length() || format.charAt(end) == '%') {
                text.append('%');
                i = end;
                continue;
            }
            String flags = format.substring(i + 1, end).replaceAll("[lhzjt]", "");
            char conversion = format.charAt(end);
            boolean wide = "eEfgGpsaA".indexOf(conversion) >= 0 || format.substring(i, end).matches(".*[lzjt].*");
            offset = wide ? (offset + 7) / 8 * 8 : offset;
            Place place = place(warp, lane, address + offset, wide ? 8 : 4);
            long bits = wide ? (long) Span.LONGS.get(place.span.data, place.at) : (int) Span.INTS.get(place.span.data, place.at);
            offset += wide ? 8 : 4;
            text.append(formatted(warp, lane, flags, conversion, bits, wide));
            i = end;
        }
        to.print(text);
    }

    private String formatted(Warp warp, int lane, String flags, char conversion, long bits, boolean wide) {
        return switch (conversion) {
            case 'd', 'i' -> String.format("%" + flags + "d", bits);
            case 'u' -> String.format("%" + flags + "d", wide ? bits : bits & 0xffffffffL);
            case 'x', 'X', 'o' -> String.format("%" + flags + conversion, wide ? bits : bits & 0xffffffffL);
            case 'c' -> String.valueOf((char) bits);
            case 's' -> String.format("%" + flags + "s", text(warp, lane, bits));
            case 'p' -> "0x" + Long.toHexString(bits);
            case 'e', 'E', 'f', 'g', 'G', 'a', 'A' -> String.format("%" + flags + conversion, Double.longBitsToDouble(bits));
            default -> "%" + conversion;
        };
    }
}
