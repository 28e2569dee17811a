package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import picocli.CommandLine.Option;

/** In what type a training holds its activations and the weights that they are multiplied with. */
final class PrecisionOption {
    @Option(names = "--precision", paramLabel = "TYPE",
            description = "activations in f32 or bf16; the optimiser's weights and the saved state are f32 in both, so that a run may go on in the other; default: bf16 on cuda, else f32")
    private String precision;

    /** The type for a device: BF16 where the tensor cores are, F32 where BF16 only saves memory. */
    DType on(String device) {
        String chosen = precision != null ? precision : device.equals("cuda") ? "bf16" : "f32";
        return switch (chosen) {
            case "f32" -> DType.F32;
            case "bf16" -> DType.BF16;
            default -> throw new InvalidInput("--precision must be f32 or bf16, is '" + chosen + "'");
        };
    }
}
