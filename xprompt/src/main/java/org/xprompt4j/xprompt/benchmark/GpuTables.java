package org.xprompt4j.xprompt.benchmark;

import static org.xprompt4j.xprompt.benchmark.MarkdownReport.day;
import static org.xprompt4j.xprompt.benchmark.MarkdownReport.figure;
import static org.xprompt4j.xprompt.benchmark.MarkdownReport.row;

import java.util.List;
import org.xprompt4j.tensor.file.Json;

/** What {@code bench/gpu-report.sh} measured: targets first, then each work beside its rival. */
final class GpuTables {
    private GpuTables() {
    }

    static void append(BenchmarkHistory history, StringBuilder out) {
        List<Json> targets = history.comparisons("gpu-target");
        if (!targets.isEmpty()) {
            out.append("\n| target | needed | reached | | device, commit, date |\n| --- | --- | --- | --- | --- |\n");
            targets.forEach(line -> out.append(row(line.string("target"), figure(line.number("needed")),
                    line.has("reached") ? figure(line.number("reached")) : "", !line.has("reached") ? "not measured" : line.flag("met") ? "met" : "**missed**",
                    line.string("device") + ", " + line.string("commit") + ", " + day(line.string("date")))));
        }
        List<Json> works = history.comparisons("gpu");
        if (!works.isEmpty()) {
            out.append("\n| operation | shape | products in | µs, median (min to max) | TFLOP/s | GB/s | bound | share of the roof | against | theirs, µs |"
                    + " ratio (min to max of rounds) | SM MHz | commit, date |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            works.forEach(line -> out.append(work(line)));
        }
    }

    private static String work(Json line) {
        boolean roofed = line.has("share");
        boolean compared = line.has("ratio");
        return row(line.string("op"), line.string("shape"), line.string("precision") + (line.has("activations") ? ", on " + line.string("activations") : ""),
                figure(line.number("median")) + " (" + figure(line.number("min")) + " to " + figure(line.number("max")) + ")"
                        + (line.flag("host_hidden", true) ? "" : ", calls included"),
                figure(line.number("gflops") * 1e-3), figure(line.number("gbytes_per_s")), roofed ? line.string("bound") : "",
                roofed ? figure(line.number("share")) : "", compared ? line.string("against") : line.string("not_compared", ""),
                compared ? figure(line.number("their_median")) : "",
                compared ? figure(line.number("ratio")) + " (" + figure(line.number("ratio_min")) + " to " + figure(line.number("ratio_max")) + ")" : "",
                line.has("sm_mhz") ? figure(line.number("sm_mhz")) : "", line.string("commit") + ", " + day(line.string("date")));
    }
}
