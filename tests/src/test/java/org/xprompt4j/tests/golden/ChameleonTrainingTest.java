package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.xprompt4j.tests.golden.Closeness.assertClose;

import java.util.Map;
import java.util.function.Function;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.LearningRate;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.Dropout;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Json;

/** Losses, gradients, gradient norms and the weights after six AdamW steps against PyTorch. */
class ChameleonTrainingTest {
    private static final double GRADIENTS = 1e-5; // of the largest magnitude of the tensor
    private static final double WEIGHTS = 1e-5;

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("org.xprompt4j.tests.golden.GoldenFolder#everywhere")
    void sixSteps(String device, String folder) {
        try (GoldenFolder golden = new GoldenFolder(device, folder)) {
            Json train = golden.meta.get("train");
            Chameleon model = golden.model;
            Map<String, Parameter> parameters = model.parameters();
            model.allocateGradients(golden.backend, golden.scope);
            double[] betas = train.numbers("betas");
            AdamW optimiser = new AdamW(golden.backend, golden.scope, model, new AdamW.Settings((float) betas[0], (float) betas[1],
                    (float) train.number("eps"), (float) train.number("weight_decay_matrices"), (float) train.number("weight_decay_other")));
            double[] rates = train.numbers("lrs");
            float[] rateList = new float[rates.length];
            for (int i = 0; i < rates.length; i++) {
                rateList[i] = (float) rates[i];
            }
            LearningRate schedule = LearningRate.list(rateList);
            for (int step = 0; step < rates.length; step++) {
                model.zeroGradients(golden.backend);
                float loss = gradients(golden);
                assertThat(loss).as("loss of step %d", step).isCloseTo((float) train.numbers("losses")[step], within(1e-5f * loss));
                double norm = GradientClipping.norm(golden.backend, model);
                double expectedNorm = train.numbers("grad_norms_before_clip")[step];
                assertThat(norm).as("gradient norm of step %d", step).isCloseTo(expectedNorm, within(1e-5 * expectedNorm));
                if (step == 0) {
                    compare(golden, "train.grad.", parameters.size(), GRADIENTS, Parameter::gradient);
                }
                optimiser.step(schedule.at(step), GradientClipping.scale(norm, train.number("clip")));
            }
            compare(golden, "train.after.", 1, WEIGHTS, Parameter::value);
        }
    }

    private static float gradients(GoldenFolder golden) {
        try (MemoryScope scope = golden.backend.openScope("step")) {
            Tape tape = new Tape(golden.backend, scope);
            golden.model.watch(tape);
            Ops ops = new Ops(golden.backend, scope, tape);
            Chameleon model = golden.model;
            Tensor hidden = model.hidden(ops, model.embed(ops, golden.ids()),
                    Pass.training(golden.positions(), golden.xpromptMask(), Dropout.NONE));
            Tensor loss = model.loss(ops, hidden, NextTokenLoss.of(scope, golden.rows("train.labels"), model.config().vocabSize()), 0);
            tape.backward(loss);
            return loss.item();
        }
    }

    private static void compare(GoldenFolder golden, String prefix, int atLeast, double tolerance,
            Function<Parameter, Tensor> part) {
        int compared = 0;
        for (Map.Entry<String, Parameter> entry : golden.model.parameters().entrySet()) {
            String name = prefix + entry.getKey();
            if (golden.io.contains(name)) {
                assertClose(name, part.apply(entry.getValue()), golden.io.tensor(name), tolerance);
                compared++;
            }
        }
        assertThat(compared).as("tensors compared under " + prefix).isGreaterThanOrEqualTo(atLeast);
    }
}
