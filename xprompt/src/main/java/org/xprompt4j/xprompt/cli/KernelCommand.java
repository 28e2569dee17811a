package org.xprompt4j.xprompt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code xp kernel}: GPU kernels without a GPU. */
@Command(name = "kernel", header = "runs and measures GPU kernels without a GPU", synopsisSubcommandLabel = "list|profile|run",
        subcommands = {KernelListCommand.class, KernelProfileCommand.class, KernelRunCommand.class}, description = {
    "Runs CUDA kernels on an emulator of the GPU's instruction set (PTX) that checks every access - bounds, alignment, races, memory that",
    "nobody wrote, barriers - and counts instructions, memory sectors and bank conflicts for each line of the source."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp kernel list                                    the operations whose kernels can be looked at",
            "  xp kernel profile rms_norm --shape rows=64,dim=160",
            "  xp kernel run saxpy.ptx --entry saxpy --grid 4 --block 256 --arg i32:1000 --arg f32:2 --arg buf:x --arg buf:y \\",
            "      --in before.safetensors --out after.safetensors    a kernel of your own"})
final class KernelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOptions help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: list, profile or run");
    }
}
