package org.xprompt4j.cuda.lab;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

import org.xprompt4j.cuda.emulator.PtxEntry;
import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.KernelRun;

/** The arguments of a launch, checked against the kernel's parameters and laid out as they are. */
final class ArgumentBlock {
    private final KernelRun run;
    private final PtxEntry entry;
    private final Map<String, Long> addresses;

    ArgumentBlock(KernelRun run, PtxEntry entry, Map<String, Long> addresses) {
        this.run = run;
        this.entry = entry;
        this.addresses = addresses;
    }

    MemorySegment packed() {
        int count = entry.parameters().size();
        if (run.arguments().size() != count) {
            throw new InvalidInput("--arg: kernel " + entry + " takes " + count + " arguments" + signature() + ", " + run.arguments().size() + " are given");
        }
        MemorySegment block = MemorySegment.ofArray(new byte[Math.max(1, entry.parameterBytes())]);
        for (int i = 0; i < count; i++) {
            PtxEntry.Parameter parameter = entry.parameters().get(i);
            byte[] value = bytes(run.arguments().get(i), i, parameter);
            MemorySegment.copy(value, 0, block, ValueLayout.JAVA_BYTE, parameter.offset(), value.length);
        }
        return block;
    }

    private String signature() {
        return entry.parameters().stream().map(parameter -> parameter.bytes() + " bytes").collect(Collectors.joining(", ", " (", ")"));
    }

    private InvalidInput wrong(KernelRun.Argument argument, int index, String problem) {
        return new InvalidInput("--arg " + argument + ": argument " + (index + 1) + " of kernel " + entry + " " + problem);
    }

    private byte[] bytes(KernelRun.Argument argument, int index, PtxEntry.Parameter parameter) {
        byte[] value = switch (argument.kind()) {
            case "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64" -> integer(argument, index);
            case "f16" -> little(Float.floatToFloat16((float) real(argument, index)), 2);
            case "bf16" -> little(ElementAccess.floatToBfloat16((float) real(argument, index)), 2);
            case "f32" -> little(Float.floatToRawIntBits((float) real(argument, index)), 4);
            case "f64" -> little(Double.doubleToRawLongBits(real(argument, index)), 8);
            case "buf" -> little(address(argument, index), 8);
            case "null" -> new byte[8];
            case "hex" -> hexadecimal(argument, index);
            default -> throw wrong(argument, index, "has a kind that is not known; use i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64, buf:NAME, null or hex:BYTES");
        };
        if (value.length != parameter.bytes()) {
            throw wrong(argument, index, "takes " + parameter.bytes() + " bytes (." + parameter.type() + "), not " + value.length
                    + (argument.kind().equals("buf") || argument.kind().equals("null") ? "; it is no pointer" : ""));
        }
        return value;
    }

    private static byte[] little(long bits, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (bits >>> 8 * i);
        }
        return bytes;
    }

    private byte[] integer(KernelRun.Argument argument, int index) {
        int bits = Integer.parseInt(argument.kind().substring(1));
        String text = argument.text();
        if (!text.matches("-?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})")) {
            throw wrong(argument, index, "is no whole number");
        }
        boolean hexadecimal = text.toLowerCase(java.util.Locale.ROOT).contains("0x");
        BigInteger value = hexadecimal ? new BigInteger(text.replaceFirst("0[xX]", ""), 16) : new BigInteger(text);
        boolean signed = argument.kind().startsWith("i");
        BigInteger low = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
        BigInteger high = BigInteger.ONE.shiftLeft(signed && !hexadecimal ? bits - 1 : bits);
        if (value.compareTo(low) < 0 || value.compareTo(high) >= 0) {
            throw wrong(argument, index, "does not fit " + argument.kind());
        }
        return little(value.longValue(), bits / 8);
    }

    private double real(KernelRun.Argument argument, int index) {
        return switch (argument.text()) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> {
                if (!argument.text().matches("[-+]?([0-9]{1,40}\\.?[0-9]{0,40}|\\.[0-9]{1,40})([eE][-+]?[0-9]{1,3})?")) {
                    throw wrong(argument, index, "is no number");
                }
                BigDecimal value = new BigDecimal(argument.text());
                yield argument.kind().equals("f64") ? value.doubleValue() : value.floatValue();
            }
        };
    }

    private long address(KernelRun.Argument argument, int index) {
        String text = argument.text();
        long offset = 0;
        if (!addresses.containsKey(text) && text.matches(".+\\+[0-9]{1,12}")) {
            int plus = text.lastIndexOf('+');
            offset = Long.parseLong(text.substring(plus + 1));
            text = text.substring(0, plus);
        }
        Long address = addresses.get(text);
        if (address == null) {
            throw wrong(argument, index, "names a buffer that is not there" + (addresses.isEmpty() ? "; --in FILE.safetensors brings them"
                    : "; there are " + String.join(", ", addresses.keySet())));
        }
        return address + offset;
    }

    private byte[] hexadecimal(KernelRun.Argument argument, int index) {
        try {
            return HexFormat.of().parseHex(argument.text());
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(wrong(argument, index, "is not made of pairs of hexadecimal digits").getMessage(), e);
        }
    }
}
