package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Operation;
import org.xprompt4j.tests.Closeness;

/**
 * BF16 activations and gradients of every operation, against what float64 sums give from the same rounded inputs: the scalar loops
 * on F32 tensors, which sum in float64 and which the other suites hold to float64 references.
 *
 * <p>A BF16 element may be off by one rounding of the result, 2⁻⁸ of it, and every element by what float32 sums lose, 2e-5 of the largest.
 * Attention and the gradients of the loss may round the operands of their inner products once more: 2⁻⁸ of the largest.
 */
class Bf16ContractTest extends BackendContract {
    private static final double ROUNDING = 1.001 / 256; // half a unit in the last of eight bits
    private static final double SUMS = 2e-5;
    private static final double INNER_ROUNDING = 1.0 / 256;
    private static final int TRIALS = 2;

    @Test
    void everyOperationTakesBf16Activations() {
        Set<Operation> covered = EnumSet.noneOf(Operation.class);
        try (Backend scalar = Backends.open("scalar")) {
            for (int trial = 0; trial < TRIALS; trial++) {
                for (Bf16Operations.Case operation : Bf16Operations.all()) {
                    covered.addAll(operation.operations());
                    compare(operation, new Workbench(scalar, Workbench.seed() + trial, DType.F32), new Workbench(backend, Workbench.seed() + trial, DType.BF16));
                }
            }
        }
        assertThat(covered).as("operations with a case").isEqualTo(EnumSet.allOf(Operation.class));
    }

    private static void compare(Bf16Operations.Case operation, Workbench oracle, Workbench tested) {
        try (MemoryScope wide = oracle.scope; MemoryScope narrow = tested.scope) {
            Tensor[] expected = operation.run().apply(oracle);
            Tensor[] actual = operation.run().apply(tested);
            for (int i = 0; i < expected.length; i++) {
                compare(tested.describe(operation.name() + ", result " + i + " " + actual[i]), operation.roundsInside(), expected[i], actual[i]);
            }
            tested.requireMargins(operation.name());
        }
    }

    private static void compare(String what, boolean roundsInside, Tensor expected, Tensor actual) {
        if (expected.dtype() == DType.I32) {
            assertThat(actual.toIntArray()).as(what).containsExactly(expected.toIntArray());
            return;
        }
        double[] values = Workbench.wide(expected);
        double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        double sums = (roundsInside ? INNER_ROUNDING : SUMS) * largest;
        Closeness.of(what, values, actual.toFloatArray()).within(actual.dtype() == DType.BF16 ? ROUNDING : 0, sums);
    }
}
