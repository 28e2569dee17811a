package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.op.UnaryOp;

/** Memory comes back when scopes close, is used again, and is never seen by its former owner. */
class MemoryScopeTest {
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.open("scalar");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void closingReturnsEverything() {
        try (MemoryScope scope = backend.openScope("step")) {
            scope.allocate(DType.F32, 100, 100);
            scope.of(new int[] {1, 2}, 2);
            assertThat(scope.bytes()).isGreaterThanOrEqualTo(40_008).isEqualTo(backend.memory().usedBytes());
        }
        assertThat(backend.memory().usedBytes()).isZero();
        assertThat(backend.memory().reservedBytes()).as("kept for the next step").isPositive();
    }

    @Test
    void steadyStepsTakeNothingFromTheSystem() {
        long after = 0;
        for (int step = 0; step < 500; step++) {
            try (MemoryScope scope = backend.openScope("step")) {
                Tape tape = new Tape(backend, scope);
                Ops ops = new Ops(backend, scope, tape);
                Tensor x = scope.of(new float[8], 2, 4);
                tape.watch(x, scope.of(new float[8], 2, 4));
                tape.backward(ops.mean(ops.unary(UnaryOp.SQUARE, ops.linear(x, scope.of(new float[20], 5, 4), null))));
            }
            if (step == 0) {
                after = backend.memory().reservedBytes();
            }
        }
        assertThat(backend.memory().reservedBytes()).as("after 500 steps").isEqualTo(after);
    }

    @Test
    void useAfterCloseNamesTheScope() {
        MemoryScope scope = backend.openScope("step 7");
        Tensor x = scope.of(new float[] {1, 2}, 2);
        scope.close();
        scope.close(); // a second close does nothing
        assertThatThrownBy(x::toFloatArray).isInstanceOf(IllegalStateException.class).hasMessageContaining("'step 7'");
        assertThatThrownBy(() -> x.set(1f, 2f)).isInstanceOf(IllegalStateException.class).hasMessageContaining("after the scope was closed");
        assertThatThrownBy(() -> scope.allocate(DType.F32, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("'step 7' is closed");
        try (MemoryScope next = backend.openScope("step 8")) {
            Tensor y = next.of(new float[] {5, 6}, 2); // the same block, another owner
            assertThatThrownBy(x::toFloatArray).isInstanceOf(IllegalStateException.class).hasMessageContaining("'step 7'");
            assertThat(y.toFloatArray()).containsExactly(5, 6);
        }
    }

    @Test
    void aMovedTensorOutlivesItsScope() {
        try (MemoryScope longer = backend.openScope("longer")) {
            Tensor kept;
            try (MemoryScope step = backend.openScope("step")) {
                kept = step.of(new float[] {1, 2, 3}, 3);
                step.moveTo(longer, kept);
                assertThat(step.bytes()).isZero();
                assertThatThrownBy(() -> step.moveTo(longer, kept)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("does not belong");
            }
            assertThat(kept.toFloatArray()).containsExactly(1, 2, 3);
            assertThat(longer.bytes()).isPositive();
            try (Backend other = Backends.open("scalar"); MemoryScope elsewhere = other.openScope("elsewhere")) {
                assertThatThrownBy(() -> longer.moveTo(elsewhere, kept)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("differ in device");
            }
        }
        assertThat(backend.memory().usedBytes()).isZero();
    }

    @Test
    void blocksAreAlignedRoundedAndShared() {
        HostMemoryPool pool = new HostMemoryPool();
        for (long size : new long[] {0, 1, 63, 64, 65, 511, 512, 513, 1000, 4097, 1_000_003}) {
            Storage storage = pool.take(size, "sizes");
            assertThat(storage.byteSize()).as("block for %d", size).isBetween(size, Math.max(64, size + Math.max(64, size / 8)));
            assertThat(storage.segment().address() % HostMemoryPool.ALIGNMENT).as("alignment of %d", size).isZero();
            assertThat(HostMemoryPool.sizeClass(storage.byteSize())).as("a class is its own class").isEqualTo(storage.byteSize());
            pool.giveBack(storage);
            long reserved = pool.reservedBytes();
            pool.giveBack(pool.take(storage.byteSize(), "again"));
            assertThat(pool.reservedBytes()).isEqualTo(reserved);
        }
        pool.close();
        assertThat(pool.reservedBytes()).isZero();
        assertThatThrownBy(() -> pool.take(1, "late")).isInstanceOf(IllegalStateException.class).hasMessageContaining("'late'");
    }

    @Test
    void aWaitingBlockServesRequestsDownToHalfItsSize() {
        try (HostMemoryPool pool = new HostMemoryPool()) {
            Storage large = pool.take(1024, "large");
            Storage larger = pool.take(1536, "larger");
            long address = large.segment().address();
            pool.giveBack(larger);
            pool.giveBack(large);
            long reserved = pool.reservedBytes();
            Storage smaller = pool.take(800, "smaller");
            assertThat(smaller.segment().address()).as("the smallest that fits").isEqualTo(address);
            assertThat(pool.usedBytes()).isEqualTo(1024);
            assertThat(pool.reservedBytes()).isEqualTo(reserved);
            Storage small = pool.take(512, "small");
            assertThat(pool.reservedBytes()).as("a block three times too large stays for others").isEqualTo(reserved + 512);
            pool.giveBack(smaller);
            pool.giveBack(small);
            assertThat(pool.usedBytes()).isZero();
            Storage again = pool.take(1000, "again");
            assertThat(again.byteSize()).as("it waits under its own size").isEqualTo(1024);
            pool.giveBack(again);
        }
    }

    @Test
    void exhaustionNamesTheScopeAndTheUsers() {
        try (HostMemoryPool pool = new HostMemoryPool(8 << 20)) {
            Storage model = pool.take(5 << 20, "model");
            Storage step = pool.take(2 << 20, "step 3");
            assertThatThrownBy(() -> pool.take(2 << 20, "step 3")).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("scope 'step 3' asked for 2 MB").hasMessageContaining("7 MB are in use")
                    .hasMessageContaining("'model' 5 MB").hasMessageContaining("limit is 8 MB");
            pool.giveBack(step);
            Storage next = pool.take(3 << 20, "step 4");
            assertThat(next.isAlive()).as("blocks that wait are returned before anything is refused").isTrue();
            assertThatThrownBy(() -> pool.giveBack(step)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'step 3'");
            assertThat(model.isAlive()).isTrue();
            pool.giveBack(next);
            pool.giveBack(model);
        }
    }

    @Test
    void closingTheBackendInvalidatesWhatIsStillOpen() {
        Backend doomed = Backends.open("scalar");
        MemoryScope scope = doomed.openScope("forgotten");
        Tensor x = scope.of(new float[] {1}, 1);
        assertThatThrownBy(doomed::close).isInstanceOf(IllegalStateException.class).hasMessageContaining("'forgotten' 64 bytes in 1 tensor");
        doomed.close(); // nothing is left to do
        assertThatThrownBy(x::toFloatArray).isInstanceOf(IllegalStateException.class).hasMessageContaining("'forgotten'");
        scope.close();
    }

    @Test
    void threadsShareThePool() throws Exception {
        try (HostMemoryPool pool = new HostMemoryPool(); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int id = t;
                done.add(threads.submit(() -> {
                    start.await();
                    for (int i = 0; i < 2000; i++) {
                        try (MemoryScope scope = new MemoryScope("thread " + id, pool)) {
                            Tensor x = scope.of(new int[] {id, i}, 2);
                            scope.allocate(DType.F32, 16 + i % 50);
                            assertThat(x.toIntArray()).containsExactly(id, i);
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> future : done) {
                future.get();
            }
            assertThat(pool.usedBytes()).isZero();
        }
    }
}
