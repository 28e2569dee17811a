package org.xprompt4j.xprompt.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.evaluation.DescriptionFigures;
import org.xprompt4j.xprompt.evaluation.EditColumn;
import org.xprompt4j.xprompt.evaluation.EditingFigures;
import org.xprompt4j.xprompt.evaluation.Figure;
import org.xprompt4j.xprompt.evaluation.SceneFigures;
import org.xprompt4j.xprompt.evaluation.WordsEvaluation;
import org.xprompt4j.xprompt.evaluation.WordsReport;

/** Shows a measurement with words: report.json, four sheets of pictures, and tables in Markdown. */
final class WordsOutput {
    private static final String NOTHING = "-"; // no picture had a value

    private final CommonOptions common;

    WordsOutput(CommonOptions common) {
        this.common = common;
    }

    void write(WordsEvaluation.Result result, Path out) {
        result.editing().write(out.resolve("editing.png"));
        result.descriptions().write(out.resolve("descriptions.png"));
        result.scenes().write(out.resolve("scenes.png"));
        result.captions().write(out.resolve("captions.png"));
        Path json = out.resolve("report.json");
        AtomicFile.text(json, text(result.report()));
        common.result(result.report(), () -> print(result.report(), out, json));
    }

    private static String text(WordsReport report) {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report that has no JSON form", e);
        }
    }

    private void print(WordsReport report, Path out, Path json) {
        String features = report.features();
        String shown = features.toUpperCase(Locale.ROOT);
        editing(report.editing(), "PSNR, dB", "psnr", "%.1f", true);
        editing(report.editing(), "edit PSNR, dB, inside the changed pixels alone", "edit_psnr", "%.1f", false);
        editing(report.editing(), "hit: nearer to the truth than to the input inside the changed pixels", "hit", "%.2f", false);
        editing(report.editing(), shown + "-dir: direction of the change, 1 is the truth's", features + "_dir", "%.2f", false);
        editing(report.editing(), shown + "-sim: likeness to the truth", features + "_sim", "%.2f", false);
        descriptions(report.descriptions());
        scenes(report.scenes());
        line("Figures are means over photographs (scenes where there are none) with 95 %% bootstrap intervals. Embedder of words: %s; pool: %,d pairs;",
                report.embedder(), report.settings().pool());
        line("%d queries a task, %d scenes a kind, seed %d; %.0f s in all.", report.settings().queries(), report.settings().scenes(), report.settings().seed(),
                report.seconds());
        line("pictures: %s%nfigures:  %s", out, json);
    }

    private void editing(EditingFigures figures, String title, String score, String format, boolean everyTask) {
        List<String> head = new ArrayList<>(List.of("edits, " + title));
        Arrays.stream(EditColumn.values()).map(EditColumn::title).forEach(head::add);
        head.add("example of the right task");
        row(head);
        rule(head.size());
        for (EditingFigures.Row group : figures.groups()) {
            if (everyTask) {
                for (EditingFigures.Row task : figures.tasks()) {
                    if (task.group() == group.group()) {
                        row(task, task.name(), score, format, false);
                    }
                }
            }
            row(group, "**" + group.name() + "** (" + group.queries() + ")", score, format, true);
        }
        line("");
    }

    private void row(EditingFigures.Row figures, String name, String score, String format, boolean intervals) {
        List<String> cells = new ArrayList<>(List.of(name));
        for (EditColumn column : EditColumn.values()) {
            cells.add(cell(figures.at(column, score), format, intervals));
        }
        cells.add(cell(figures.found(), "%.2f", false));
        row(cells);
    }

    private void descriptions(DescriptionFigures figures) {
        row(List.of("descriptions", "right kind of edit", "description of another pair", "attributes named", "description of another pair"));
        rule(5);
        for (DescriptionFigures.Row group : figures.groups()) {
            row(List.of(group.name() + " (" + group.pairs() + ")", cell(group.kind(), "%.2f", true), cell(group.baselineKind(), "%.2f", true),
                    cell(group.attributes(), "%.2f", true), cell(group.baselineAttributes(), "%.2f", true)));
        }
        line("");
    }

    private void scenes(SceneFigures figures) {
        row(List.of("pictures from words", "requests met", "ceiling (tokenizer)"));
        rule(3);
        for (SceneFigures.Row kind : figures.drawn()) {
            row(List.of(kind.name(), cell(kind.met(), "%.2f", true), cell(kind.ceiling(), "%.2f", true)));
        }
        line("");
        row(List.of("pictures from words: what was asked for", "shown", "by pictures for other words"));
        rule(3);
        figures.shown().forEach((attribute, figure) -> row(List.of(attribute, cell(figure, "%.2f", true), cell(figures.chance().get(attribute), "%.2f", true))));
        line("");
        row(List.of("captions", "right"));
        rule(2);
        for (Map.Entry<String, Figure> caption : figures.captions().entrySet()) {
            row(List.of(caption.getKey(), cell(caption.getValue(), "%.2f", true)));
        }
        line("");
    }

    private static String cell(Figure figure, String format, boolean interval) {
        if (figure == null) {
            return NOTHING;
        }
        return String.format(Locale.ROOT, interval ? format + " (" + format + " to " + format + ")" : format, figure.mean(), figure.low(), figure.high());
    }

    private void row(List<String> cells) {
        line("%s", "| " + String.join(" | ", cells) + " |");
    }

    private void rule(int columns) {
        line("%s", "| " + "--- | ".repeat(columns).strip());
    }

    private void line(String format, Object... values) {
        PrintWriter to = common.out();
        to.println(String.format(Locale.ROOT, format, values));
    }
}
