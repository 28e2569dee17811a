package org.xprompt4j.xprompt.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.kernel.KernelLab;
import org.xprompt4j.tensor.kernel.KernelOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code xp kernel list}: what can be profiled. */
@Command(name = "list", header = "lists the operations whose kernels can be profiled", description = {
    "Lists the operations that have GPU kernels, with the sizes that 'xp kernel profile' takes and their defaults, and the source file of the",
    "kernels (kernels-cuda/src/main/cuda)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp kernel list",
            "  xp kernel list --json | jq -r '.kernels[]'        the entries of each source file"})
final class KernelListCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        for (KernelOperation operation : KernelLab.find().operations()) {
            common.result(json(operation), () -> {
                common.out().println(String.format("%-30s %s", operation.name(), operation.summary()));
                common.out().println(String.format("%-30s %s   (%s)", "", shape(operation), operation.source()));
            });
        }
        return Main.DONE;
    }

    private static String shape(KernelOperation operation) {
        return operation.axes().stream().map(KernelOperation.Axis::toString).collect(Collectors.joining(","));
    }

    private static Map<String, Object> json(KernelOperation operation) {
        Map<String, Long> shape = new LinkedHashMap<>();
        operation.axes().forEach(axis -> shape.put(axis.name(), axis.size()));
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", operation.name());
        out.put("summary", operation.summary());
        out.put("shape", shape);
        out.put("source", operation.source());
        out.put("kernels", operation.kernels());
        return out;
    }
}
