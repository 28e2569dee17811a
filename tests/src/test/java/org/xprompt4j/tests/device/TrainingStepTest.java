package org.xprompt4j.tests.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tests.endurance.SmallTrainings;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.training.EpisodeSource;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingConfig;

/** A training step is queued without a wait, the host waits once for loss and norm, and what diverged is not stepped. */
class TrainingStepTest {
    private static final long SEED = 20_261_126;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theHostWaitsOnceAtTheEndOfAStep(boolean withMuon) {
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
        try (Backend backend = PtxBackendProvider.over(driver); TrainingCase one = new TrainingCase(backend, withMuon, SEED)) {
            for (int step = 0; step < 70; step++) {
                long before = driver.waits();
                one.queueStep(step);
                assertThat(driver.waits() - before).as("waits inside step %d", step).isZero();
                assertThat(one.clipping.report().isFinite()).isTrue();
                assertThat(driver.waits() - before).as("waits of step %d", step).isEqualTo(1);
            }
        }
    }

    /** Parameters lie behind one another: clearing is one operation, the norm two, AdamW one for each kind of decay. */
    @Test
    void whatIsDoneToAllParametersIsAFewLaunches() {
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
        try (Backend backend = PtxBackendProvider.over(driver); TrainingCase one = new TrainingCase(backend, false, SEED);
                MemoryScope scope = backend.openScope("loss")) {
            Tensor loss = scope.of(new float[] {1}, 1);
            long start = driver.queued();
            one.model.zeroGradients(backend);
            assertThat(driver.queued() - start).as("clearing").isEqualTo(1);
            one.clipping.measure(loss);
            assertThat(driver.queued() - start).as("and the norm").isEqualTo(3);
            one.adamW.step(1e-3f, one.clipping.factor());
            assertThat(driver.queued() - start).as("and AdamW").isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"cpu", "scalar", "ptx"})
    void aDivergedStepMovesNothing(String device) {
        try (Backend backend = Backends.open(device); TrainingCase one = new TrainingCase(backend, true, SEED)) {
            one.queueStep(0);
            assertThat(one.clipping.report().isFinite()).isTrue();
            Tensor weight = one.model.parameters().get("model.layers.1.mlp.gate_proj.weight").value();
            float[] ruined = weight.toFloatArray();
            float good = ruined[5];
            ruined[5] = Float.NaN;
            weight.set(ruined);
            Map<String, float[]> before = state(one);
            one.queueStep(1);
            GradientClipping.Report report = one.clipping.report();
            assertThat(report.isFinite()).isFalse();
            assertThat(report.loss()).isNaN();
            one.adamW.revoke();
            state(one).forEach((name, values) -> assertThat(values).as(name + " on " + device).containsExactly(before.get(name)));
            ruined[5] = good; // mended, the run goes on
            weight.set(ruined);
            one.queueStep(1);
            assertThat(one.clipping.report().isFinite()).isTrue();
            assertThat(one.adamW.steps()).isEqualTo(2);
        }
    }

    private static Map<String, float[]> state(TrainingCase one) {
        Map<String, float[]> state = new LinkedHashMap<>();
        one.model.forEachParameter((name, parameter) -> state.put(name, parameter.value().toFloatArray()));
        one.adamW.state().forEach((name, tensor) -> state.put("adamw." + name, tensor.toFloatArray()));
        one.muon.state().forEach((name, tensor) -> state.put("muon." + name, tensor.toFloatArray()));
        return state;
    }

    /** The whole of xp train: a step waits twice, for the codes of its pictures before it begins and for loss and norm at its end. */
    @Test
    void trainingAJobWaitsForCodesAndForTheLoss(@TempDir Path folder) throws IOException {
        PromptTrainingConfig config = ConfigFile.read(SmallTrainings.write(folder, SmallTrainings.Kind.TRANSFORMER, 3, 10), PromptTrainingConfig.class);
        List<PromptTraining.StepResult> expected;
        try (Backend backend = Backends.open("cpu")) {
            expected = steps(backend, config, folder, () -> { });
        }
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
        List<PromptTraining.StepResult> actual;
        try (Backend backend = PtxBackendProvider.over(driver)) {
            List<Long> waits = new ArrayList<>();
            actual = steps(backend, config, folder, () -> waits.add(driver.waits()));
            for (int i = 0; i < waits.size(); i += 2) {
                assertThat(waits.get(i + 1) - waits.get(i)).as("waits of step %d", i / 2).isEqualTo(2);
            }
        }
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).loss()).as("loss of step %d", i).isCloseTo(expected.get(i).loss(), within(1e-5f * expected.get(i).loss()));
        }
    }

    private static List<PromptTraining.StepResult> steps(Backend backend, PromptTrainingConfig config, Path folder, Runnable around) {
        List<PromptTraining.StepResult> results = new ArrayList<>();
        try (MemoryScope scope = backend.openScope("tokenizer")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder.resolve("start"));
            PhotoSource photos = PhotoSource.open(folder.resolve("photos"));
            try (PromptTraining training = new PromptTraining(backend, config, vqgan, new EpisodeSource.Photographs(photos, TaskRegistry.all()))) {
                for (int step = 0; step < 3; step++) {
                    around.run();
                    results.add(training.step());
                    around.run();
                }
            }
        }
        return results;
    }
}
