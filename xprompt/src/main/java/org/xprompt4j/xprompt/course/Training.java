package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.xprompt.explain.AttentionStudy;
import org.xprompt4j.xprompt.explain.CodeStudy;
import org.xprompt4j.xprompt.inference.TokenRows;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/** Chapter 10: a loop that guesses the next code and is corrected; then what the shipped model has learned, task by task. */
final class Training implements Chapter {
    private static final float PEAK = 3e-3f;

    @Override
    public String name() {
        return "10-training";
    }

    @Override
    public String idea() {
        return "guess the next code, measure the surprise, move every weight a little";
    }

    @Override
    public Lesson run(Materials materials) {
        double[] losses = tinyRun(materials, materials.size(150, 12));
        List<Task> tasks = materials.brief() ? List.of(TaskRegistry.named("negative"), TaskRegistry.named("duotone"))
                : Stream.concat(TaskRegistry.trained().stream(), TaskRegistry.novel().stream()).toList();
        Map<String, double[]> byMode = new LinkedHashMap<>();
        for (ContextMode mode : ContextMode.values()) {
            byMode.put(mode.name().toLowerCase(Locale.ROOT), tasks.stream().mapToDouble(task -> surprise(materials, task, mode)).toArray());
        }
        int[] use = codes(materials);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("first_loss", losses[0]);
        figures.put("loss_of_guessing_blindly", Math.log(materials.model().chameleon().config().vocabSize()));
        figures.put("last_loss", Arrays.stream(losses).skip(losses.length - 4).average().orElseThrow());
        byMode.forEach((mode, values) -> figures.put("first_row_nats_" + mode, Arrays.stream(values).average().orElseThrow()));
        Map<String, Object> tableRows = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            int at = i;
            tableRows.put(tasks.get(i).name(), byMode.values().stream().map(values -> values[at]).toList());
        }
        figures.put("first_row_nats_by_task", tableRows);
        figures.put("codes_in_use", (int) Arrays.stream(use).filter(n -> n > 0).count());
        figures.put("perplexity_of_codes", CodeStudy.perplexity(use));
        return new Lesson(draw(losses, tasks, byMode, use), figures);
    }

    /** Trains a model of two small blocks from nothing on the codes of one task; the loss of each step. */
    private static double[] tinyRun(Materials materials, int steps) {
        XPromptModel shipped = materials.model();
        Backend backend = shipped.backend();
        ChameleonConfig sizes = ChameleonConfig.of(shipped.chameleon().config().vocabSize(), 64, 160, 2, 2, 2)
                .withVocabularyMap(shipped.chameleon().config().vocabularyMap());
        double[] losses = new double[steps];
        try (MemoryScope weights = backend.openScope("chapter 10")) {
            Chameleon model = new Chameleon(sizes);
            model.initialise(weights, 1);
            model.allocateGradients(backend, weights);
            AdamW adamW = new AdamW(backend, weights, model, AdamW.Settings.standard());
            for (int step = 0; step < steps; step++) {
                List<PromptLayout> batch = batch(materials, step);
                // [step]
                model.zeroGradients(backend);
                try (MemoryScope memory = backend.openScope("training step")) {
                    Tape tape = new Tape(backend, memory);
                    model.watch(tape);
                    Ops ops = new Ops(backend, memory, tape);
                    Tensor ids = TokenRows.ids(memory, batch);                                            // [batch, seq]
                    Tensor positions = TokenRows.positions(memory, batch);                                // [batch, seq]
                    Tensor hidden = model.hidden(ops, model.embed(ops, ids), Pass.whole(positions, batch.getFirst().mask()));
                    int[][] labels = batch.stream().map(PromptLayout::labels).toArray(int[][]::new);      // only the answer counts
                    Tensor loss = model.loss(ops, hidden, NextTokenLoss.of(memory, labels, sizes.vocabSize()), 1e-5f);
                    tape.backward(loss);
                    losses[step] = loss.item();
                }                                                                                         // every activation is freed here
                float rate = PEAK * Math.min(1, (step + 1) / 10f) * (1 - 0.9f * step / steps);            // warm up, then down
                adamW.step(rate, GradientClipping.scale(GradientClipping.norm(backend, model), 1));       // no step longer than 1
                // [end]
            }
        }
        return losses;
    }

    // [batch]
    /** Photos and their negatives, coded, as sequences: a function of the step, so that a stopped run can go on exactly. */
    private static List<PromptLayout> batch(Materials materials, int step) {
        XPromptModel shipped = materials.model();
        PromptTokens tokens = shipped.config().tokens(ImageTokens.of(shipped.chameleon().config()));
        Task.Instance negative = TaskRegistry.named("negative").draw(new Philox(10, 0));
        List<PromptLayout> batch = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Task.Pair pair = negative.make(materials.trainingPhoto(4 * step + i), new Philox(10, 1 + step));
            int[][] codes = shipped.tokenizer().encode(List.of(pair.input(), pair.output()));
            batch.add(PromptLayout.training(tokens, ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER, List.of(), Exchange.pictures(codes[0], codes[1])));
        }
        return batch;
    }
    // [end]

    /** Mean surprise of the shipped model at the first row of right answers of a task, nats per code. */
    private static double surprise(Materials materials, Task task, ContextMode mode) {
        XPromptModel shipped = materials.model();
        Chameleon model = shipped.chameleon();
        PromptTokens tokens = shipped.config().tokens(ImageTokens.of(model.config()));
        int photos = materials.size(4, 2);
        double sum = 0;
        for (int i = 0; i < photos; i++) {
            Philox random = new Philox(10, 100 + i);
            Task.Instance instance = task.draw(random);
            Task.Pair shown = instance.make(materials.testPhoto(i + 1), random);
            Task.Pair asked = instance.make(materials.testPhoto(i), random);
            int[][] codes = shipped.tokenizer().encode(List.of(shown.input(), shown.output(), asked.input(), asked.output()));
            Exchange job = Exchange.pictures(codes[2], codes[3]);
            PromptLayout layout = PromptLayout.training(tokens, mode, shipped.config().arrangement(), LossSpan.ANSWER,
                    mode == ContextMode.NONE ? List.of() : List.of(Exchange.pictures(codes[0], codes[1])), job);
            int first = AttentionStudy.answerStart(layout, job);
            int[] labels = layout.labels();
            Arrays.fill(labels, 0, first, CrossEntropySpec.IGNORED);
            Arrays.fill(labels, first + (int) Math.round(Math.sqrt(job.answer().length)), labels.length, CrossEntropySpec.IGNORED);
            try (MemoryScope memory = shipped.backend().openScope("surprise")) {
                Ops ops = new Ops(shipped.backend(), memory);
                Tensor hidden = model.hidden(ops, model.embed(ops, TokenRows.ids(memory, List.of(layout))),
                        Pass.whole(TokenRows.positions(memory, List.of(layout)), layout.mask()));
                sum += model.loss(ops, hidden, NextTokenLoss.of(memory, new int[][] {labels}, model.config().vocabSize()), 0).item();
            }
        }
        return sum / photos;
    }

    private static int[] codes(Materials materials) {
        CodeStudy study = new CodeStudy(materials.model().tokenizer());
        return study.use(IntStream.range(0, materials.size(64, 8)).mapToObj(i -> study.code(materials.testPhoto(i))).toList());
    }

    private static BufferedImage draw(double[] losses, List<Task> tasks, Map<String, double[]> byMode, int[] use) {
        Drawing sheet = new Drawing(1100, 960, "Learning to guess the next code", "nats: -ln of the probability that the model gave to the right code; lower is better");
        double[] steps = IntStream.rangeClosed(1, losses.length).asDoubleStream().toArray();
        double[] blind = new double[losses.length];
        Arrays.fill(blind, losses[0]);
        Map<String, double[][]> run = new LinkedHashMap<>();
        run.put("loss", new double[][] {steps, losses});
        run.put("before learning", new double[][] {steps, blind});
        sheet.image(Charts.lines(new Charts.Frame(540, 380, "A tiny model learns one task, from nothing", "step", "nats per token"), run, false), 10, Drawing.HEAD);
        double[] counts = Arrays.stream(use).filter(n -> n > 0).asDoubleStream().sorted().toArray();
        double[] falling = IntStream.range(0, counts.length).mapToDouble(i -> counts[counts.length - 1 - i]).toArray();
        Map<String, double[][]> ranks = new LinkedHashMap<>();
        ranks.put("codes", new double[][] {IntStream.rangeClosed(1, falling.length).asDoubleStream().toArray(), falling});
        sheet.image(Charts.lines(new Charts.Frame(540, 380, "Use of the codebook on unseen photographs", "code, most used first", "times used", true, true), ranks, false), 555,
                Drawing.HEAD);
        Map<String, double[]> named = new LinkedHashMap<>();
        named.put("no example", byMode.get("none"));
        named.put("example in full", byMode.get("full"));
        named.put("compressed to X-Prompt tokens", byMode.get("compressed"));
        sheet.image(Charts.bars(new Charts.Frame(1080, 460, "The shipped model, first row of right answers (the last four tasks were never trained)", "", "nats per code"),
                tasks.stream().map(Task::name).toList(), named), 10, Drawing.HEAD + 400);
        return sheet.image();
    }
}
