package org.xprompt4j.xprompt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.KernelLab;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp kernel profile}: what the kernels of an operation do, line by line. */
@Command(name = "profile", header = "counts what the kernels of an operation do, line by line", description = {
    "Runs an operation as the GPU backend does, on the emulator, over random data, and prints for each kernel and each line of its source:",
    "instructions of warps and the share of their lanes that were active; memory sectors a request (4 is perfect for 32 lanes of 4 bytes) and",
    "the share of the sectors' bytes that lanes asked for; conflicts of shared-memory banks; divergent branches; bytes in each memory.",
    "Then the roofline: the time that an H100 needs at least for each of these, and which one binds.",
    "Counts are exact. Times are lower bounds made of them, not measurements: latency, the launch itself and cache misses come on top."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp kernel profile rms_norm",
            "  xp kernel profile rms_norm --shape rows=64,dim=160",
            "  xp kernel profile matmul --shape m=256,n=256,k=128 --weights bf16      on the tensor cores",
            "  xp kernel profile attention --shape ie=100,xp=8,td=100 --top 10        the ten lines that cost most",
            "  xp kernel profile conv2d --json | jq .roofline"})
final class KernelProfileCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "operation, as 'xp kernel list' shows them")
    private String name;

    @Option(names = "--shape", split = ",", paramLabel = "AXIS=SIZE", description = "sizes by axis; what is not named has its default")
    private List<String> shape = List.of();

    @Option(names = "--weights", paramLabel = "f32|bf16", defaultValue = "f32",
            description = "type of the weights; bf16 also multiplies matrices on the tensor cores; default: ${DEFAULT-VALUE}")
    private String weights;

    @Mixin
    private KernelTableOptions table;

    @Override
    public Integer call() {
        table.check();
        DType dtype = switch (weights) {
            case "f32" -> DType.F32;
            case "bf16" -> DType.BF16;
            default -> throw new InvalidInput("--weights '" + weights + "' is not known; use f32 or bf16");
        };
        List<KernelLaunch> launches = KernelLab.find().profile(name, sizes(), dtype);
        List<KernelTable> tables = grouped(launches);
        if (common.json()) {
            tables.forEach(each -> common.printJson(each.json(name)));
        } else {
            common.out().println(name + ": " + launches.size() + (launches.size() == 1 ? " launch" : " launches"));
            tables.forEach(each -> each.print(common.out(), table));
        }
        return Main.DONE;
    }

    private Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (String part : shape) {
            if (!part.matches("\\w+=[0-9]{1,9}")) {
                throw new InvalidInput("--shape: '" + part + "' must be AXIS=SIZE, such as rows=64");
            }
            String axis = part.substring(0, part.indexOf('='));
            if (sizes.put(axis, Long.parseLong(part.substring(axis.length() + 1))) != null) {
                throw new InvalidInput("--shape: axis '" + axis + "' is given twice");
            }
        }
        return sizes;
    }

    /** Launches of one kernel with one grid are added up. */
    private static List<KernelTable> grouped(List<KernelLaunch> launches) {
        Map<String, KernelTable> byKernel = new LinkedHashMap<>();
        for (KernelLaunch launch : launches) {
            String key = launch.module() + " " + launch.report().kernel() + launch.grid() + "/" + launch.block() + "/" + launch.sharedBytes();
            byKernel.merge(key, new KernelTable(launch, 1), KernelTable::plus);
        }
        return new ArrayList<>(byKernel.values());
    }
}
