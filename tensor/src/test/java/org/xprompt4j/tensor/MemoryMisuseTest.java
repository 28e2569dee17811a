package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.tensor.scalar.ScalarBackend;

/** Memory used after its end, by two threads at once or in a wrong order: each is told which tensor and which scope. */
@Timeout(60)
class MemoryMisuseTest {
    /** Waits inside an operation until it is let go. */
    private static final class SlowBackend extends ScalarBackend {
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public void fill(Tensor x, float value) {
            running.countDown();
            await(letGo);
            super.fill(x, value);
        }
    }

    private final SlowBackend slow = new SlowBackend();
    private final Backend backend = new CheckedBackend(slow);
    private final ExecutorService other = Executors.newSingleThreadExecutor(task -> new Thread(task, "other"));
    private MemoryScope scope;

    @BeforeEach
    void open() {
        scope = backend.openScope("step 7");
    }

    @AfterEach
    void close() {
        slow.letGo.countDown();
        other.close();
        scope.close();
        backend.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContainingAll(words);
    }

    @Test
    void operationsNameTheTensorThatIsGone() {
        Tensor x = scope.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        try (MemoryScope shorter = backend.openScope("layer 3")) {
            Tensor y = shorter.allocate(DType.F32, 2, 3);
            shorter.close();
            refused(() -> backend.unary(UnaryOp.EXP, x, y), "unary EXP", "out F32[2, 3] in 'layer 3'", "after the scope was closed");
            refused(() -> backend.copy(y.slice(0, 0, 1), x.slice(0, 1, 2)), "copy: from F32[1, 3] in 'layer 3'");
            refused(y::toFloatArray, "F32[2, 3] in 'layer 3'");
            refused(() -> y.set(1f, 2f, 3f, 4f, 5f, 6f), "F32[2, 3] in 'layer 3'");
            refused(() -> y.storage().segment(), "in 'layer 3'");
            refused(() -> shorter.allocate(DType.BF16, 4), "'layer 3' is closed", "BF16[4]");
        }
    }

    @Test
    void scopesMayCloseInAnyOrderAndTakeOnlyTheirOwn() {
        MemoryScope outer = backend.openScope("outer");
        MemoryScope inner = backend.openScope("inner");
        Tensor a = outer.of(new float[] {1, 2}, 2);
        Tensor b = inner.of(new float[] {3, 4}, 2);
        outer.close();
        assertThat(b.toFloatArray()).containsExactly(3, 4);
        refused(() -> backend.copy(a, b), "copy: from F32[2] in 'outer'");
        refused(() -> outer.moveTo(inner, a), "'outer' is closed", "F32[2]");
        assertThat(b.toFloatArray()).containsExactly(3, 4);
        inner.close();
        outer.close();
        assertThat(backend.memory().usedBytes()).isZero();
    }

    @Test
    void aScopeIsNotClosedUnderARunningOperation() throws Exception {
        Tensor x = scope.of(new float[] {1, 2, 3}, 3);
        Future<?> filling = other.submit(() -> backend.fill(x, 5));
        await(slow.running);
        refused(scope::close, "'step 7' cannot be closed", "fill of [F32[3] in 'step 7']");
        refused(backend::close, "'step 7' cannot be closed");
        try (MemoryScope next = backend.openScope("step 8")) {
            Tensor y = next.of(new float[] {7, 8, 9}, 3);
            slow.letGo.countDown();
            filling.get();
            assertThat(x.toFloatArray()).as("the operation ended in its own memory").containsExactly(5, 5, 5);
            assertThat(y.toFloatArray()).containsExactly(7, 8, 9);
        }
        scope.close();
        refused(x::toFloatArray, "F32[3] in 'step 7'");
    }

    @Test
    void twoThreadsInOneScopeAreNamed() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        MemoryPool blocking = blocking(inside, leave);
        MemoryScope shared = new MemoryScope("shared", blocking);
        Callable<Tensor> allocate = () -> shared.allocate(DType.F32, 4);
        Future<Tensor> first = other.submit(allocate);
        await(inside);
        refused(() -> shared.allocate(DType.F32, 2), "'shared' is used by threads 'other' and '" + Thread.currentThread().getName() + "'");
        refused(shared::close, "'shared' is used by threads");
        leave.countDown();
        Tensor x = first.get();
        assertThat(x.set(1f, 2f, 3f, 4f).toFloatArray()).as("handed from thread to thread").containsExactly(1, 2, 3, 4);
        shared.close();
        refused(x::toFloatArray, "F32[4] in 'shared'");
    }

    /** A pool whose first block is slow to come. */
    private MemoryPool blocking(CountDownLatch inside, CountDownLatch leave) {
        MemoryPool pool = backend.memory();
        return new MemoryPool() {
            @Override
            public Storage take(long byteSize, String owner) {
                inside.countDown();
                await(leave);
                return pool.take(byteSize, owner);
            }

            @Override
            public void giveBack(Storage storage) {
                pool.giveBack(storage);
            }

            @Override
            public long reservedBytes() {
                return pool.reservedBytes();
            }

            @Override
            public long usedBytes() {
                return pool.usedBytes();
            }
        };
    }

    @Test
    void aTapeIsOfOneThreadAndOneStep() throws Exception {
        slow.letGo.countDown();
        Tape tape = new Tape(backend, scope);
        Ops ops = new Ops(backend, scope, tape);
        Tensor x = scope.of(new float[] {1, 2}, 2);
        Tensor gradient = scope.of(new float[2], 2);
        tape.watch(x, gradient);
        other.submit(() -> refused(() -> ops.scale(x, 2), "tape of scope 'step 7'", "'other'", "F32[2]")).get();
        Tensor loss = ops.sum(ops.scale(x, 3));
        tape.backward(loss);
        assertThat(gradient.toFloatArray()).containsExactly(3, 3);
        assertThat(tape.gradient(x)).isSameAs(gradient);
        refused(() -> tape.backward(loss), "already called", "'step 7'", "F32[");
        refused(() -> ops.scale(x, 2), "already called", "F32[2] in 'step 7'");
        refused(() -> ops.reshape(x, 2, 1), "already called", "F32[2, 1]");
        refused(() -> tape.watch(x, gradient), "already called");
    }

    @Test
    void aTapeWhoseScopeIsClosedNamesIt() {
        slow.letGo.countDown();
        MemoryScope gradients = backend.openScope("gradients");
        Tape tape = new Tape(backend, gradients);
        Tensor x = scope.of(new float[] {1, 2}, 2);
        tape.watch(x, scope.of(new float[2], 2));
        Tensor loss = new Ops(backend, scope, tape).sum(x);
        gradients.close();
        refused(() -> tape.backward(loss), "'gradients' is closed", "F32[");
    }

    @Test
    void outOfMemorySaysWhatEachScopeHolds() {
        try (HostMemoryPool pool = new HostMemoryPool(64 << 10); MemoryScope model = new MemoryScope("model", pool);
                MemoryScope step = new MemoryScope("step", pool)) {
            model.allocate(DType.F32, 4096);
            model.allocate(DType.F32, 4096);
            step.allocate(DType.BF16, 4096);
            assertThatThrownBy(() -> step.allocate(DType.F32, 64, 128)).isInstanceOf(InvalidInput.class).hasMessage(
                    "F32[64, 128]: out of memory: scope 'step' asked for 32768 bytes while 40960 bytes are in use ('model' 32768 bytes in 2 tensors, "
                            + "'step' 8192 bytes in 1 tensor), and the limit is 65536 bytes; use smaller batches or pictures");
            assertThat(step.allocate(DType.F32, 64, 64).numel()).as("the refusal did no harm").isEqualTo(4096);
        }
    }

    @Test
    void theLimitIsReadAndChecked() {
        assertThat(HostMemoryPool.limit("xprompt4j.no.such.property")).isEqualTo(Long.MAX_VALUE);
        assertThat(HostMemoryPool.bytes("512m", "p")).isEqualTo(512L << 20);
        assertThat(HostMemoryPool.bytes("4G", "p")).isEqualTo(4L << 30);
        assertThat(HostMemoryPool.bytes("999999999999g", "p")).isGreaterThan(1L << 60);
        assertThatThrownBy(() -> HostMemoryPool.bytes("much", HostMemoryPool.LIMIT_PROPERTY)).isInstanceOf(InvalidInput.class).hasMessageContaining("xprompt4j.memory.limit=much");
    }
}
