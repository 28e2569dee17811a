package org.xprompt4j.tensor.cpu;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.UnaryOp;

class NormTest {
    private static final double TOLERANCE = 2e-5;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 64, 131, 384, 1031})
    void rmsNorm(int dim) {
        try (Agreement a = new Agreement(dim)) {
            int rows = 97;
            Tensor x = a.normal(rows, dim);
            Tensor w = a.normal(dim);
            Tensor dOut = a.normal(rows, dim);
            a.check("rmsNorm", TOLERANCE, run -> run.backend().rmsNorm(1e-5f, x, w, run.out(0), run.out(1)),
                    a.poison(rows, dim), a.poison(rows));
            Tensor inverse = a.poison(rows);
            a.oracle.rmsNorm(1e-5f, x, w, a.poison(rows, dim), inverse);
            a.check("rmsNormBackward", TOLERANCE, run -> run.backend().rmsNormBackward(x, w, inverse, dOut, run.out(0), run.out(1)),
                    a.normal(rows, dim), a.normal(dim));
            a.check("rmsNormBackward without dX", TOLERANCE, run -> run.backend().rmsNormBackward(x, w, inverse, dOut, null, run.out(0)), a.normal(dim));
            a.check("rmsNormBackward without dWeight", TOLERANCE, run -> run.backend().rmsNormBackward(x, w, inverse, dOut, run.out(0), null),
                    a.normal(rows, dim));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 15, 16, 17, 64, 131, 384, 1031})
    void layerNorm(int dim) {
        try (Agreement a = new Agreement(dim)) {
            int rows = 61;
            Tensor x = a.normal(rows, dim);
            a.vectors.binary(BinaryOp.ADD, x, a.normal(rows, 1), x);
            Tensor w = a.normal(dim);
            Tensor bias = a.normal(dim);
            Tensor dOut = a.normal(rows, dim);
            a.check("layerNorm", TOLERANCE, run -> run.backend().layerNorm(1e-2f, x, w, bias, run.out(0)), a.poison(rows, dim));
            a.check("layerNormBackward", TOLERANCE, run -> run.backend().layerNormBackward(1e-2f, x, w, dOut, run.out(0), run.out(1), run.out(2)),
                    a.normal(rows, dim), a.normal(dim), a.normal(dim));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,6,3", "2,5,7,32,32", "1,3,3,12,4", "2,16,16,128,32", "1,40,41,96,32", "3,9,9,34,17"})
    void groupNorm(int batch, int height, int width, int channels, int groups) {
        for (Activation activation : Activation.values()) {
            try (Agreement a = new Agreement(channels)) {
                GroupNormSpec spec = new GroupNormSpec(groups, 1e-3f, activation);
                long[] dims = {batch, height, width, channels};
                Tensor x = a.normal(dims);
                a.vectors.unary(UnaryOp.EXP, x, x); // far from centred
                Tensor w = a.normal(channels);
                Tensor bias = a.normal(channels);
                Tensor dOut = a.normal(dims);
                a.check("groupNorm", TOLERANCE, run -> run.backend().groupNorm(spec, x, w, bias, run.out(0), run.out(1), run.out(2)),
                        a.poison(dims), a.poison(batch, groups), a.poison(batch, groups));
                Tensor mean = a.poison(batch, groups);
                Tensor inverse = a.poison(batch, groups);
                a.oracle.groupNorm(spec, x, w, bias, a.poison(dims), mean, inverse);
                a.check("groupNormBackward", 10 * TOLERANCE, run -> run.backend().groupNormBackward(spec, x, w, bias, mean, inverse, dOut,
                        run.out(0), run.out(1), run.out(2)), a.normal(dims), a.normal(channels), a.normal(channels));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,7,4,32,1", "1,13,4,64,2", "1,3,6,128,6", "2,5,2,6,1", "1,9,3,34,3", "1,4,1,2,1"})
    void qkNormRope(int batch, int seq, int heads, int headDim, int groups) {
        try (Agreement a = new Agreement(headDim)) {
            QkNormRopeSpec spec = new QkNormRopeSpec(1e-2f, 10000f);
            long[] dims = {batch, seq, heads, headDim};
            Tensor x = a.normal(dims);
            Tensor w = a.normal(groups, headDim);
            Tensor bias = a.normal(groups, headDim);
            Tensor dOut = a.normal(dims);
            Tensor positions = a.scope.allocate(DType.I32, batch, seq);
            int[] p = new int[batch * seq];
            for (int i = 0; i < p.length; i++) {
                p[i] = i * 613 % 4999;
            }
            positions.set(p);
            a.check("qkNormRope", TOLERANCE, run -> run.backend().qkNormRope(spec, x, w, bias, positions, run.out(0)), a.poison(dims));
            a.check("qkNormRopeBackward", TOLERANCE, run -> run.backend().qkNormRopeBackward(spec, x, w, positions, dOut,
                    run.out(0), run.out(1), run.out(2)), a.normal(dims), a.normal(groups, headDim), a.normal(groups, headDim));
        }
    }
}
