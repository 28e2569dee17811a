package org.xprompt4j.xprompt.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.inspect.Contents;
import org.xprompt4j.xprompt.inspect.Contents.TensorEntry;
import org.xprompt4j.xprompt.inspect.Inspector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp info}: what a file or folder holds. */
@Command(name = "info", header = "says what a file or folder holds", description = {
    "Says what a checkpoint folder, a training folder, a safetensors file, a compressed prompt (.xpc), a file of picture codes (.codes)",
    "or a configuration holds: settings, metadata,",
    "and the tensors by size. Only headers are read, so it is quick for any size; all rules of the format are checked."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp info xprompt/models/demo                        the shipped model",
            "  xp info night.xpc --all                            every tensor of a compressed prompt",
            "  xp info run                                        a training folder: its states, log and configuration",
            "  xp info model.safetensors --json | jq .parameters"})
final class InfoCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "FILE|DIR", description = "what to look into")
    private Path path;

    @Option(names = "--all", description = "list every tensor, not only the " + SHOWN + " largest of each file")
    private boolean all;

    @Override
    public Integer call() {
        Contents contents = Inspector.inspect(path);
        common.result(toJson(contents), () -> print(contents, ""));
        return Main.DONE;
    }

    private Map<String, Object> toJson(Contents contents) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("path", contents.path());
        out.put("kind", contents.kind());
        out.put("bytes", contents.bytes());
        out.put("parameters", contents.parameters());
        out.put("facts", contents.facts());
        out.put("metadata", contents.metadata());
        out.put("tensors", contents.tensors());
        out.put("parts", contents.parts().stream().map(this::toJson).toList());
        return out;
    }

    private void print(Contents contents, String indent) {
        PrintWriter out = common.out();
        String parameters = contents.parameters() > 0 ? ", " + grouped(contents.parameters()) + " parameters" : "";
        out.println(indent + shown(contents.path()) + ": " + shown(contents.kind()) + ", " + size(contents.bytes()) + parameters);
        contents.facts().forEach((name, value) -> out.println(indent + "  " + shown(name) + " = " + shown(String.valueOf(value))));
        contents.metadata().forEach((name, value) -> out.println(indent + "  metadata " + shown(name) + " = " + shown(value)));
        if (!contents.tensors().isEmpty()) {
            printTensors(contents.tensors(), indent + "  ");
        }
        contents.parts().forEach(part -> print(part, indent + "  "));
    }

    private void printTensors(List<TensorEntry> tensors, String indent) {
        List<TensorEntry> bySize = tensors.stream()
                .sorted(Comparator.comparingLong(TensorEntry::bytes).reversed().thenComparing(TensorEntry::name)).toList();
        List<TensorEntry> rows = all ? bySize : bySize.subList(0, Math.min(SHOWN, bySize.size()));
        int width = rows.stream().mapToInt(t -> shown(t.name()).length()).max().orElse(0);
        for (TensorEntry t : rows) {
            common.out().println(String.format(Locale.ROOT, "%s%-" + Math.max(1, width) + "s  %-5s %-22s %14s  %9s", indent, shown(t.name()),
                    t.dtype(), Arrays.toString(t.shape()), grouped(t.elements()), size(t.bytes())));
        }
        if (rows.size() < bySize.size()) {
            long rest = bySize.stream().skip(rows.size()).mapToLong(TensorEntry::bytes).sum();
            common.out().println(indent + "and " + (bySize.size() - rows.size()) + " smaller ones of " + size(rest) + " together (--all lists them)");
        }
    }

    /** Text of a file as the terminal may see it. */
    private static String shown(String text) {
        String line = Main.oneLine(text);
        return line.length() <= 160 ? line : line.substring(0, 157) + "...";
    }

    private static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String size(long bytes) {
        return bytes < 10_000 ? bytes + " B" : bytes < 10_000_000 ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
