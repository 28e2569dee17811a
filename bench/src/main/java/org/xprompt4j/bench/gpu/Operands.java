package org.xprompt4j.bench.gpu;

import java.util.HashMap;
import java.util.Map;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/**
 * Random operands of any size without waiting for the host: one pool of normal numbers is drawn and sent to the device, and operands
 * are copied out of it there, each from another place. Power and with it the clock depend on the data, so nothing is timed on
 * constants.
 */
public final class Operands implements AutoCloseable {
    private static final long SEED = 20_261_126;
    private static final int STEP = 7_919; // how much later the next operand begins, so that no two are equal

    private record Kind(DType dtype, float scale) {
    }

    private static float[] drawn = new float[0]; // kept, since devices are opened several times

    private final Backend backend;
    private final MemoryScope scope;
    private final int count;
    private final Map<Kind, Tensor> pools = new HashMap<>(); // [count]
    private int at;
    private long stream;

    /**
     * Draws the pool.
     *
     * @param count numbers in it
     */
    public Operands(Backend backend, int count) {
        this.backend = backend;
        this.count = count;
        this.scope = backend.openScope("random operands");
        this.stream = 1;
        pools.put(new Kind(DType.F32, 1), scope.of(draw(count), count));
    }

    private static synchronized float[] draw(int count) {
        if (drawn.length != count) {
            drawn = new Philox(SEED, 0).gaussians(count);
        }
        return drawn;
    }

    private Tensor pool(Kind kind) {
        Tensor pool = pools.get(kind);
        if (pool == null) {
            Tensor scaled = scope.allocate(DType.F32, count);
            backend.scale(pools.get(new Kind(DType.F32, 1)), kind.scale, scaled);
            pool = scaled;
            if (kind.dtype != DType.F32) {
                pool = scope.allocate(kind.dtype, count);
                backend.copy(scaled, pool);
            }
            pools.put(kind, pool);
        }
        return pool;
    }

    /** Overwrites a contiguous tensor with normal numbers of a standard deviation. */
    public void fill(Tensor target, float deviation) {
        Tensor pool = pool(new Kind(target.dtype(), deviation));
        Tensor flat = target.reshape(target.numel());
        long done = 0;
        while (done < flat.numel()) {
            long take = Math.min(count - at, flat.numel() - done);
            backend.copy(pool.slice(0, at, at + take), flat.slice(0, done, done + take));
            done += take;
            at = (int) ((at + take + STEP) % count);
        }
    }

    /** Whole numbers from 0 to below a bound, drawn by the host. */
    public int[] indices(int bound, int howMany) {
        Philox random = new Philox(SEED, stream++);
        int[] values = new int[howMany];
        for (int i = 0; i < howMany; i++) {
            values[i] = random.nextInt(bound);
        }
        return values;
    }

    @Override
    public void close() {
        scope.close();
    }
}
