package org.xprompt4j.bench.gpu;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.bench.History;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.benchmark.BenchmarkHistory;
import org.xprompt4j.xprompt.benchmark.MarkdownReport;
import org.xprompt4j.xprompt.benchmark.Measurement;
import org.xprompt4j.xprompt.benchmark.RooflineChart;

/**
 * What a report writes: a JSON line for each work on standard output and in the histories as soon as it is done, tables and rooflines
 * at the end. Of the emulator only which works ran and were right.
 */
final class GpuLog {
    private final Path folder;
    private final String device;
    private final boolean emulated;
    private final List<History> histories; // the run's own first
    private final PrintStream out;
    private final List<String> checked = new ArrayList<>(); // rows of a table

    GpuLog(Path folder, String device, boolean emulated, List<History> histories, PrintStream out) {
        this.folder = folder;
        this.device = device;
        this.emulated = emulated;
        this.histories = histories;
        this.out = out;
    }

    boolean isEmulated() {
        return emulated;
    }

    private void say(String tool, Map<String, Object> figures) {
        out.println(JsonWriter.compact(figures));
        histories.forEach(history -> history.append(tool, figures));
    }

    void measured(Measured result, Roofs roofs) {
        say("gpu", result.figures(device, roofs));
    }

    /** A work that ran on the emulator and was right. */
    void checked(GpuWork work) {
        Map<String, Object> line = work.named(device);
        line.put("checked", true);
        line.put("note", GpuReport.EMULATED);
        say("gpu-emulated", line);
        checked.add("| " + work.op() + " | " + work.shape() + " | " + work.precision().word() + " | right |");
    }

    /** A work whose result was wrong or that broke down: no history keeps it. */
    void failed(GpuWork work, String why) {
        Map<String, Object> line = work.named(device);
        line.put("checked", false);
        line.put("error", why);
        out.println(JsonWriter.compact(line));
        checked.add("| " + work.op() + " | " + work.shape() + " | " + work.precision().word() + " | **not right, see the log** |");
    }

    /** Writes targets, tables and pictures. */
    void end(List<GpuWork> planned, List<Measured> measured, Map<String, String> unmeasured, Roofs roofs) {
        StringBuilder text = new StringBuilder();
        if (emulated) {
            text.append("# ").append(GpuReport.EMULATED).append("\n\nEvery work ran on the PTX emulator at a tiny size and was compared with a reference."
                    + " Nothing was timed.\n\n| operation | shape | products in | result |\n| --- | --- | --- | --- |\n");
            checked.forEach(row -> text.append(row).append('\n'));
        } else {
            Target.ALL.forEach(target -> say("gpu-target", target.figures(device, target.reached(planned, measured, roofs))));
            BenchmarkHistory history = BenchmarkHistory.read(folder.resolve("results.jsonl"));
            text.append(MarkdownReport.of(history));
            charts(history, text);
        }
        if (!unmeasured.isEmpty()) {
            text.append("\nNot measured:\n\n");
            unmeasured.forEach((work, why) -> text.append("- ").append(work).append(": ").append(why.lines().findFirst().orElse("")).append('\n'));
        }
        AtomicFile.text(folder.resolve("report.md"), text.toString());
        out.println(folder.resolve("report.md"));
    }

    private void charts(BenchmarkHistory history, StringBuilder text) {
        Map<String, List<Measurement>> byRoof = new LinkedHashMap<>();
        history.measurements().forEach(m -> byRoof.computeIfAbsent(m.device(), key -> new ArrayList<>()).add(m));
        int number = 1;
        for (List<Measurement> chart : byRoof.values()) {
            Path file = folder.resolve("roofline" + (number == 1 ? "" : "-" + number) + ".png");
            number++;
            try {
                RooflineChart.write(file, chart);
                out.println(file);
            } catch (RuntimeException | LinkageError | InternalError e) { // Java's fonts need fontconfig and a font
                String note = file.getFileName() + " is not drawn (" + e + "): this machine has no fonts for Java; draw it elsewhere with"
                        + " 'xp bench report --history results.jsonl'";
                System.err.println(note);
                text.append('\n').append(note).append('\n');
            }
        }
    }
}
