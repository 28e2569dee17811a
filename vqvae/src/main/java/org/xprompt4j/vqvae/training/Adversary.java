package org.xprompt4j.vqvae.training;

import java.util.LinkedHashMap;
import java.util.Map;

import org.xprompt4j.nn.AdamW;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/** The discriminator with its optimiser: what it tells the tokenizer, and how it learns (hinge loss). */
final class Adversary {
    private final Backend backend;
    private final float rate;
    private final Discriminator discriminator;
    private final AdamW optimiser;

    Adversary(Backend backend, MemoryScope scope, TokenizerRecipe recipe) {
        this.backend = backend;
        rate = recipe.adversary().rate();
        discriminator = new Discriminator(recipe.adversary().channels(), recipe.adversary().layers());
        discriminator.initialise(scope, recipe.seed());
        discriminator.allocateGradients(backend, scope);
        optimiser = new AdamW(backend, scope, discriminator, new AdamW.Settings(0.5f, 0.9f, 1e-8f, 0, 0));
    }

    /** The tokenizer's term, -mean D(x̂): [1]. The discriminator's own weights are not on the tape and get no gradient. */
    Tensor generatorLoss(Ops ops, Tensor decoded) {
        return ops.scale(ops.mean(discriminator.forward(ops, decoded)), -1);
    }

    /**
     * One step of the discriminator: ½ mean relu(1 - D(x)) + ½ mean relu(1 + D(x̂)).
     *
     * @param real [batch, height, width, 3]
     * @param decoded the same shape; taken as a constant
     * @return the loss before the step
     */
    float step(MemoryScope memory, Tensor real, Tensor decoded) {
        discriminator.zeroGradients(backend);
        Tape tape = new Tape(backend, memory);
        discriminator.watch(tape);
        Ops ops = new Ops(backend, memory, tape);
        Tensor one = memory.of(new float[] {1}, 1);
        Tensor onReal = ops.mean(ops.unary(UnaryOp.RELU, ops.subtract(one, discriminator.forward(ops, real))));
        Tensor onDecoded = ops.mean(ops.unary(UnaryOp.RELU, ops.add(one, discriminator.forward(ops, decoded))));
        Tensor loss = ops.scale(ops.add(onReal, onDecoded), 0.5f);
        tape.backward(loss);
        optimiser.step(rate, 1);
        return loss.item();
    }

    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        discriminator.forEachParameter((name, parameter) -> state.put("weights." + name, parameter.value()));
        optimiser.state().forEach((name, tensor) -> state.put("optimiser." + name, tensor));
        return state;
    }

    /** Takes over what was loaded into the tensors of {@link #state}. */
    void stateLoaded(String where) {
        optimiser.load(optimiser.state()::get, where);
    }
}
