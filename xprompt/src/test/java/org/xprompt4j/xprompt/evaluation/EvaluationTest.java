package org.xprompt4j.xprompt.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

class EvaluationTest {
    private static List<Case> run(Suite suite) {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED); XPromptModel model = tiny.model()) {
            return new Evaluation(model, new PaintedPhotos(), suite, new GenerationOptions(1, 0, 1, 1, 0)).run(TaskRegistry.all(), (done, of) -> { });
        }
    }

    private static void same(Case a, Case b) {
        assertThat(a.task()).isEqualTo(b.task());
        assertThat(a.photo()).isEqualTo(b.photo());
        assertThat(a.example()).isEqualTo(b.example());
        assertThat(a.job()).isEqualTo(b.job());
        assertThat(a.reconstruction()).isEqualTo(b.reconstruction());
        assertThat(a.answers()).isEqualTo(b.answers());
    }

    @Test
    void aCaseDoesNotDependOnTheRestOfTheSuite() {
        List<Case> alone = run(new Suite(List.of("haze"), 2, 5));
        List<Case> among = run(new Suite(List.of("negative", "haze", "rain"), 6, 5));
        assertThat(alone).hasSize(2);
        assertThat(among).hasSize(18);
        for (int i = 0; i < 2; i++) {
            same(alone.get(i), among.get(6 + i));
        }
        assertThat(among.get(6).job()).isNotEqualTo(run(new Suite(List.of("haze"), 2, 6)).getFirst().job());
        assertThat(among.get(4).photo()).as("the fifth query is the first of four photographs again").isEqualTo(among.get(0).photo());
        assertThat(among.get(4).job().input()).as("another crop").isNotEqualTo(among.get(0).job().input());
        among.forEach(c -> assertThat(c.example().input()).isNotEqualTo(c.job().input()));
        among.forEach(c -> assertThat(c.answers()).containsOnlyKeys(ContextMode.values()));
    }

    @Test
    void suitesAreChecked() {
        assertThatThrownBy(() -> run(new Suite(List.of("hazy"), 2, 0))).isInstanceOf(InvalidInput.class).hasMessageContainingAll("hazy", "haze");
        assertThatThrownBy(() -> new Suite(List.of(), 2, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tasks");
        assertThatThrownBy(() -> new Suite(List.of("haze", "haze"), 2, 0)).hasMessageContaining("once");
        assertThatThrownBy(() -> new Suite(List.of("haze"), 1, 0)).hasMessageContaining("photos");
    }

    private static Case flat(Task task, int photo, int copy, int none, int full, int compressed) {
        return new Case(task, photo, new Task.Pair(grey(0), grey(0)), new Task.Pair(grey(copy), grey(0)), grey(0),
                Map.of(ContextMode.NONE, grey(none), ContextMode.FULL, grey(full), ContextMode.COMPRESSED, grey(compressed)));
    }

    private static Picture grey(int level) {
        return Picture.filled(12, 12, level * 0x010101);
    }

    private static double decibels(int level) {
        return 20 * Math.log10(255.0 / level);
    }

    @Test
    void figuresAreMeansOverPhotographs() throws Exception {
        Task negative = TaskRegistry.named("negative");
        Task haze = TaskRegistry.named("haze");
        List<Case> cases = new ArrayList<>(List.of(flat(negative, 0, 100, 50, 10, 20), flat(negative, 1, 100, 50, 20, 10),
                flat(negative, 0, 100, 50, 40, 20))); // photograph 0 twice
        cases.add(flat(haze, 0, 5, 5, 5, 5));
        cases.add(flat(haze, 1, 5, 5, 5, 5));
        Report report = Report.of("folder", "print", 1.5, 25, cases, 0);
        Report.TaskFigures figures = report.tasks().getFirst();
        assertThat(figures.photos()).isEqualTo(2);
        assertThat(figures.psnr().get("copy")).isCloseTo(decibels(100), within(1e-9));
        assertThat(figures.psnr().get("full")).isCloseTo(((decibels(10) + decibels(40)) / 2 + decibels(20)) / 2, within(1e-9));
        assertThat(figures.psnr().get("compressed")).isCloseTo((decibels(20) + decibels(10)) / 2, within(1e-9));
        assertThat(figures.mse().get("none")).isCloseTo(50.0 * 50 / (255 * 255), within(1e-9));
        assertThat(figures.ci95().get("none")).containsExactly(new double[] {decibels(50), decibels(50)}, within(1e-9));
        assertThat(figures.ci95().get("compressed")[0]).isCloseTo(decibels(20), within(1e-9)); // of two values, both ends are in reach
        assertThat(figures.ci95().get("compressed")[1]).isCloseTo(decibels(10), within(1e-9));
        assertThat(report.mean(true, "full")).isCloseTo(decibels(5), within(1e-9));
        assertThat(Report.of("folder", "print", 1.5, 25, cases, 0).tasks().getFirst().ci95().get("full")).containsExactly(figures.ci95().get("full"));

        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(report));
        assertThat(json.fieldNames()).toIterable().containsExactly("model", "fingerprint", "seconds", "tokenizer_psnr", "tasks");
        JsonNode task = json.get("tasks").get(1);
        assertThat(task.fieldNames()).toIterable().contains("name", "novel", "photos", "psnr", "ssim", "ci95");
        assertThat(task.get("novel").asBoolean()).isTrue();
        assertThat(task.get("psnr").fieldNames()).toIterable().contains("copy", "none", "full", "compressed");
        assertThat(task.get("ssim").fieldNames()).toIterable().contains("copy", "none", "full", "compressed");
        assertThat(task.get("ci95").get("compressed")).hasSize(2);
    }
}
