package org.xprompt4j.tests.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.Muon;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.DecodeLoop;
import org.xprompt4j.nn.chameleon.Dropout;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.SamplingSpec;

/** How many launches the steps of the shipped model are on a large GPU, at most; kernels-cuda/README.md tells these figures. */
class LaunchCountTest {
    private static final int LAYERS = 5;
    private static final int MATRICES = 7 * LAYERS;
    private static final int VOCAB = 1047;
    private static final int CODES = 256; // of a picture, and as many to draw from
    private static final ChameleonConfig SHIPPED = ChameleonConfig.of(VOCAB, 160, 432, LAYERS, 5, 5); // as configs/demo.json

    @Test
    void aDecodeStep() {
        QueueOnlyDriver driver = new QueueOnlyDriver();
        try (Backend backend = PtxBackendProvider.over(driver); MemoryScope scope = backend.openScope("test")) {
            Chameleon model = new Chameleon(SHIPPED);
            model.initialise(scope, 1);
            KvCache cache = new KvCache(backend, scope, SHIPPED, 2, 2 * CODES);
            SamplingSpec spec = new SamplingSpec(1, 0, 1, 4, CODES, 1, 0, 2);
            Tensor streams = scope.of(new int[] {0}, 1);
            DecodeLoop.run(backend, model, cache, scope.allocate(DType.F32, 2, VOCAB), 3, (logits, steps, tokens) -> {
                backend.sample(spec, logits.slice(0, 0, 1), null, logits.slice(0, 1, 2), streams, steps.slice(0, 0, 1), tokens.slice(0, 0, 1));
                backend.copy(tokens.slice(0, 0, 1), tokens.slice(0, 1, 2));
            }, done -> { });
            assertThat(driver.recorded()).as("operations of a step: 14 a layer, and 6").isLessThanOrEqualTo(14 * LAYERS + 6);
        }
    }

    @Test
    void aTrainingStep() {
        QueueOnlyDriver driver = new QueueOnlyDriver();
        int batch = 8;
        int seq = 1064;
        try (Backend backend = PtxBackendProvider.over(driver); MemoryScope scope = backend.openScope("test")) {
            Chameleon model = new Chameleon(SHIPPED);
            model.initialise(scope, 1);
            model.allocateGradients(backend, scope);
            AdamW adamW = new AdamW(backend, scope, model, AdamW.Settings.standard(), name -> !name.endsWith("_proj.weight"));
            Muon muon = new Muon(backend, scope, model, name -> name.endsWith("_proj.weight"), 0.95f, 0.01f);
            GradientClipping clipping = new GradientClipping(backend, scope, model, 1);
            for (int step = 0; step < 4; step++) {
                driver.takeQueued();
                model.zeroGradients(backend);
                int clearing = driver.takeCount();
                try (MemoryScope memory = backend.openScope("step")) {
                    Tape tape = new Tape(backend, memory);
                    model.watch(tape);
                    Ops ops = new Ops(backend, memory, tape);
                    Tensor ids = memory.of(new int[batch * seq], batch, seq);
                    Tensor positions = memory.of(new int[batch * seq], batch, seq);
                    Tensor hidden = model.hidden(ops, model.embed(ops, ids), Pass.training(positions, AttentionMask.causal(seq), Dropout.NONE));
                    Tensor loss = model.loss(ops, hidden, NextTokenLoss.of(memory, new int[batch][seq], VOCAB), 1e-5f);
                    int forward = driver.takeCount();
                    tape.backward(loss);
                    int backward = driver.takeCount();
                    clipping.measure(loss);
                    int norm = driver.takeCount();
                    adamW.step(1e-3f, clipping.factor());
                    Map<String, Integer> moved = driver.takeQueued();
                    muon.step(1e-3f, clipping.factor());
                    Map<String, Integer> turned = driver.takeQueued();
                    if (step > 1) { // before, Muon's part is launched one by one and then recorded
                        assertThat(List.of(clearing, norm)).as("clearing, norm").containsExactly(1, 2);
                        assertThat(forward).as("forward").isLessThanOrEqualTo(86);
                        assertThat(backward).as("backward").isLessThanOrEqualTo(251);
                        assertThat(moved).as("AdamW").isEqualTo(Map.of("adamw.step", 3, "copy from the host", 1));
                        assertThat(turned).as("Muon").isEqualTo(Map.of("graph", 1, "elementwise.combine", MATRICES));
                        assertThat(driver.recorded()).as("Muon's graph").isLessThanOrEqualTo(28 * MATRICES);
                    }
                }
            }
            assertThat(driver.waits()).isZero();
        }
    }
}
