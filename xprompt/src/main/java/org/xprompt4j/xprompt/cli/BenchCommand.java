package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.benchmark.BenchmarkHistory;
import org.xprompt4j.xprompt.benchmark.MarkdownReport;
import org.xprompt4j.xprompt.benchmark.Measurement;
import org.xprompt4j.xprompt.benchmark.RooflineChart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code xp bench}: what the benchmarks measured. */
@Command(name = "bench", header = "reports what the benchmarks measured", synopsisSubcommandLabel = "report",
        subcommands = BenchCommand.Report.class,
        footerHeading = "%nExamples:%n", footer = "  xp bench report --out report")
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOptions help;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: report");
    }

    /** {@code xp bench report}. */
    @Command(name = "report", header = "draws a roofline and writes tables of what was measured", description = {
        "Reads the history that bench/run.sh, bench/openblas, bench/torch-cpu and bench/gpu-report.sh append to, takes the last",
        "measurement of each operation and shape, and writes report.md (tables) and a roofline picture for each device and number of",
        "threads, or precision of a GPU: how far each operation is from what memory and processor of that machine allow, both measured",
        "in the same run."},
            footerHeading = "%nExamples:%n",
            footer = {
                "  bench/run.sh matmul attention && xp bench report",
                "  xp bench report --history other.jsonl --out elsewhere"})
    static final class Report implements Callable<Integer> {
        @Mixin
        private CommonOptions common;

        @Option(names = "--history", paramLabel = "FILE", defaultValue = "bench/results/history.jsonl",
                description = "lines of JSON; default: ${DEFAULT-VALUE}")
        private Path history;

        @Option(names = "--out", paramLabel = "DIR", defaultValue = "bench/results/report", description = "where to write; default: ${DEFAULT-VALUE}")
        private Path out;

        @Override
        public Integer call() {
            BenchmarkHistory read = BenchmarkHistory.read(history);
            OutputPlace.folder(out);
            AtomicFile.folder(out);
            List<String> written = new ArrayList<>();
            Map<String, List<Measurement>> charts = new LinkedHashMap<>();
            read.measurements().forEach(m -> charts.computeIfAbsent(m.device() + "\n" + m.threads(), key -> new ArrayList<>()).add(m));
            int number = 0;
            for (List<Measurement> chart : charts.values()) {
                Path file = out.resolve("roofline" + (number == 0 ? "" : "-" + (number + 1)) + ".png");
                RooflineChart.write(file, chart);
                written.add(file.toString());
                number++;
            }
            Path table = out.resolve("report.md");
            AtomicFile.text(table, MarkdownReport.of(read));
            written.add(table.toString());
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("measurements", read.measurements().size());
            result.put("comparisons", read.comparisons().size());
            result.put("files", written);
            common.result(result, () -> {
                common.out().println(read.measurements().size() + " measurements, " + read.comparisons().size() + " comparisons");
                written.forEach(common.out()::println);
            });
            return Main.DONE;
        }
    }
}
