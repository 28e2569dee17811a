package org.xprompt4j.xprompt.course;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.explain.XpSheet;
import org.xprompt4j.xprompt.explain.XpStudy;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/** Chapter 9: 512 codes of example in 16 tokens: where they look, and what is lost without them. */
final class Compression implements Chapter {
    @Override
    public String name() {
        return "09-compression";
    }

    @Override
    public String idea() {
        return "sixteen learned tokens read the example; the job sees only them";
    }

    @Override
    public Lesson run(Materials materials) {
        // [task]
        Philox random = new Philox(9, 0);
        Task.Instance task = TaskRegistry.named("negative").draw(random);                 // its parameters, for example and job
        Task.Pair shown = task.make(materials.testPhoto(3), random);                      // the worked example
        Task.Pair asked = task.make(materials.testPhoto(2), random);                      // the photo and what should come out
        // [end]
        GenerationOptions options = materials.brief() ? GenerationOptions.greedy() : GenerationOptions.recommended();
        XpStudy.Study study = new XpStudy(materials.model(), options).run(new Example(shown.input(), shown.output()), asked.input());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("psnr_to_truth_all_tokens", psnr(study.whole().picture(), asked.output()));
        figures.put("psnr_to_truth_no_example", psnr(study.none().picture(), asked.output()));
        figures.put("nats_all_tokens", study.whole().nats());
        figures.put("nats_no_example", study.none().nats());
        List<Double> lost = IntStream.range(0, study.without().size()).mapToObj(study::loss).toList();
        figures.put("nats_lost_by_dropping_each", lost);
        figures.put("most_lost_by_dropping_one", lost.stream().mapToDouble(d -> d).max().orElseThrow());
        figures.put("tokens_kept", study.counts());
        figures.put("nats_lost_by_keeping_as_many", study.kept().stream().map(kept -> kept.nats() - study.whole().nats()).toList());
        figures.put("psnr_to_truth_by_keeping_as_many", study.kept().stream().map(kept -> psnr(kept.picture(), asked.output())).toList());
        figures.put("share_of_attention_on_the_example", IntStream.range(0, lost.size())
                .mapToDouble(t -> sum(study.toInput()[t]) + sum(study.toOutput()[t])).average().orElseThrow());
        figures.put("share_of_attention_on_its_output", IntStream.range(0, lost.size()).mapToDouble(t -> sum(study.toOutput()[t])).average().orElseThrow());
        figures.put("bytes_of_the_example", bytes(materials, 1 + 2 * (study.toInput()[0].length + 2)));
        figures.put("bytes_of_the_tokens", bytes(materials, lost.size()));
        return new Lesson(XpSheet.draw(study), figures);
    }

    /** Bytes of keys and values in float32. */
    private static long bytes(Materials materials, int tokens) {
        ChameleonConfig config = materials.model().chameleon().config();
        return 2L * config.layers() * config.kvHeads() * config.headDim() * Float.BYTES * tokens;
    }

    private static double psnr(Picture a, Picture b) {
        return Psnr.capped(a, b, Psnr.CEILING);
    }

    private static double sum(double[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
    }
}
