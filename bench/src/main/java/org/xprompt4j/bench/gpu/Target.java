package org.xprompt4j.bench.gpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

import org.xprompt4j.bench.Spread;
import org.xprompt4j.bench.gpu.work.GpuWorks;

/**
 * What the portable kernels (compute capability 8.0, no instructions of Hopper's own) are to reach on an H100 or H200.
 *
 * @param name what is held against what
 * @param needed smallest ratio that is enough
 * @param counted the works that count
 * @param ratio of one of them
 * @param mean true for the geometric mean of all, false for the smallest
 */
public record Target(String name, double needed, Predicate<GpuWork> counted, Ratio ratio, boolean mean) {
    private static final Set<String> NORMS = Set.of("rms-norm", "layer-norm", "group-norm");

    /** How good one work is. */
    @FunctionalInterface
    public interface Ratio {
        /** Nothing when it was not compared. */
        OptionalDouble of(Measured measured, Roofs roofs);
    }

    /** All of them. */
    public static final List<Target> ALL = List.of(
            new Target("matmul over cuBLAS, 7B shapes, bf16 (geometric mean)", 0.55, op("matmul.forward", Precision.BF16)
                    .and(work -> !GpuWorks.isRoof(work) && !work.shape().endsWith("TT")), // no model multiplies two transposed matrices
                    against("cuBLAS"), true),
            new Target("X-Prompt attention forward over compiled FlexAttention", 0.9, xprompt("attention.forward"), against("FlexAttention"), false),
            new Target("X-Prompt attention backward over compiled FlexAttention", 0.8, xprompt("attention.backward"), against("FlexAttention"), false),
            new Target("nearest code, 65536 x 256 against 8192, over PyTorch f32", 1.5,
                    op("nearest-code.forward", Precision.F32).and(work -> work.shape().startsWith("65536x")), against("PyTorch"), false),
            new Target("sampling over eager PyTorch", 5, op("sample.forward", Precision.F32), against("PyTorch"), false),
            new Target("norms over copy bandwidth", 0.85, work -> NORMS.contains(work.operation()), overCopy(), false),
            new Target("AdamW over copy bandwidth", 0.85, op("adamw.step", Precision.F32), overCopy(), false),
            new Target("decode of a 7B-shaped model over read bandwidth", 0.7, op("decode.step", Precision.BF16), overRead(), false));

    private static Predicate<GpuWork> op(String op, Precision precision) {
        return work -> work.op().equals(op) && work.precision() == precision;
    }

    private static Predicate<GpuWork> xprompt(String op) {
        return op(op, Precision.BF16).and(work -> work.shape().contains("xprompt"));
    }

    private static Ratio against(String rival) {
        return (measured, roofs) -> measured.rival() != null && measured.rival().contains(rival) ? OptionalDouble.of(measured.ratio().median())
                : OptionalDouble.empty();
    }

    private static Ratio overCopy() {
        return (measured, roofs) -> roofs.copyGbytes() > 0 ? OptionalDouble.of(measured.gbytes() / roofs.copyGbytes()) : OptionalDouble.empty();
    }

    private static Ratio overRead() {
        return (measured, roofs) -> roofs.readGbytes() > 0 ? OptionalDouble.of(measured.gbytes() / roofs.readGbytes()) : OptionalDouble.empty();
    }

    /** The ratio reached; nothing unless every work that counts was measured and compared. */
    public OptionalDouble reached(List<GpuWork> planned, List<Measured> measured, Roofs roofs) {
        double[] ratios = measured.stream().filter(m -> counted.test(m.work())).map(m -> ratio.of(m, roofs)).filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble).toArray();
        if (ratios.length == 0 || ratios.length < planned.stream().filter(counted).count()) {
            return OptionalDouble.empty();
        }
        return mean ? OptionalDouble.of(Math.exp(Arrays.stream(ratios).map(Math::log).average().orElseThrow())) : Arrays.stream(ratios).min();
    }

    /** The figures of a line of the history: {@code reached} only when there is one. */
    public Map<String, Object> figures(String device, OptionalDouble reached) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("device", device);
        line.put("target", name);
        line.put("needed", needed);
        reached.ifPresent(ratio -> {
            line.put("reached", Spread.rounded(ratio, 3));
            line.put("met", ratio >= needed);
        });
        return line;
    }
}
