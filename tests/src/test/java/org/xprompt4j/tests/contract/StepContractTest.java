package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.StepProgram;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;

/** What a step of decoding needs to be the same call every time: caches that grow where the device says, counters, and steps that repeat. */
class StepContractTest extends BackendContract {
    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void appendToCache(DType type) {
        for (int i = 0; i < 12; i++) {
            int batch = bench.between(1, 5);
            int count = i % 3 == 0 ? bench.between(2, 19) : 1;
            int capacity = count + bench.between(0, 20);
            int kvHeads = bench.between(1, 3);
            int dim = bench.awkward();
            int[] lengths = new int[batch];
            Arrays.setAll(lengths, b -> bench.between(count, capacity));
            Tensor k = bench.input(batch, count, kvHeads, dim);
            Tensor v = bench.input(batch, count, kvHeads, dim);
            Tensor keys = bench.input(type, batch, capacity, kvHeads, dim);
            Tensor values = bench.input(type, batch, capacity, kvHeads, dim);
            float[] expectedKeys = keys.toFloatArray();
            float[] expectedValues = values.toFloatArray();
            put(rounded(k, type), expectedKeys, lengths, count, capacity);
            put(rounded(v, type), expectedValues, lengths, count, capacity);
            backend.appendToCache(k, v, bench.of(lengths, batch), keys, values);
            String what = bench.describe("appendToCache " + type + " of " + k.shape() + " behind " + Arrays.toString(lengths) + " in " + keys.shape());
            assertThat(keys.toFloatArray()).as(what + ", keys").containsExactly(expectedKeys);
            assertThat(values.toFloatArray()).as(what + ", values").containsExactly(expectedValues);
        }
    }

    private float[] rounded(Tensor x, DType type) {
        Tensor out = bench.scope.allocate(type, x.shape());
        backend.copy(x, out);
        return out.toFloatArray();
    }

    private static void put(float[] entries, float[] cache, int[] lengths, int count, int capacity) {
        int row = entries.length / lengths.length;
        for (int b = 0; b < lengths.length; b++) {
            System.arraycopy(entries, b * row, cache, (b * capacity + lengths[b] - count) * (row / count), row);
        }
    }

    @Test
    void advance() {
        for (int rows : new int[] {1, 2, 63, 64, 65, 131}) {
            int kinds = bench.between(1, 4);
            int steps = bench.between(1, 9);
            int[] counters = new int[kinds * rows];
            Arrays.setAll(counters, i -> i < (kinds - 1) * rows ? bench.between(-3, 1000) : bench.between(0, steps - 1));
            Tensor tokens = bench.ids(rows, 10_000);
            Tensor counter = bench.of(counters, kinds, rows);
            Tensor drawn = bench.intOutput(steps, rows);
            backend.advance(tokens, counter, drawn);
            int[] expected = new int[steps * rows];
            Arrays.fill(expected, -7);
            for (int r = 0; r < rows; r++) {
                expected[counters[(kinds - 1) * rows + r] * rows + r] = tokens.toIntArray()[r];
            }
            assertThat(drawn.toIntArray()).as(bench.describe("advance, drawn")).containsExactly(expected);
            assertThat(counter.toIntArray()).as(bench.describe("advance, counters")).containsExactly(Arrays.stream(counters).map(i -> i + 1).toArray());
        }
    }

    @Test
    void badLengthsAndStepsAreRefused() {
        Tensor cache = bench.input(2, 4, 1, 3);
        for (int length : new int[] {0, 5}) {
            assertThatThrownBy(() -> backend.appendToCache(bench.input(2, 1, 1, 3), bench.input(2, 1, 1, 3), bench.of(new int[] {1, length}, 2), cache,
                    bench.input(2, 4, 1, 3))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("appendToCache: length " + length + " of row 1");
        }
        assertThatThrownBy(() -> backend.advance(bench.ids(1, 9), bench.of(new int[] {3}, 1, 1), bench.intOutput(3, 1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("advance: step 3 of row 0");
    }

    /** What the device finds out on its own is told at the next read, also when the step that did it was recorded. */
    @Test
    void aRecordedStepThatGoesTooFarIsTold() {
        Tensor tokens = bench.ids(2, 9);
        Tensor counters = bench.of(new int[2], 1, 2);
        Tensor drawn = bench.intOutput(4, 2);
        try (StepProgram program = backend.record(() -> backend.advance(tokens, counters, drawn))) {
            for (int i = 0; i < 4; i++) {
                program.run();
            }
            assertThat(counters.toIntArray()).containsExactly(4, 4);
            assertThatThrownBy(() -> {
                program.run();
                counters.toIntArray();
            }).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("advance: ").hasMessageContaining("step");
        }
    }

    /** Running a program is running its step: state moves on, memory that the step takes is its own, the host sees what was written. */
    @Test
    void aProgramDoesWhatItsStepDoes() {
        int n = 37;
        Tensor x = bench.input(n);
        Tensor state = bench.input(n);
        Tensor scaled = bench.output(n);
        float[] expected = state.toFloatArray();
        Runnable step = () -> {
            try (MemoryScope scope = backend.openScope("step")) {
                Tensor sum = scope.allocate(DType.F32, n);
                backend.binary(BinaryOp.ADD, state, x, sum);
                Tensor product = scope.allocate(DType.F32, n);
                backend.scale(sum, 0.5f, product);
                backend.copy(product, state);
                backend.copy(sum, scaled);
            }
        };
        List<MemoryScope> others = new ArrayList<>();
        try (StepProgram program = backend.record(step)) {
            for (int i = 0; i < 80; i++) {
                program.run();
                MemoryScope other = backend.openScope("other"); // would be given the step's memory if that were free
                backend.fill(other.allocate(DType.F32, n), Float.NaN);
                others.add(other);
                float[] values = x.toFloatArray();
                for (int j = 0; j < n; j++) {
                    float sum = expected[j] + values[j];
                    expected[j] = 0.5f * sum;
                }
                if (i % 9 == 0) {
                    assertThat(state.toFloatArray()).as(bench.describe("run " + i)).containsExactly(expected);
                }
                if (i % 20 == 3) { // the host may change what the step reads, and sees what the step writes
                    x.set(bench.normal(n));
                    scaled.set(new float[n]);
                }
            }
            assertThat(program.completed()).isBetween(1L, 80L);
            float[] half = state.toFloatArray();
            float[] whole = scaled.toFloatArray();
            for (int j = 0; j < n; j++) {
                assertThat(0.5f * whole[j]).as(bench.describe("element " + j)).isEqualTo(half[j]);
            }
        }
        others.forEach(MemoryScope::close);
    }
}
