package org.xprompt4j.cuda.driver;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.StepProgram;
import org.xprompt4j.tensor.Tensor;

/** Runs in a JVM of its own over the stub of libcuda, in which one call fails: prints the kind of the error and its message. */
final class StubFailureRun {
    private static final int REPEATS = 200; // of a step, so that the host asks and waits for marks

    private StubFailureRun() {
    }

    public static void main(String[] args) {
        try {
            work();
            System.out.println("ok");
        } catch (InvalidInput | CudaException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static void work() {
        try (Backend backend = Backends.open("cuda"); MemoryScope scope = backend.openScope("work")) {
            Tensor x = scope.of(new float[15], 3, 5);
            Tensor out = scope.allocate(DType.F32, 3, 5);
            backend.rmsNorm(1e-5f, x, scope.of(new float[5], 5), out, scope.allocate(DType.F32, 3));
            backend.copy(out, x);
            backend.fill(out, 0);
            out.toFloatArray();
            try (StepProgram step = backend.record(() -> backend.scale(x, 2, out))) {
                for (int i = 0; i < REPEATS; i++) {
                    step.run();
                }
            }
            out.toFloatArray();
        }
    }
}
