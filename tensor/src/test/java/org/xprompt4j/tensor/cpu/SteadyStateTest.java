package org.xprompt4j.tensor.cpu;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever the number of threads and whatever the compiler did so far: the same bits, and no garbage. */
class SteadyStateTest {
    private static final int RUNS = 200;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    /** Views, tasks and mask tiles of one call; a vector that escaped in a loop costs far more. */
    private static final long ALLOWED_BYTES = 16 * 1024;

    private final Agreement a = new Agreement(8);
    private final Map<String, Supplier<List<Tensor>>> operations = new LinkedHashMap<>();

    SteadyStateTest() {
        Tensor x = a.normal(70, 131);
        Tensor w = a.normal(131);
        Tensor b = a.normal(131);
        Tensor d = a.normal(70, 131);
        Tensor sumA = a.normal(131);
        Tensor sumB = a.normal(131);
        Tensor sumX = a.normal(70, 131);
        Tensor inverse = a.poison(70);
        a.vectors.rmsNorm(1e-5f, x, w, a.poison(70, 131), inverse);
        add("rmsNorm", a.normal(70, 131), r -> a.vectors.rmsNorm(1e-5f, x, w, r, null));
        add("rmsNormBackward", a.normal(70, 131), r -> a.vectors.rmsNormBackward(x, w, inverse, d, r, sumA));
        add("layerNorm", a.normal(70, 131), r -> a.vectors.layerNorm(1e-5f, x, w, b, r));
        add("layerNormBackward", a.normal(70, 131), r -> a.vectors.layerNormBackward(1e-5f, x, w, d, r, sumA, sumB));
        for (UnaryOp op : UnaryOp.values()) {
            add("unary " + op, a.normal(70, 131), r -> a.vectors.unary(op, x, r));
            add("unaryBackward " + op, a.normal(70, 131), r -> a.vectors.unaryBackward(op, x, w.expand(x.shape()), d, r));
        }
        for (BinaryOp op : BinaryOp.values()) {
            add("binary " + op, a.normal(70, 131), r -> a.vectors.binary(op, x, w, r));
        }
        Tensor column = a.normal(1, 131);
        add("reduce columns", column, r -> a.vectors.reduce(ReduceOp.SUM, x, r));
        Tensor rows = a.normal(70, 1);
        add("reduce rows", rows, r -> a.vectors.reduce(ReduceOp.MEAN, x, r));
        add("swiGlu", a.normal(70, 131), r -> a.vectors.swiGlu(x, d, r));
        add("swiGluBackward", a.normal(70, 131), r -> a.vectors.swiGluBackward(x, d, d, r, sumX));
        Tensor m = a.normal(70, 131);
        Tensor v = a.normal(70, 131);
        a.oracle.unary(UnaryOp.SQUARE, v, v);
        Tensor one = a.normal(1);
        a.oracle.fill(one, 1);
        Tensor startM = a.copy(m);
        Tensor startV = a.copy(v);
        add("adamW", a.normal(70, 131), r -> a.vectors.adamW(new AdamWSpec(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 3), r, d, refreshed(m, startM), refreshed(v, startV), one));
        groupNorm();
        heads();
        sampling();
    }

    private Tensor refreshed(Tensor x, Tensor start) {
        a.vectors.copy(start, x);
        return x;
    }

    private interface Operation {
        void run(Tensor result);
    }

    private void add(String name, Tensor result, Operation operation) {
        Tensor start = a.copy(result);
        operations.put(name, () -> {
            a.vectors.copy(start, result);
            operation.run(result);
            return List.of(result);
        });
    }

    private void groupNorm() {
        GroupNormSpec spec = new GroupNormSpec(4, 1e-6f, Activation.SILU);
        Tensor x = a.normal(2, 9, 9, 24);
        Tensor w = a.normal(24);
        Tensor b = a.normal(24);
        Tensor mean = a.normal(2, 4);
        Tensor inverse = a.normal(2, 4);
        a.vectors.groupNorm(spec, x, w, b, a.poison(2, 9, 9, 24), mean, inverse);
        add("groupNorm", a.normal(2, 9, 9, 24), r -> a.vectors.groupNorm(spec, x, w, b, r, mean, inverse));
        add("groupNormBackward", a.normal(2, 9, 9, 24), r -> a.vectors.groupNormBackward(spec, x, w, b, mean, inverse, x, r, null, null));
    }

    private void heads() {
        long[] dims = {1, 70, 2, 40};
        Tensor q = a.normal(dims);
        Tensor k = a.normal(dims);
        Tensor v = a.normal(dims);
        Tensor w = a.normal(1, 40);
        Tensor positions = a.scope.allocate(DType.I32, 1, 70);
        a.vectors.fill(positions, 33);
        QkNormRopeSpec rope = new QkNormRopeSpec(1e-5f, 10000f);
        add("qkNormRope", a.normal(dims), r -> a.vectors.qkNormRope(rope, q, w, w, positions, r));
        add("qkNormRopeBackward", a.normal(dims), r -> a.vectors.qkNormRopeBackward(rope, q, w, positions, v, r, null, null));
        AttentionSpec spec = new AttentionSpec(0.2f, AttentionTest.prompt(20, 4, 46));
        Tensor kept = a.normal(1, 2, 70);
        Tensor out = a.normal(dims);
        a.vectors.attention(spec, q, k, v, out, kept);
        add("attention", a.normal(dims), r -> a.vectors.attention(spec, q, k, v, r, kept));
        add("attentionBackward", a.normal(dims), r -> a.vectors.attentionBackward(spec, q, k, v, out, kept, v, r, null, null));
        add("attentionBackward, keys", a.normal(dims), r -> a.vectors.attentionBackward(spec, q, k, v, out, kept, v, null, r, null));
        Tensor lengths = a.scope.allocate(DType.I32, 1).set(67);
        Tensor query = a.normal(1, 2, 40);
        add("cachedAttention", a.normal(1, 2, 40), r -> a.vectors.cachedAttention(0.2f, query, k, v, lengths, r));
    }

    private void sampling() {
        Tensor logits = a.normal(4, 300);
        Tensor streams = a.scope.allocate(DType.I32, 4);
        a.vectors.fill(streams, 3);
        add("sample", a.scope.allocate(DType.I32, 4), r -> a.vectors.sample(new SamplingSpec(1, 50, 0.9f, 10, 280, 4, 1, 1), logits, null, null,
                streams, streams, r));
    }

    @Test
    void bitsNeverChangeAndNothingIsAllocated() {
        Map<String, float[]> first = new LinkedHashMap<>();
        operations.forEach((name, run) -> first.put(name, run.get().getFirst().toFloatArray()));
        // A loop inside a task runs on one thread alone.
        Map<String, float[]> alone = new LinkedHashMap<>();
        WorkerPool.shared().parallelFor(2, task -> {
            if (task == 0) {
                operations.forEach((name, run) -> alone.put(name, run.get().getFirst().toFloatArray()));
            }
        });
        List<String> greedy = new ArrayList<>();
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        operations.forEach((name, run) -> {
            long least = Long.MAX_VALUE;
            int runs = 0;
            // The compilers work in the background: wait for them, within reason.
            for (long end = System.nanoTime() + PATIENCE_NANOS; runs < RUNS || least > ALLOWED_BYTES && System.nanoTime() < end; runs++) {
                long before = threads.getTotalThreadAllocatedBytes();
                run.get();
                least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
            }
            if (least > ALLOWED_BYTES) {
                greedy.add(name + " allocates " + least + " bytes after " + runs + " runs");
            }
            assertThat(alone.get(name)).as("%s on one thread", name).isEqualTo(first.get(name));
            assertThat(run.get().getFirst().toFloatArray()).as("%s after %d runs", name, runs).isEqualTo(first.get(name));
        });
        assertThat(greedy).isEmpty();
        a.close();
    }
}
