package org.xprompt4j.bench.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Assumptions;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;

/** Shapes, the foreign call in every order of operands, and what is said where the library is missing. */
class GemmComparisonTest {
    @Test
    void shapesOfATrainingStep() {
        List<GemmShape> shapes = GemmShape.of("training");
        assertThat(shapes).hasSize(9).extracting(GemmShape::order).containsExactly("NT", "NN+", "TN+", "NT", "NN+", "TN+", "NT", "NN+", "TN+");
        assertThat(shapes.get(4).toString()).isEqualTo("1067x384x1024 NN+ (gate/up dX)");
        assertThat(GemmShape.of("all")).hasSize(12);
        assertThat(GemmShape.of("7x8x9")).hasSize(3).allMatch(shape -> shape.m() == 7 && shape.n() == 8 && shape.k() == 9);
        assertThatThrownBy(() -> GemmShape.of("7x8")).isInstanceOf(InvalidInput.class).hasMessageContaining("--shapes must be");
    }

    @Test
    void aMissingLibrarySaysWhatToInstall() {
        assertThatThrownBy(() -> OpenBlas.load("/no/such/library.so")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("/no/such/library.so").hasMessageContaining("apt-get install libopenblas0-pthread");
    }

    @Test
    void bothSidesComputeTheSameProduct() {
        OpenBlas openBlas;
        try {
            openBlas = OpenBlas.load(null);
        } catch (InvalidInput e) {
            Assumptions.abort(e.getMessage());
            return;
        }
        openBlas.setThreads(1);
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("test")) {
            for (GemmShape shape : GemmShape.of("5x7x11")) {
                Tensor a = scope.allocate(DType.F32, shape.a());
                Tensor b = scope.allocate(DType.F32, shape.b());
                a.set(ramp(a.numel()));
                b.set(ramp(b.numel()));
                Tensor ours = scope.allocate(DType.F32, 5, 7);
                Tensor theirs = scope.allocate(DType.F32, 5, 7);
                backend.matmul(shape.spec(), a, b, Epilogue.NONE, ours);
                openBlas.sgemm(shape, a.segment(), b.segment(), theirs.segment());
                assertThat(theirs.toFloatArray()).as(shape.toString()).isEqualTo(ours.toFloatArray()); // whole numbers: exact
            }
        }
    }

    private static float[] ramp(long count) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 13 - 6;
        }
        return values;
    }
}
