package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Projection;

/** Layers computed together have the bits of the same layers one by one, whose numbers {@link MatmulContractTest} checks. */
class ProjectionsContractTest extends BackendContract {
    private static final int[][] LARGE = {{1, 2051, 771}, {1, 96, 1536}, {3, 519, 67}, {5, 259, 193}, {64, 131, 300}, {65, 131, 300}}; // m, n, k

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void togetherAndOneByOne(DType activations) {
        for (int trial = 0; trial < 48 + LARGE.length; trial++) {
            int m = trial < 48 ? bench.awkward() : LARGE[trial - 48][0];
            int n = trial < 48 ? bench.awkward() : LARGE[trial - 48][1];
            int k = trial < 48 ? bench.awkward() : LARGE[trial - 48][2];
            Tensor a = bench.input(activations, m, k);
            List<Projection> together = new ArrayList<>();
            List<Tensor> expected = new ArrayList<>();
            int count = bench.between(1, 6);
            for (int i = 0; i < count; i++) {
                Projection p = random(activations, m, i == 0 ? n : bench.awkward(), k);
                together.add(p);
                Tensor alone = poisoned(activations, m, p.out().dim(1));
                if (p.scales() == null) {
                    backend.matmul(MatmulSpec.NT, a, p.weight(), p.epilogue(), alone);
                } else {
                    backend.int8Matmul(a, p.weight(), p.scales(), p.epilogue(), alone);
                }
                expected.add(alone);
            }
            backend.projections(a, together);
            for (int i = 0; i < count; i++) {
                assertThat(together.get(i).out().toFloatArray())
                        .as(bench.describe("projection " + i + " of " + count + ", trial " + trial + " m=" + m + " k=" + k + " " + together.get(i).weight()))
                        .containsExactly(expected.get(i).toFloatArray());
            }
        }
    }

    private Projection random(DType activations, int m, int n, int k) {
        int kind = bench.between(0, 2);
        Tensor weight = kind == 2 ? bench.int8Input(n, k) : bench.input(kind == 0 ? DType.F32 : DType.BF16, n, k);
        Tensor bias = bench.between(0, 1) == 0 ? null : bench.input(n);
        Tensor multiplier = bench.between(0, 3) == 0 ? bench.input(activations, m, n) : null;
        Tensor residual = bench.between(0, 3) == 0 ? bench.input(activations, m, n) : null;
        Epilogue epilogue = new Epilogue(bias, bench.between(0, 1) == 0 ? Activation.NONE : Activation.SILU, multiplier, residual);
        return new Projection(weight, kind == 2 ? bench.input(n) : null, epilogue, poisoned(activations, m, n));
    }

    private Tensor poisoned(DType type, long m, long n) {
        return type == DType.F32 ? bench.output(m, n) : bench.input(type, m, n);
    }

    @Test
    void noneWritesWhatAnotherReadsOrWrites() {
        Tensor a = bench.input(2, 5);
        Tensor both = bench.output(2, 7);
        Projection first = new Projection(bench.input(7, 5), null, Epilogue.NONE, both);
        refused(a, List.of(first, first), "projections: out F32[2, 7]", "overlaps the out of another");
        refused(a, List.of(first, new Projection(bench.input(7, 5), null, Epilogue.swiGlu(both), bench.output(2, 7))), "overlaps multiplier");
        refused(a, List.of(new Projection(bench.input(7, 5), null, Epilogue.residual(both), bench.output(2, 7)), first), "overlaps the residual of another");
        refused(a, List.of(new Projection(bench.input(7, 4), null, Epilogue.NONE, both)), "projections: b F32[7, 4]", "k is 5");
        refused(a, List.of(first, new Projection(bench.int8Input(7, 5), bench.input(6), Epilogue.NONE, bench.output(2, 7))), "scales F32[6]", "n is 7");
        assertThat(both.toFloatArray()).as("what is refused writes nothing").containsOnly(Float.NaN);
        backend.projections(a, List.of());
    }

    private void refused(Tensor a, List<Projection> projections, String... words) {
        assertThatThrownBy(() -> backend.projections(a, projections)).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }
}
