package org.xprompt4j.tests.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.xprompt.training.Asked;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingRun;

/** Training in BF16 and moving a run between devices and precisions, for as many steps as a test can afford. */
class PrecisionTest {
    private static final int STEPS = 20;
    private static final int EMULATED = 3;

    @TempDir
    private Path folder;

    @Test
    void bf16FollowsF32() throws IOException {
        PrecisionRecipe recipe = new PrecisionRecipe(folder);
        double[] floats = recipe.losses("cpu", DType.F32, 1, STEPS, (step, loss) -> { });
        double[] rounded = recipe.losses("cpu", DType.BF16, 1, STEPS, (step, loss) -> { });
        double[] emulated = recipe.losses("ptx", DType.BF16, 1, EMULATED, (step, loss) -> { });
        double[] otherSeed = recipe.losses("cpu", DType.F32, 2, STEPS, (step, loss) -> { });
        for (int i = 0; i < STEPS; i++) {
            assertThat(rounded[i]).as("step %d in bf16 on the cpu", i + 1).isCloseTo(floats[i], within(0.01 * floats[i]));
        }
        for (int i = 0; i < EMULATED; i++) {
            assertThat(emulated[i]).as("step %d in bf16 on the GPU's kernels", i + 1).isCloseTo(floats[i], within(0.01 * floats[i]));
        }
        assertThat(rounded).as("bf16 rounds").isNotEqualTo(floats);
        assertThat(LossInBothPrecisions.distance(floats, rounded)).as("bf16 moves the curve less than another seed")
                .isLessThan(0.1 * LossInBothPrecisions.distance(floats, otherSeed));
    }

    @Test
    void aRunMovesBetweenDevicesAndPrecisions() throws IOException {
        PrecisionRecipe recipe = new PrecisionRecipe(folder);
        double[] expected = recipe.losses("cpu", DType.F32, 1, 6, (step, loss) -> { });
        List<Float> floats = new ArrayList<>();
        for (String device : List.of("cpu", "ptx", "cpu")) {
            piece(recipe, "floats", device, DType.F32, floats);
        }
        List<Float> mixed = new ArrayList<>();
        piece(recipe, "mixed", "cpu", DType.BF16, mixed);
        piece(recipe, "mixed", "ptx", DType.BF16, mixed);
        piece(recipe, "mixed", "cpu", DType.F32, mixed);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) floats.get(i)).as("step %d, f32: cpu, ptx, cpu", i + 1).isCloseTo(expected[i], within(1e-4 * expected[i]));
            assertThat((double) mixed.get(i)).as("step %d, bf16 on cpu and ptx, f32 on cpu", i + 1).isCloseTo(expected[i], within(0.01 * expected[i]));
        }
    }

    /** Two steps of a run, which goes on where its folder ends. */
    private void piece(PrecisionRecipe recipe, String name, String device, DType precision, List<Float> losses) throws IOException {
        int until = losses.size() + 2;
        Path out = Files.createDirectories(folder.resolve(name));
        try (Backend backend = Backends.open(device)) {
            boolean finished = new PromptTrainingRun(recipe.file(1), out).run(backend, precision, () -> losses.size() >= until, new PromptTrainingRun.Listener() {
                @Override
                public void started(int step, int of, long parameters) {
                    assertThat(step).as("where %s on %s goes on", name, device).isEqualTo(losses.size());
                }

                @Override
                public void stepped(PromptTraining.StepResult result, double seconds) {
                    losses.add(result.loss());
                }

                @Override
                public void checked(int step, Map<Asked, Float> validationLosses) {
                    throw new AssertionError("no check is due");
                }
            });
            assertThat(finished).isFalse();
        }
    }
}
