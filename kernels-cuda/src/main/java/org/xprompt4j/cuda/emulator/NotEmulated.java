package org.xprompt4j.cuda.emulator;

import org.xprompt4j.cuda.emulator.syntax.Operation;

/**
 * Instructions that this machine knows of and does not run, and what it says of them. Whoever adds one of them writes a decoder beside
 * {@link WarpDecoder} and takes its line out here; whole-warp instructions also belong into {@link KernelTranslator#isGate}.
 */
final class NotEmulated {
    private NotEmulated() {
    }

    /** Why the instruction cannot be run, or null if nothing is known against it. */
    static String reason(Operation operation) {
        String opcode = operation.opcode();
        return switch (operation.root()) {
            case "tex", "tld4", "txq", "suld", "sust", "sured", "suq", "istypep" ->
                "textures and surfaces are not emulated; let the kernel read a buffer";
            case "wgmma" -> later("90a", "matrix products of warp groups");
            case "tensormap", "mapa", "getctarank", "clusterlaunchcontrol", "multimem" -> later("90", "clusters of blocks and tensor maps");
            case "tcgen05" -> later("100a", "tensor memory");
            case "mbarrier" -> "barriers in shared memory (mbarrier) are not emulated; build for compute_70, where cuda::barrier does without";
            case "stmatrix" -> later("90", "stores of matrices");
            case "barrier" -> opcode.startsWith("barrier.cluster") ? later("90", "clusters of blocks") : null;
            case "cp" -> opcode.startsWith("cp.async.bulk") || opcode.startsWith("cp.reduce") ? later("90a", "bulk copies (TMA)")
                    : opcode.contains("mbarrier") ? "barriers in shared memory (mbarrier) are not emulated" : null;
            case "call" -> null;
            default -> opcode.contains("shared::cluster") ? later("90", "shared memory of other blocks") : null;
        };
    }

    private static String later(String architecture, String what) {
        return "needs compute_" + architecture + " (" + what + "): not emulated";
    }
}
