package org.xprompt4j.cuda.kernel;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/** QK-norm with rotary embedding, and the gradients: {@code qk_norm_rope.cu}. Keeps a table of frequencies for every head size. */
public final class QkNormRope {
    private static final String MODULE = "qk_norm_rope";
    private static final int WARP = 32;
    private static final int HEADS_PER_BLOCK = 8;

    private record Key(float theta, int headDim) {
    }

    private final Kernels kernels;
    private final MemoryScope kept;
    private final Map<Key, Tensor> frequencies = new HashMap<>(); // each [headDim / 2] of float64, held as I64

    /** @param kept lives as long as the backend */
    public QkNormRope(Kernels kernels, MemoryScope kept) {
        this.kernels = kernels;
        this.kept = kept;
    }

    private Tensor frequencies(float theta, int headDim) {
        return frequencies.computeIfAbsent(new Key(theta, headDim), key -> {
            double[] values = new double[headDim / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.pow(theta, -2.0 * i / headDim);
            }
            Tensor table = kept.allocate(DType.I64, Shape.of(values.length));
            table.storage().write(table.offset() * Long.BYTES, MemorySegment.ofArray(values));
            return table;
        });
    }

    private static LaunchShape oneWarpAHead(Tensor x) {
        long heads = x.numel() / x.dim(3);
        return LaunchShape.of((heads + HEADS_PER_BLOCK - 1) / HEADS_PER_BLOCK, HEADS_PER_BLOCK * WARP);
    }

    private static String requirePositions(Tensor positions) {
        int[] known = Addresses.known(positions);
        for (int i = 0; known != null && i < known.length; i++) {
            if (known[i] < 0) {
                throw new IllegalArgumentException("qkNormRope: position " + known[i] + " of row " + i + " is negative");
            }
        }
        return "qkNormRope: a position is negative";
    }

    /** x, out [batch, seq, heads, headDim]; weight, bias [groups, headDim]; positions [batch, seq]. */
    public void forward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        String fault = requirePositions(positions);
        kernels.launch(MODULE, "forward_" + Norms.suffix(weight.dtype()) + "_" + Norms.suffix(bias.dtype())).f32(spec.eps()).in(x).i32(Norms.flag(x)).in(weight).in(bias)
                .in(positions).in(frequencies(spec.theta(), x.size(3))).out(out).i64(x.dim(0) * x.dim(1)).i32(x.dim(2)).i32(x.dim(3))
                .i32(weight.dim(0)).fault(fault).run(oneWarpAHead(x));
    }

    /** dX as x, dWeight and dBias [groups, headDim] are added to; each may be null. */
    public void backward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        String fault = requirePositions(positions);
        long rows = x.dim(0) * x.dim(1);
        long heads = x.dim(2);
        long dim = x.dim(3);
        long groups = weight.dim(0);
        try (MemoryScope scratch = kernels.scratch("qkNormRopeBackward")) {
            Tensor turned = scratch.allocate(DType.F32, x.shape()); // [batch, seq, heads, headDim]
            Tensor statistics = scratch.allocate(DType.F32, rows, heads, 2);
            kernels.launch(MODULE, "backward_x").f32(spec.eps()).in(x).i32(Norms.flag(x)).in(weight).i32(Norms.flag(weight)).in(positions).in(frequencies(spec.theta(), x.size(3))).in(dOut).out(dX)
                    .out(turned).out(statistics).i64(rows).i32(heads).i32(dim).i32(groups).fault(fault).run(oneWarpAHead(x));
            if (dWeight != null || dBias != null) {
                long sumRows = rows * (heads / groups);
                ColumnSums.add(kernels, "qkNormRopeBackward", sumRows, groups * dim,
                        perPart -> kernels.launch(MODULE, "backward_weight").in(x).i32(Norms.flag(x)).in(statistics).in(turned).i64(sumRows).i32(heads).i32(dim).i32(groups)
                                .i64(perPart), dWeight, dBias);
            }
        }
    }
}
