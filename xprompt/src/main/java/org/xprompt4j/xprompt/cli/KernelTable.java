package org.xprompt4j.xprompt.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.kernel.GpuLimits;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.kernel.LaunchReport.SourceLine;
import org.xprompt4j.tensor.kernel.Roofline;
import org.xprompt4j.tensor.kernel.Traffic;

/** What a kernel did, as text of 100 columns or as JSON. Several launches of it are one table of sums. */
record KernelTable(KernelLaunch launch, int launches) {
    private static final int WIDTH = 100;
    private static final int KINDS = 12;

    KernelTable plus(KernelTable other) {
        return new KernelTable(new KernelLaunch(launch.module(), launch.grid(), launch.block(), launch.sharedBytes(),
                launch.report().plus(other.launch.report())), launches + other.launches);
    }

    private Roofline roofline() {
        return Roofline.of(GpuLimits.H100, launch.report(), launch.grid().count());
    }

    void print(PrintWriter out, KernelTableOptions options) {
        LaunchReport report = launch.report();
        Traffic traffic = report.traffic();
        out.println();
        out.println(report.kernel() + " (" + launch.module() + "), " + (launches == 1 ? "" : launches + " launches of ") + "grid " + launch.grid() + ", block "
                + launch.block() + (launch.sharedBytes() == 0 ? "" : ", " + grouped(launch.sharedBytes()) + " B of dynamic shared memory"));
        row(out, "instructions", "%,d of warps, %.1f %% of their lanes active, %,d divergent branches", report.warpInstructions(), 100 * report.activeLanes(),
                report.divergentBranches());
        row(out, "arithmetic", "%,d float operations (%,d special), %,d on tensor cores", report.floatOperations(), report.specialOperations(),
                report.tensorOperations());
        row(out, "global memory", "%,d requests, %,d sectors: %.1f a request, %.0f %% of their bytes used", traffic.globalRequests(), traffic.globalSectors(),
                traffic.sectorsPerRequest(), 100 * traffic.coalescing());
        row(out, "", "%,d B read, %,d B written; distinct: %,d B and %,d B", traffic.globalRead(), traffic.globalWritten(), traffic.footprintRead(),
                traffic.footprintWritten());
        if (traffic.sharedRequests() > 0) {
            row(out, "shared memory", "%,d requests, %,d wavefronts, %,d of them by bank conflicts", traffic.sharedRequests(), traffic.sharedWavefronts(),
                    traffic.sharedConflicts());
            row(out, "", "%,d B read, %,d B written", traffic.sharedRead(), traffic.sharedWritten());
        }
        if (traffic.localBytes() > 0) {
            row(out, "local memory", "%,d B", traffic.localBytes());
        }
        kinds(out);
        roofline(out);
        lines(out, options);
    }

    private static void row(PrintWriter out, String name, String format, Object... values) {
        out.println(String.format("  %-15s", name) + String.format(Locale.ROOT, format, values));
    }

    private void kinds(PrintWriter out) {
        double all = Math.max(1, launch.report().warpInstructions());
        List<Map.Entry<String, Long>> sorted = launch.report().kinds().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).toList();
        String text = sorted.stream().limit(KINDS).map(kind -> String.format(Locale.ROOT, "%s %.0f%%", kind.getKey(), 100 * kind.getValue() / all))
                .collect(Collectors.joining(", "));
        row(out, "by kind", "%s", cut(text, WIDTH - 17));
    }

    private void roofline(PrintWriter out) {
        Roofline roofline = roofline();
        String many = launches == 1 ? "" : " for all launches";
        row(out, "roofline", "at least %s%s on an %s with %d of %d multiprocessors busy,", time(roofline.binding().seconds()), many, roofline.gpu(),
                roofline.multiprocessors(), GpuLimits.H100.multiprocessors());
        row(out, "", "bound by %s", words(roofline.binding().resource()));
        row(out, "", "%s", roofline.bounds().stream().filter(bound -> bound.seconds() > 0)
                .map(bound -> bound.resource() + " " + time(bound.seconds())).collect(Collectors.joining(", ")));
    }

    private static String words(String resource) {
        return switch (resource) {
            case "memory" -> "device memory";
            case "cache" -> "traffic with the second-level cache";
            case "shared" -> "shared memory";
            case "issue" -> "the issue of instructions";
            case "special" -> "special functions";
            default -> "the tensor cores";
        };
    }

    private static String time(double seconds) {
        return seconds >= 1e-3 ? String.format(Locale.ROOT, "%.2f ms", 1e3 * seconds) : seconds >= 1e-6 ? String.format(Locale.ROOT, "%.2f us", 1e6 * seconds)
                : String.format(Locale.ROOT, "%.1f ns", 1e9 * seconds);
    }

    private void lines(PrintWriter out, KernelTableOptions options) {
        List<SourceLine> all = launch.report().lines();
        List<SourceLine> shown = all.stream().sorted(Comparator.comparingLong(SourceLine::warpInstructions).reversed()).limit(options.top())
                .sorted(Comparator.comparing(SourceLine::file).thenComparingInt(SourceLine::line)).toList();
        KernelSource source = new KernelSource();
        String file = "";
        for (SourceLine line : shown) {
            if (!line.file().equals(file)) {
                file = line.file();
                out.println("  line instructions share lanes sect/req used conflicts  " + cut(Main.oneLine(KernelSource.name(file)), 40));
            }
            out.println(cut(numbers(line) + (options.source() ? "  " + Main.oneLine(source.line(file, line.line())) : ""), WIDTH).stripTrailing());
        }
        if (shown.size() < all.size()) {
            out.println("  and " + (all.size() - shown.size()) + " other lines");
        }
    }

    private String numbers(SourceLine line) {
        Traffic traffic = line.traffic();
        boolean global = traffic.globalRequests() > 0;
        return String.format(Locale.ROOT, "%6d %,12d %4.0f%% %4.0f%% %8s %4s %9s", line.line(), line.warpInstructions(),
                100.0 * line.warpInstructions() / Math.max(1, launch.report().warpInstructions()), 100 * line.activeLanes(),
                global ? String.format(Locale.ROOT, "%.1f", traffic.sectorsPerRequest()) : "",
                global ? String.format(Locale.ROOT, "%.0f%%", 100 * traffic.coalescing()) : "",
                traffic.sharedRequests() > 0 ? grouped(traffic.sharedConflicts()) : "");
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 3) + "...";
    }

    private static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** The same as JSON. */
    Map<String, Object> json(String name) {
        LaunchReport report = launch.report();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", name);
        out.put("kernel", report.kernel());
        out.put("module", launch.module());
        out.put("launches", launches);
        out.put("grid", List.of(launch.grid().x(), launch.grid().y(), launch.grid().z()));
        out.put("block", List.of(launch.block().x(), launch.block().y(), launch.block().z()));
        out.put("shared_bytes", launch.sharedBytes());
        out.put("warp_instructions", report.warpInstructions());
        out.put("lane_instructions", report.laneInstructions());
        out.put("divergent_branches", report.divergentBranches());
        out.put("float_operations", report.floatOperations());
        out.put("special_operations", report.specialOperations());
        out.put("tensor_operations", report.tensorOperations());
        out.put("kinds", report.kinds());
        out.put("traffic", traffic(report.traffic()));
        Roofline roofline = roofline();
        Map<String, Object> bounds = new LinkedHashMap<>();
        roofline.bounds().forEach(bound -> bounds.put(bound.resource(), Map.of("amount", bound.amount(), "seconds", bound.seconds())));
        Map<String, Object> roof = new LinkedHashMap<>();
        roof.put("gpu", roofline.gpu());
        roof.put("multiprocessors", roofline.multiprocessors());
        roof.put("binding", roofline.binding().resource());
        roof.put("seconds", roofline.binding().seconds());
        roof.put("bounds", bounds);
        out.put("roofline", roof);
        out.put("lines", report.lines().stream().map(KernelTable::json).toList());
        return out;
    }

    private static Map<String, Object> json(SourceLine line) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("file", KernelSource.name(line.file()));
        out.put("line", line.line());
        out.put("warp_instructions", line.warpInstructions());
        out.put("lane_instructions", line.laneInstructions());
        out.put("traffic", traffic(line.traffic()));
        return out;
    }

    private static Map<String, Object> traffic(Traffic traffic) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("global_requests", traffic.globalRequests());
        out.put("global_sectors", traffic.globalSectors());
        out.put("global_read", traffic.globalRead());
        out.put("global_written", traffic.globalWritten());
        out.put("shared_requests", traffic.sharedRequests());
        out.put("shared_wavefronts", traffic.sharedWavefronts());
        out.put("shared_conflicts", traffic.sharedConflicts());
        out.put("shared_read", traffic.sharedRead());
        out.put("shared_written", traffic.sharedWritten());
        out.put("local_bytes", traffic.localBytes());
        if (traffic.footprintRead() + traffic.footprintWritten() > 0) {
            out.put("distinct_read", traffic.footprintRead());
            out.put("distinct_written", traffic.footprintWritten());
        }
        return out;
    }
}
