package org.xprompt4j.xprompt.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.evaluation.Case;
import org.xprompt4j.xprompt.evaluation.Evaluation;
import org.xprompt4j.xprompt.evaluation.Report;
import org.xprompt4j.xprompt.evaluation.Suite;
import org.xprompt4j.xprompt.evaluation.TokenizerQuality;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.ContactSheet;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.ContextMode;

/** Runs a suite and writes what {@code xp demo} and {@code xp eval} show: table, report.json, sheet.png. */
final class EvaluationOutput {
    private static final List<String> COLUMNS = List.of("example in", "example out", "new photo", "no example", "example in full",
            "compressed", "right answer", "tokenizer alone");

    private static final List<String> FIGURES = List.of("copy", "none", "full", "compressed", "ceiling");

    private final CommonOptions common;
    private final boolean detailed; // all metrics and intervals, not PSNR alone
    private final Path modelFolder;
    private final XPromptModel model;

    EvaluationOutput(CommonOptions common, boolean detailed, Path modelFolder, XPromptModel model) {
        this.common = common;
        this.detailed = detailed;
        this.modelFolder = modelFolder;
        this.model = model;
    }

    /**
     * The suite, when every task in it is known.
     *
     * @param where the file that names them
     */
    static Suite requireTasks(Suite suite, Path where) {
        List<String> known = KnownTasks.names();
        for (String name : suite.tasks()) {
            if (!known.contains(name)) {
                throw new InvalidInput(where + ": tasks: '" + name + "' is no task; known are " + String.join(", ", known));
            }
        }
        return suite;
    }

    /** The photographs to measure on; those in the repository for null. */
    static PhotoSource photographs(Path given) {
        Path path = given != null ? given : Home.path("xprompt/photos");
        PhotoSource source = PhotoSource.open(path);
        int found = source.indices(Split.TEST).length;
        if (found < 2) {
            throw new InvalidInput(path + ": split: holds " + found + " photographs of split test, at least 2 are needed; make a larger pack with: xp data prepare");
        }
        return source;
    }

    /**
     * @param start of the command, {@link System#nanoTime}
     */
    void run(Suite suite, PhotoSource source, GenerationOptions options, Path out, long start) {
        List<Case> cases;
        try (Progress progress = common.progress("answering", (long) suite.tasks().size() * suite.photos(), "queries")) {
            cases = new Evaluation(model, source, suite, options).run(KnownTasks.covering(suite.tasks(), null, Split.TEST), (done, of) -> progress.at(done));
        }
        double quality = TokenizerQuality.psnr(model, source, suite.seed());
        Report report = Report.of(modelFolder.toString(), model.fingerprint(), (System.nanoTime() - start) * 1e-9, quality, cases, suite.seed());
        AtomicFile.folder(out);
        Path sheet = out.resolve("sheet.png");
        sheet(cases, report).write(sheet);
        Path json = out.resolve("report.json");
        AtomicFile.text(json, text(report));
        common.result(report, () -> print(report, sheet, json));
    }

    private static String text(Report report) {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that has no JSON form", e);
        }
    }

    /** One row a task, with the mean PSNR without the example and with it compressed. */
    private ContactSheet sheet(List<Case> cases, Report report) {
        ContactSheet sheet = new ContactSheet("X-Prompt: shown one worked example, the model does the same to a new photo",
                String.format(Locale.ROOT, "%d x %d pixels, %d X-Prompt tokens for %d codes of example; figures are PSNR against the right answer; test photographs only",
                        model.config().pictureSize(), model.config().pictureSize(), model.config().xpIds().length,
                        2 * model.pictureCodes()), COLUMNS);
        Map<String, List<Case>> byTask = new LinkedHashMap<>();
        cases.forEach(c -> byTask.computeIfAbsent(c.task().name(), name -> new ArrayList<>()).add(c));
        int row = 0;
        for (Report.TaskFigures figures : report.tasks()) {
            List<Case> own = byTask.get(figures.name());
            Case c = own.get(row++ % own.size()); // another photograph in each row
            Picture truth = c.job().output();
            List<ContactSheet.Cell> cells = new ArrayList<>();
            cells.add(new ContactSheet.Cell(c.example().input(), ""));
            cells.add(new ContactSheet.Cell(c.example().output(), ""));
            cells.add(new ContactSheet.Cell(c.job().input(), decibels(c.job().input(), truth)));
            for (ContextMode mode : ContextMode.values()) {
                cells.add(new ContactSheet.Cell(c.answers().get(mode), decibels(c.answers().get(mode), truth)));
            }
            cells.add(new ContactSheet.Cell(truth, ""));
            cells.add(new ContactSheet.Cell(c.reconstruction(), decibels(c.reconstruction(), truth)));
            sheet.row(figures.name(), String.format(Locale.ROOT, "%d photos: %.1f to %.1f dB", figures.photos(),
                    figures.psnr().get("none"), figures.psnr().get("compressed")),
                    figures.novel() ? "novel" : "", cells);
        }
        return sheet;
    }

    private static String decibels(Picture picture, Picture truth) {
        return String.format(Locale.ROOT, "%.1f dB", Psnr.capped(picture, truth, Psnr.CEILING));
    }

    private void print(Report report, Path sheet, Path json) {
        table("PSNR, dB", report, Report.TaskFigures::psnr, "%.2f");
        if (detailed) {
            intervals(report);
            table("SSIM", report, Report.TaskFigures::ssim, "%.3f");
            table("MSE on [0, 1]", report, Report.TaskFigures::mse, "%.4f");
        }
        line("tokenizer on plain test photographs: %.2f dB; %.1f s in all", report.tokenizer_psnr(), report.seconds());
        line("pictures: %s%nfigures:  %s", sheet, json);
    }

    private void table(String title, Report report, Function<Report.TaskFigures, Map<String, Double>> figures, String format) {
        line("%-20s %6s %6s | %8s %8s %8s %10s %8s", title, "", "photos", "copy", "none", "full", "compressed", "ceiling");
        for (Report.TaskFigures task : report.tasks()) {
            row(task.name(), task.novel() ? "novel" : "", Integer.toString(task.photos()), column -> figures.apply(task).get(column), format);
        }
        for (boolean novel : new boolean[] {false, true}) {
            List<Report.TaskFigures> own = report.tasks().stream().filter(t -> t.novel() == novel).toList();
            if (!own.isEmpty()) {
                row(novel ? "mean, novel" : "mean, trained", "", "",
                        column -> own.stream().mapToDouble(t -> figures.apply(t).get(column)).average().orElseThrow(), format);
            }
        }
        line("");
    }

    private void row(String name, String novel, String photos, ToDoubleFunction<String> value, String format) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-20s %6s %6s |", name, novel, photos));
        for (String column : FIGURES) {
            String figure = String.format(Locale.ROOT, format, value.applyAsDouble(column));
            text.append(String.format(Locale.ROOT, column.equals("compressed") ? " %10s" : " %8s", figure));
        }
        line("%s", text);
    }

    private void intervals(Report report) {
        line("95 %% intervals of the mean PSNR (bootstrap over photographs)");
        for (Report.TaskFigures task : report.tasks()) {
            StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-20s %6s", task.name(), task.novel() ? "novel" : ""));
            for (String column : FIGURES) {
                double[] interval = task.ci95().get(column);
                text.append(String.format(Locale.ROOT, "  %s %.2f to %.2f", column, interval[0], interval[1]));
            }
            line("%s", text);
        }
        line("");
    }

    private void line(String format, Object... values) {
        common.out().println(String.format(Locale.ROOT, format, values));
    }
}
