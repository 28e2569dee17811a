package org.xprompt4j.xprompt.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.xprompt4j.tensor.file.Json;

/** The history as Markdown: operations against the machine's roofs, then against other libraries. */
public final class MarkdownReport {
    private MarkdownReport() {
    }

    /** All tables; those without a row are left out. */
    public static String of(BenchmarkHistory history) {
        StringBuilder out = new StringBuilder();
        List<Measurement> onProcessors = history.measurements().stream().filter(m -> m.threads() > 0).toList();
        if (!onProcessors.isEmpty()) {
            out.append("| operation | shape | threads | µs, median (min to max of forks) | GFLOP/s | GB/s | bound | share of the roof | commit, date |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            onProcessors.forEach(m -> out.append(row(m.op(), m.shape(), Integer.toString(m.threads()),
                    figure(m.median()) + " (" + figure(m.min()) + " to " + figure(m.max()) + ")", figure(m.gflops()), figure(m.gbytes()),
                    m.boundByCompute() ? "compute" : "memory", figure(m.share()), m.commit() + ", " + day(m.date()))));
        }
        GpuTables.append(history, out);
        List<Json> openblas = history.comparisons("openblas");
        if (!openblas.isEmpty()) {
            out.append("\n| sgemm | order | threads | ours, GFLOP/s | OpenBLAS, GFLOP/s | ratio (min to max of forks) | commit, date |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- |\n");
            openblas.forEach(line -> out.append(row(line.get("m") + "x" + line.get("n") + "x" + line.get("k"), line.string("order"),
                    line.get("threads").toString(), figure(line.number("ours_gflops")), figure(line.number("openblas_gflops")),
                    figure(line.number("ratio")) + " (" + figure(line.number("ratio_min")) + " to " + figure(line.number("ratio_max")) + ")",
                    line.string("commit") + ", " + day(line.string("date")))));
        }
        List<Json> torch = history.comparisons("torch-cpu");
        if (!torch.isEmpty()) {
            out.append("\n| work | threads | ours | PyTorch | unit | ratio | PyTorch ran with | commit, date |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
            torch.forEach(line -> out.append(row(line.string("work"), line.get("threads").toString(), figure(line.number("ours")),
                    figure(line.number("torch")), line.string("unit"), figure(line.number("ratio")), line.string("torch_runs"),
                    line.string("commit") + ", " + day(line.string("date")))));
        }
        out.append('\n');
        devices(history).forEach(device -> out.append("Measured on ").append(cell(device)).append(".\n"));
        return out.toString();
    }

    private static List<String> devices(BenchmarkHistory history) {
        Stream<String> processors = history.measurements().stream().filter(m -> m.threads() > 0).map(Measurement::device);
        Stream<String> compared = history.comparisons().stream().map(line -> line.string("device")); // a GPU's too, by its bare name
        return Stream.concat(processors, compared).distinct().toList();
    }

    static String row(String... cells) {
        StringBuilder out = new StringBuilder("|");
        for (String cell : cells) {
            out.append(' ').append(cell(cell)).append(" |");
        }
        return out.append('\n').toString();
    }

    /** Text of a file as a table may hold it. */
    private static String cell(String text) {
        return text.replaceAll("\\p{Cntrl}", " ").replace("|", "\\|");
    }

    /** Three significant digits, whole numbers from 1000 on. */
    static String figure(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    static String day(String date) {
        return date.length() >= 10 ? date.substring(0, 10) : date;
    }
}
