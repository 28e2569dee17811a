package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.UnaryOp;

/** What a tape follows, what it leaves alone, and how it answers misuse. */
class TapeTest {
    private Backend backend;
    private MemoryScope scope;
    private Tape tape;
    private Ops ops;
    private Tensor x;
    private Tensor gradient;

    @BeforeEach
    void open() {
        backend = Backends.open("scalar");
        scope = backend.openScope("step");
        tape = new Tape(backend, scope);
        ops = new Ops(backend, scope, tape);
        x = scope.of(new float[] {1, 2, 3}, 3);
        gradient = scope.of(new float[] {100, 100, 100}, 3);
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    @Test
    void gradientsAreAddedToWhatTheWatcherHolds() {
        tape.watch(x, gradient);
        tape.backward(ops.sum(ops.multiply(x, x)));
        assertThat(gradient.toFloatArray()).containsExactly(102, 104, 106);
    }

    @Test
    void onlyDescendantsOfWatchedTensorsAreRecorded() {
        Tensor constant = scope.of(new float[] {4, 5, 6}, 3);
        Tensor unwatched = ops.unary(UnaryOp.EXP, ops.slice(constant, 0, 0, 2));
        assertThat(tape.size()).isZero();
        assertThat(tape.tracks(unwatched)).isFalse();
        assertThat(tape.gradient(constant)).isNull();
        tape.watch(x, gradient);
        Tensor product = ops.multiply(x, constant);
        assertThat(tape.tracks(product)).isTrue();
        tape.backward(ops.sum(product));
        assertThat(tape.gradient(constant)).isNull();
        assertThat(gradient.toFloatArray()).containsExactly(104, 105, 106);
    }

    @Test
    void whatTheLossDoesNotUseGetsNothing() {
        tape.watch(x, gradient);
        Tensor unused = ops.unary(UnaryOp.EXP, x);
        tape.backward(ops.sum(ops.scale(x, 2)));
        assertThat(tape.tracks(unused)).isTrue();
        assertThat(gradient.toFloatArray()).containsExactly(102, 102, 102);
    }

    /** y = W x + x, then y · y and x · y: the residual's gradient is passed on, and more is added to it. */
    @Test
    void gradientsPassThroughResidualsWithoutACopy() {
        Tensor row = scope.of(new float[] {1, 2}, 1, 2);
        Tensor rowGradient = scope.of(new float[] {0, 0}, 1, 2);
        Tensor weight = scope.of(new float[] {1, 0, 3, 1}, 2, 2);
        tape.watch(row, rowGradient);
        Tensor input = ops.scale(row, 1);
        Tensor y = ops.linear(ops.reshape(input, 2).reshape(1, 2), weight, null, input); // untracked view: the residual alone counts
        Tensor z = ops.linear(y, weight, null, y); // y = (2, 7), z = (2 y0, 3 y0 + 2 y1)
        tape.backward(ops.sum(ops.multiply(z, input)));
        assertThat(y.toFloatArray()).containsExactly(2, 7);
        assertThat(z.toFloatArray()).containsExactly(4, 20);
        // d/dinput = z + (2 · 1 + 3 · 2, 2 · 2) through y's residual.
        assertThat(rowGradient.toFloatArray()).containsExactly(4 + 8, 20 + 4);
    }

    @Test
    void misuseIsNamed() {
        assertThatThrownBy(() -> tape.watch(x, scope.allocate(DType.F32, 4))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("F32[4]").hasMessageContaining("F32[3]");
        assertThatThrownBy(() -> tape.watch(x, scope.allocate(DType.BF16, 3))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tape.backward(ops.sum(x))).isInstanceOf(IllegalStateException.class).hasMessageContaining("watched");
        tape.watch(x, gradient);
        assertThatThrownBy(() -> tape.backward(ops.scale(x, 2))).isInstanceOf(IllegalStateException.class).hasMessageContaining("scalar");
        Tensor loss = ops.sum(x);
        tape.backward(loss);
        assertThatThrownBy(() -> tape.backward(loss)).isInstanceOf(IllegalStateException.class).hasMessageContaining("already called");
    }

    @Test
    void operationsWithoutGradientSaySo() {
        tape.watch(x, gradient);
        assertThatThrownBy(() -> ops.binary(BinaryOp.MAXIMUM, x, x)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no gradient");
    }
}
