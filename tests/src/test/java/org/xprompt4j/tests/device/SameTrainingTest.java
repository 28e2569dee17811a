package org.xprompt4j.tests.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tests.Closeness;

/** Steps of training, with dropout, clipping, AdamW and Muon: losses, gradient norms and weights are the CPU's within rounding. */
@Tag("gpu")
@ParameterizedClass(name = "{0}")
@MethodSource("org.xprompt4j.tests.device.TestDevice#devices")
class SameTrainingTest {
    private static final long SEED = 20_261_126;
    private static final int STEPS = 5;
    private static final double REPORTED = 2e-5; // of a loss or norm
    private static final double WEIGHT = 3e-4; // of a tensor's largest; AdamW's first steps move by the sign of a gradient, however small

    @Parameter
    String device;

    private record Trained(double[] losses, double[] norms, Map<String, float[]> weights) {
    }

    private static Trained train(Backend backend, boolean withMuon) {
        try (TrainingCase one = new TrainingCase(backend, withMuon, SEED)) {
            double[] losses = new double[STEPS];
            double[] norms = new double[STEPS];
            for (int step = 0; step < STEPS; step++) {
                one.queueStep(step);
                GradientClipping.Report report = one.clipping.report();
                losses[step] = report.loss();
                norms[step] = report.norm();
            }
            Map<String, float[]> weights = new LinkedHashMap<>();
            one.model.forEachParameter((name, parameter) -> weights.put(name, parameter.value().toFloatArray()));
            return new Trained(losses, norms, weights);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepsAreThoseOfTheCpu(boolean withMuon) {
        Trained actual;
        try (Backend backend = TestDevice.open(device)) {
            actual = train(backend, withMuon);
            assertThat(backend.memory().usedBytes()).as("memory still in use").isZero();
        }
        Trained expected;
        try (Backend cpu = Backends.open("cpu")) {
            expected = train(cpu, withMuon);
        }
        assertThat(expected.losses()[STEPS - 1]).as("loss that falls").isLessThan(expected.losses()[0]);
        close("losses", expected.losses(), actual.losses());
        close("gradient norms", expected.norms(), actual.norms());
        expected.weights().forEach((name, values) -> Closeness.of(name + " on " + device, values, actual.weights().get(name))
                .scaledByLargest().within(WEIGHT, 0));
    }

    private void close(String what, double[] expected, double[] actual) {
        for (int step = 0; step < STEPS; step++) {
            assertThat(Math.abs(actual[step] - expected[step])).as("%s of step %d on %s: %s, expected %s (seed %d)", what, step, device, actual[step],
                    expected[step], SEED).isLessThanOrEqualTo(REPORTED * expected[step]);
        }
    }
}
