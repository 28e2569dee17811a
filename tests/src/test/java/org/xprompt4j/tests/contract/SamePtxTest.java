package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.driver.NvidiaDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.device.TestDevice;

/**
 * The same PTX with the same launch shapes on the emulator and on the GPU. Where an operation executed only instructions whose results PTX
 * defines, every bit is equal. Results lie within what float32 sums lose where it executed approximations, {@code mma}, whose sums
 * have no defined order, or kernels with multiplications and additions without {@code .rn}, which PTX lets the GPU's assembler fuse.
 * On the emulator itself the other side runs its warps in another order, and every bit is equal.
 */
@Tag("gpu")
@ParameterizedClass(name = "{0}")
@MethodSource("org.xprompt4j.tests.device.TestDevice#devices")
class SamePtxTest {
    private static final double SUMS = 2e-5; // of the largest element
    private static final double ROUNDING = 1.001 / 128; // BF16 results of sums that differ may round to neighbours
    private static final double INNER_ROUNDING = 1.0 / 128; // the same inside, of the largest element
    private static final long OTHER_ORDER = 7;

    @Parameter
    String device;

    private record Operation(boolean roundsInside, Function<Workbench, Tensor[]> run) {
    }

    private static Map<String, Operation> operations() {
        Map<String, Operation> all = new LinkedHashMap<>();
        LargeOperations.all().forEach((name, run) -> all.put(name + ", F32", new Operation(false, run)));
        Bf16Operations.all().forEach(one -> all.put(one.name() + ", BF16", new Operation(one.roundsInside(), one.run())));
        return all;
    }

    private CudaDriver tested() {
        if (!device.equals(TestDevice.GPU)) {
            EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
            driver.machine().scheduleSeed(OTHER_ORDER);
            return driver;
        }
        return new NvidiaDriver(Integer.getInteger("xprompt4j.cuda.device", 0));
    }

    @Test
    void givesTheSameResults() {
        TestDevice.open(device).close(); // else skipped
        CudaDriver driver = tested();
        EmulatedDriver emulated = new EmulatedDriver(CheckLevel.FAST, driver.properties());
        emulated.machine().profile(true);
        boolean[] approximate = new boolean[1];
        DefinedBits defined = new DefinedBits();
        emulated.listener((entry, shape, report) -> approximate[0] |= !defined.holdFor(entry, report));
        int exact = 0;
        int within = 0;
        try (Backend tested = Backends.over(PtxBackendProvider.over(driver)); Backend oracle = Backends.over(PtxBackendProvider.over(emulated))) {
            for (Map.Entry<String, Operation> one : operations().entrySet()) {
                DType activations = one.getKey().endsWith("BF16") ? DType.BF16 : DType.F32;
                Workbench left = new Workbench(oracle, Workbench.seed(), activations);
                Workbench right = new Workbench(tested, Workbench.seed(), activations);
                approximate[0] = false;
                Tensor[] expected = one.getValue().run().apply(left);
                Tensor[] actual = one.getValue().run().apply(right);
                boolean bits = !approximate[0] || !device.equals(TestDevice.GPU);
                for (int i = 0; i < expected.length; i++) {
                    compare(one.getKey() + ", result " + i + " " + actual[i] + " on " + device, bits, one.getValue().roundsInside(), expected[i], actual[i]);
                }
                exact += approximate[0] ? 0 : 1;
                within += approximate[0] ? 1 : 0;
                left.scope.close();
                right.scope.close();
            }
        }
        System.out.println("same PTX on " + device + ": " + exact + " operations that PTX defines to the bit, " + within + " within rounding");
        assertThat(exact).as("operations that PTX defines to the bit").isGreaterThan(5);
        assertThat(within).as("operations within rounding").isGreaterThan(20);
    }

    private static void compare(String what, boolean bits, boolean roundsInside, Tensor expected, Tensor actual) {
        if (expected.dtype() == DType.I32) {
            assertThat(actual.toIntArray()).as(what).containsExactly(expected.toIntArray());
        } else if (bits) {
            float[] left = expected.toFloatArray();
            float[] right = actual.toFloatArray();
            for (int k = 0; k < left.length; k++) { // of NaN any bits
                assertThat(Float.floatToIntBits(right[k])).as("%s, element %d: %s, expected %s to the bit", what, k, right[k], left[k])
                        .isEqualTo(Float.floatToIntBits(left[k]));
            }
        } else {
            double largest = 0;
            for (double value : Workbench.wide(expected)) {
                largest = Math.max(largest, Math.abs(value));
            }
            Closeness.of(what, expected.toFloatArray(), actual.toFloatArray())
                    .within(expected.dtype() == DType.BF16 ? ROUNDING : 0, (roundsInside ? INNER_ROUNDING : SUMS) * largest);
        }
    }
}
