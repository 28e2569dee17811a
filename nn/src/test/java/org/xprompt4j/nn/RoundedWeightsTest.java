package org.xprompt4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;

/** What a second module sees of its master's weights, and where its gradients go. */
class RoundedWeightsTest {
    private Backend backend;
    private MemoryScope scope;

    @BeforeEach
    void open() {
        backend = Backends.open("cpu");
        scope = backend.openScope("test");
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    private static Linear layer() {
        return new Linear(3, 2, true, Initialisation.normal(1));
    }

    @Test
    void updatesTooSmallForBf16AreKeptByTheMaster() {
        Linear master = layer();
        Linear computing = layer();
        master.initialise(scope, 1);
        Tensor weight = master.weight().value();
        weight.set(1, 2, 3, 4, 5, 6);
        RoundedWeights rounded = new RoundedWeights(backend, scope, master, computing);
        assertThat(computing.weight().value().dtype()).isEqualTo(DType.BF16);
        assertThat(computing.biasValue()).as("vectors are shared").isSameAs(master.biasValue());
        Tensor step = scope.of(new float[] {0x1p-9f, 0, 0, 0, 0, 0}, 2, 3); // a quarter of what BF16 can add to 1
        float[] seen = new float[5];
        for (int i = 0; i < seen.length; i++) {
            backend.addScaled(step, 1, weight);
            rounded.refresh();
            seen[i] = computing.weight().value().toFloatArray()[0];
        }
        assertThat(seen).as("rounded after each step").containsExactly(1, 1, 1.0078125f, 1.0078125f, 1.0078125f);
        assertThat(computing.weight().value().toFloatArray()).endsWith(2, 3, 4, 5, 6);
    }

    @Test
    void gradientsBelongToTheMaster() {
        Linear master = layer();
        Linear computing = layer();
        master.initialise(scope, 1);
        master.allocateGradients(backend, scope);
        RoundedWeights rounded = new RoundedWeights(backend, scope, master, computing);
        Tape tape = new Tape(backend, scope);
        rounded.watch(tape);
        Ops ops = new Ops(backend, scope, tape, DType.BF16);
        Tensor x = scope.allocate(DType.BF16, 2, 3).set(1, 2, 3, 4, 5, 6);
        Tensor y = computing.forward(ops, x); // [2, 2]
        assertThat(y.dtype()).isEqualTo(DType.BF16);
        tape.backward(ops.sum(y));
        assertThat(master.weight().gradient().dtype()).isEqualTo(DType.F32);
        assertThat(master.weight().gradient().toFloatArray()).containsExactly(5, 7, 9, 5, 7, 9);
        assertThat(computing.weight().gradient()).isNull();
    }

    @Test
    void mastersInPiecesAreRefused() {
        Linear master = layer();
        master.initialise(scope, 1);
        Linear two = layer();
        two.initialise(scope, 2);
        Module both = pair(master, two);
        assertThatThrownBy(() -> new RoundedWeights(backend, scope, both, pair(layer(), layer()))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one block");
    }

    private static Module pair(Linear first, Linear second) {
        return new Module() {
            {
                child("first", first);
                child("second", second);
            }
        };
    }
}
