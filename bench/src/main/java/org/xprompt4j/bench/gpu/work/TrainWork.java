package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.bench.work.TrainStep;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;

/**
 * A whole training step under the X-Prompt mask. Loss and gradients of a small model are compared with plain loops first. Bytes count
 * weights, gradients and moments once read and once written; activations stay out of the count.
 */
final class TrainWork {
    private static final double GRADIENT_BOUND = 5; // times that of a single product

    private TrainWork() {
    }

    static GpuWork of(Precision precision, TrainStep.Size size) {
        double weights = size.layers() * (4.0 * size.hidden() * size.hidden() + 3.0 * size.hidden() * size.ffn()) + 2.0 * size.vocab() * size.hidden();
        return new GpuWork("train.step", size.layers() + "x" + size.hidden() + " ffn " + size.ffn() + " vocab " + size.vocab() + " tokens " + size.tokens(),
                precision, size.flops(), 32 * weights, place -> {
                    Backend backend = place.backend();
                    TrainStep step = place.keep(new TrainStep(backend, size,
                            (model, scope) -> RandomWeights.bind(backend, place.operands(), model, scope, DType.F32)));
                    return new Ready(1, set -> step.run(), () -> {
                        check(place, precision);
                        float loss = step.run();
                        if (!(Math.abs(loss) < 100)) {
                            throw new WrongResult("the training step's loss is " + loss);
                        }
                    });
                });
    }

    private static void check(Place place, Precision precision) {
        try (TrainStep measured = new TrainStep(place.backend(), TrainStep.Size.SMALL);
                TrainStep expected = new TrainStep(place.oracle(), TrainStep.Size.SMALL)) {
            WrongResult.requireClose("training step's loss", new float[] {expected.run()}, new float[] {measured.run()}, precision.bound());
            Map<String, Parameter> others = measured.parameters();
            expected.parameters().forEach((name, parameter) -> {
                if (parameter.decays()) { // those of biases are sums that nearly cancel
                    WrongResult.requireClose("training step's gradient of " + name, parameter.gradient().toFloatArray(),
                            others.get(name).gradient().toFloatArray(), GRADIENT_BOUND * precision.bound());
                }
            });
        }
    }
}
