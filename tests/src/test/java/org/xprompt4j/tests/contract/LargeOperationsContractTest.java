package org.xprompt4j.tests.contract;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tests.Closeness;

/** Large sizes against the scalar backend, which the other suites hold to float64 references at small ones. */
class LargeOperationsContractTest extends BackendContract {
    @Test
    void agreesWithTheScalarLoops() {
        Assumptions.assumeFalse(device.equals("scalar"), "the scalar loops are the oracle here");
        LargeOperations.all().forEach((name, operation) -> {
            try (Workbench oracle = new Workbench("scalar", Workbench.seed()); Workbench tested = new Workbench(device, Workbench.seed())) {
                Tensor[] expected = operation.apply(oracle);
                Tensor[] actual = operation.apply(tested);
                for (int i = 0; i < expected.length; i++) {
                    Closeness.of(tested.describe(name + ", result " + i), expected[i].toFloatArray(), actual[i].toFloatArray())
                            .scaledByLargest().within(4e-6, 1e-6);
                }
                tested.requireMargins(name);
            }
        });
    }
}
