package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import org.xprompt4j.xprompt.metric.Bootstrap;
import org.xprompt4j.xprompt.metric.Mse;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.metric.Ssim;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.ContextMode;

/**
 * The figures of a run, as {@code report.json} holds them. Keys of the inner maps: {@code copy} (the query itself as answer),
 * {@code none}, {@code full}, {@code compressed}, {@code ceiling} (the tokenizer's reconstruction of the truth).
 *
 * @param model folder
 * @param fingerprint of the model
 * @param seconds the run took
 * @param tokenizer_psnr of plain test photographs, in dB
 * @param tasks one entry each
 */
public record Report(String model, String fingerprint, double seconds, double tokenizer_psnr, List<TaskFigures> tasks) {
    /**
     * Figures of one task, means over photographs; several crops of one photograph count as their mean.
     *
     * @param photos how many different photographs
     * @param psnr in dB
     * @param ssim Gaussian window
     * @param mse on [0, 1]
     * @param ci95 95 % bootstrap interval of the mean PSNR, [low, high]
     */
    public record TaskFigures(String name, boolean novel, int photos, Map<String, Double> psnr, Map<String, Double> ssim, Map<String, Double> mse,
            Map<String, double[]> ci95) {
    }

    private static final String[] COLUMNS = {"copy", "none", "full", "compressed", "ceiling"};

    /** Computes the figures; cases of one task stand together. */
    public static Report of(String model, String fingerprint, double seconds, double tokenizerPsnr, List<Case> cases, long seed) {
        Map<String, List<Case>> byTask = new LinkedHashMap<>();
        cases.forEach(c -> byTask.computeIfAbsent(c.task().name(), name -> new ArrayList<>()).add(c));
        List<TaskFigures> tasks = new ArrayList<>();
        byTask.forEach((name, own) -> tasks.add(figures(name, own, seed)));
        return new Report(model, fingerprint, seconds, tokenizerPsnr, tasks);
    }

    private static TaskFigures figures(String name, List<Case> cases, long seed) {
        Map<String, Double> psnr = new LinkedHashMap<>();
        Map<String, Double> ssim = new LinkedHashMap<>();
        Map<String, Double> mse = new LinkedHashMap<>();
        Map<String, double[]> ci95 = new LinkedHashMap<>();
        for (String column : COLUMNS) {
            double[] values = values(cases, column, (a, b) -> Psnr.capped(a, b, Psnr.CEILING));
            Bootstrap.Interval interval = Bootstrap.mean(values, seed);
            psnr.put(column, interval.mean());
            ci95.put(column, new double[] {interval.low(), interval.high()});
            ssim.put(column, mean(values(cases, column, Ssim::gaussian)));
            mse.put(column, mean(values(cases, column, Mse::on01)));
        }
        return new TaskFigures(name, cases.getFirst().task().novel(), (int) cases.stream().mapToInt(Case::photo).distinct().count(), psnr, ssim, mse, ci95);
    }

    /** One value a photograph, the mean over its crops. */
    private static double[] values(List<Case> cases, String column, ToDoubleBiFunction<Picture, Picture> metric) {
        Map<Integer, List<Double>> byPhoto = new LinkedHashMap<>();
        cases.forEach(c -> byPhoto.computeIfAbsent(c.photo(), photo -> new ArrayList<>()).add(metric.applyAsDouble(picture(c, column), c.job().output())));
        return byPhoto.values().stream().mapToDouble(crops -> mean(crops.stream().mapToDouble(Double::doubleValue).toArray())).toArray();
    }

    private static Picture picture(Case c, String column) {
        return switch (column) {
            case "copy" -> c.job().input();
            case "none" -> c.answers().get(ContextMode.NONE);
            case "full" -> c.answers().get(ContextMode.FULL);
            case "compressed" -> c.answers().get(ContextMode.COMPRESSED);
            default -> c.reconstruction();
        };
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Mean PSNR of a column over the trained or the novel tasks; NaN without any. */
    public double mean(boolean novel, String column) {
        return tasks.stream().filter(t -> t.novel() == novel).mapToDouble(t -> t.psnr().get(column)).average().orElse(Double.NaN);
    }
}
