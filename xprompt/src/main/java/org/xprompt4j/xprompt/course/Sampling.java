package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/** Chapter 11: from scores of codes to one code: guidance, temperature, top-k, top-p, and one draw. */
final class Sampling implements Chapter {
    private static final float[] TEMPERATURES = {0, 0.5f, 1};
    private static final float[] GUIDANCES = {1, 2, 4};

    @Override
    public String name() {
        return "11-sampling";
    }

    @Override
    public String idea() {
        return "the model gives a probability to every code; how one of them is drawn decides the picture";
    }

    @Override
    public Lesson run(Materials materials) {
        XPromptModel opened = materials.model();
        Philox random = new Philox(9, 0);
        Task.Instance task = TaskRegistry.named("negative").draw(random);
        Task.Pair shown = task.make(materials.testPhoto(3), random);
        Task.Pair asked = task.make(materials.testPhoto(2), random);
        int[] query = opened.tokenizer().encode(List.of(asked.input()))[0];
        CompressedPrompt prompt = opened.compress(List.of(new Example(shown.input(), shown.output())), "");
        ImageTokens image = ImageTokens.of(opened.chameleon().config());
        double[] with = logits(opened, prompt, query, image);
        double[] without = logits(opened, null, query, image);
        Map<String, Object> figures = new LinkedHashMap<>();
        double[] plain = probabilities(with, 1, 0, 1);
        figures.put("likeliest_probability", Arrays.stream(plain).max().orElseThrow());
        figures.put("likeliest_probability_at_half_temperature", Arrays.stream(probabilities(with, 0.5, 0, 1)).max().orElseThrow());
        figures.put("perplexity", perplexity(plain));
        figures.put("perplexity_at_half_temperature", perplexity(probabilities(with, 0.5, 0, 1)));
        figures.put("perplexity_with_guidance_2", perplexity(probabilities(guided(with, without, 2), 1, 0, 1)));
        figures.put("codes_kept_by_top_p_0.9", (int) Arrays.stream(probabilities(with, 1, 0, 0.9)).filter(p -> p > 0).count());
        figures.put("codes_kept_by_top_k_20", (int) Arrays.stream(probabilities(with, 1, 20, 1)).filter(p -> p > 0).count());
        int draws = materials.size(20000, 4000);
        figures.put("draws", draws);
        for (double[] setting : new double[][] {{1, 0, 1}, {0.7, 20, 1}, {1, 0, 0.9}}) {
            figures.put(String.format(Locale.ROOT, "furthest_from_expected_t%.1f_k%.0f_p%.1f", setting[0], setting[1], setting[2]),
                    furthest(opened.backend(), with, setting, draws));
        }
        Picture[][] answers = new Picture[GUIDANCES.length][TEMPERATURES.length];
        for (int g = 0; g < (materials.brief() ? 1 : GUIDANCES.length); g++) {
            for (int t = 0; t < (materials.brief() ? 1 : TEMPERATURES.length); t++) {
                int[][] drawn = opened.answer(List.of(AnswerDecoder.Job.of(new Context.Compressed(prompt), query, 0)),
                        new GenerationOptions(TEMPERATURES[t], 0, 1, GUIDANCES[g], 7), (code, of) -> { });
                answers[g][t] = opened.tokenizer().decode(drawn, asked.input().width(), asked.input().height()).getFirst();
                figures.put(String.format(Locale.ROOT, "psnr_guidance_%.0f_temperature_%.1f", GUIDANCES[g], TEMPERATURES[t]), Psnr.capped(answers[g][t], asked.output(), Psnr.CEILING));
            }
        }
        return new Lesson(draw(asked, answers, with, without), figures);
    }

    /** Scores [codes] of the answer's first code, given a prompt (null for none) and the photo. */
    private static double[] logits(XPromptModel opened, CompressedPrompt prompt, int[] query, ImageTokens image) {
        Chameleon model = opened.chameleon();
        try (MemoryScope scope = opened.backend().openScope("chapter 11")) {
            // [logits]
            int position = prompt == null ? 0 : prompt.nextPosition();
            PromptLayout job = PromptLayout.job(opened.config().tokens(image), List.of(new Part.Image(query)), position); // photo, then "a picture begins"
            KvCache cache = new KvCache(opened.backend(), scope, model.config(), 1, 1024 + query.length);
            if (prompt != null) {
                cache.seed(0, prompt.layers(), position);                                                // 16 entries a layer
            }
            Tensor all = model.prefill(new Ops(opened.backend(), scope), scope.of(job.ids(), 1, job.length()), cache); // [1, vocab]
            // [end]
            float[] values = all.toFloatArray();
            return IntStream.range(0, image.codes()).mapToDouble(code -> values[image.id(code)]).toArray();
        }
    }

    // [distribution]
    /** What a code's chance is: temperature, then top-k, then top-p. scores [codes]; topK 0 and topP 1 keep all. */
    static double[] probabilities(double[] scores, double temperature, int topK, double topP) {
        int n = scores.length;
        Integer[] order = IntStream.range(0, n).boxed().sorted((a, b) -> Double.compare(scores[b], scores[a])).toArray(Integer[]::new);
        double[] p = new double[n];
        double sum = 0;
        for (int i = 0; i < n && (topK == 0 || i < topK); i++) {
            p[order[i]] = Math.exp((scores[order[i]] - scores[order[0]]) / temperature);   // the largest is taken out: no overflow
            sum += p[order[i]];
        }
        double kept = 0;
        for (int i = 0; i < n; i++) {                                                      // the fewest codes that hold topP of the chance
            boolean stays = kept < topP * sum;
            kept += stays ? p[order[i]] : 0;
            p[order[i]] = stays ? p[order[i]] : 0;
        }
        for (int i = 0; i < n; i++) {
            p[i] /= kept;
        }
        return p;
    }

    /** Guidance: away from what would be drawn without the example. */
    private static double[] guided(double[] with, double[] without, double g) {
        return IntStream.range(0, with.length).mapToDouble(i -> without[i] + g * (with[i] - without[i])).toArray();
    }
    // [end]

    private static double perplexity(double[] p) {
        return Math.exp(Arrays.stream(p).filter(v -> v > 0).map(v -> -v * Math.log(v)).sum());
    }

    /**
     * Draws by the engine and counts. Gumbel noise on scores and then the largest is a draw from their softmax.
     *
     * @return how far the worst code's count is from what its chance says, in standard deviations
     */
    private static double furthest(Backend backend, double[] scores, double[] setting, int draws) {
        int rows = 64;
        int codes = scores.length;
        double[] expected = probabilities(scores, setting[0], (int) setting[1], setting[2]);
        int[] counts = new int[codes];
        try (MemoryScope scope = backend.openScope("chapter 11")) {
            float[] repeated = new float[rows * codes];
            for (int i = 0; i < repeated.length; i++) {
                repeated[i] = (float) scores[i % codes];
            }
            // [draw]
            Tensor logits = scope.of(repeated, rows, codes);                                             // [64, codes]: 64 draws at once
            Tensor streams = scope.of(IntStream.range(0, rows).toArray(), rows);                         // each its own noise
            Tensor drawn = scope.allocate(DType.I32, rows);
            SamplingSpec spec = new SamplingSpec((float) setting[0], (int) setting[1], (float) setting[2], 0, codes, 11, 0, 1);
            for (int position = 0; position < draws / rows; position++) {
                int[] at = new int[rows];
                Arrays.fill(at, position);
                backend.sample(spec, logits, null, null, streams, scope.of(at, rows), drawn);            // argmax of s / T + Gumbel noise
                for (int code : drawn.toIntArray()) {
                    counts[code]++;
                }
            }
            // [end]
        }
        double total = draws / rows * rows;
        double worst = 0;
        for (int i = 0; i < codes; i++) {
            double deviation = Math.sqrt(total * expected[i] * (1 - expected[i])) + 1e-9;
            if (expected[i] * total >= 5 || expected[i] == 0) { // rarer ones have no bell curve; impossible ones must not come
                worst = Math.max(worst, expected[i] == 0 ? (counts[i] > 0 ? Double.POSITIVE_INFINITY : 0) : Math.abs(counts[i] - total * expected[i]) / deviation);
            }
        }
        return worst;
    }

    private static BufferedImage draw(Task.Pair asked, Picture[][] answers, double[] with, double[] without) {
        int side = 128;
        Drawing sheet = new Drawing(1060, 1000, "From scores to one code to a picture", "the photo's negative, shown by one compressed example; the same seed in all pictures");
        sheet.bold(28, Drawing.HEAD + 18, "the photo").picture(asked.input(), 28, Drawing.HEAD + 26, 2);
        sheet.bold(28, Drawing.HEAD + 198, "the right answer").picture(asked.output(), 28, Drawing.HEAD + 206, 2);
        for (int t = 0; t < TEMPERATURES.length; t++) {
            sheet.boldCentred(350 + t * (side + 90) + side / 2, Drawing.HEAD + 14, String.format(Locale.ROOT, "temperature %.1f", TEMPERATURES[t]));
        }
        for (int g = 0; g < GUIDANCES.length; g++) {
            sheet.right(335, Drawing.HEAD + 30 + g * (side + 34) + side / 2, String.format(Locale.ROOT, "guidance %.0f", GUIDANCES[g]));
            for (int t = 0; t < TEMPERATURES.length; t++) {
                int x = 350 + t * (side + 90);
                int y = Drawing.HEAD + 26 + g * (side + 34);
                if (answers[g][t] != null) {
                    sheet.picture(answers[g][t], x, y, 2).small(x, y + side + 15, String.format(Locale.ROOT, "%.1f dB", Psnr.capped(answers[g][t], asked.output(), Psnr.CEILING)));
                }
            }
        }
        Integer[] order = IntStream.range(0, with.length).boxed().sorted((a, b) -> Double.compare(with[b], with[a])).limit(16).toArray(Integer[]::new);
        Map<String, double[]> bars = new LinkedHashMap<>();
        bars.put("as the model gives it", pick(probabilities(with, 1, 0, 1), order));
        bars.put("temperature 0.5", pick(probabilities(with, 0.5, 0, 1), order));
        bars.put("top-p 0.9", pick(probabilities(with, 1, 0, 0.9), order));
        bars.put("guidance 2", pick(probabilities(guided(with, without, 2), 1, 0, 1), order));
        bars.put("without the example", pick(probabilities(without, 1, 0, 1), order));
        sheet.image(Charts.bars(new Charts.Frame(1040, 400, "Chances of the 16 likeliest first codes of the answer", "code", "probability"),
                Arrays.stream(order).map(String::valueOf).toList(), bars), 10, Drawing.HEAD + 510);
        return sheet.image();
    }

    private static double[] pick(double[] p, Integer[] order) {
        return Arrays.stream(order).mapToDouble(i -> p[i]).toArray();
    }
}
