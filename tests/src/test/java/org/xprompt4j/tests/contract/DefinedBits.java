package org.xprompt4j.tests.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.xprompt4j.cuda.emulator.PtxEntry;
import org.xprompt4j.cuda.kernel.Kernels;
import org.xprompt4j.tensor.kernel.LaunchReport;

/** Tells launches whose results PTX defines to the bit from those whose error it only bounds. */
final class DefinedBits {
    /** Opcodes with a bounded error. The shipped kernels use div, sqrt and the others in their rounded forms. */
    private static final Set<String> APPROXIMATE = Set.of("ex2", "lg2", "sin", "cos", "tanh", "rsqrt", "rcp", "mma");

    private final Map<PtxEntry, Boolean> fusible = new HashMap<>();

    /** True when every instruction that ran has one result, and no two of the kernel may be made one. */
    boolean holdFor(PtxEntry entry, LaunchReport report) {
        return report.kinds().keySet().stream().noneMatch(APPROXIMATE::contains) && !fusible.computeIfAbsent(entry, DefinedBits::isFusible);
    }

    /** Multiplications and additions of a type without .rn: PTX lets an assembler fuse them, which rounds once instead of twice. */
    private static boolean isFusible(PtxEntry entry) {
        String text = Kernels.ptx(entry.module().file().replace(".ptx", ""));
        int start = text.indexOf(".entry " + entry.name() + "(");
        if (start < 0) {
            throw new AssertionError(entry.module().file() + " has no text of " + entry);
        }
        int end = text.indexOf(".entry ", start + 1);
        String body = text.substring(start, end < 0 ? text.length() : end);
        return Set.of("f32", "f64").stream().anyMatch(type -> contains(body, "mul", type) && contains(body, "(add|sub)", type));
    }

    private static boolean contains(String body, String opcode, String type) {
        return Pattern.compile("\\b" + opcode + "(\\.ftz)?\\." + type + "\\b").matcher(body).find();
    }
}
