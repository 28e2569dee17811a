package org.xprompt4j.bench.gpu;

import java.util.Arrays;
import java.util.function.Supplier;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Operation;

/**
 * Where a work finds everything while it is prepared, checked and run: the device, operands and results in its memory, the plain
 * loops as an oracle, and samples of device tensors for them. Closing gives all memory back.
 */
public final class Place implements AutoCloseable {
    private static final int CACHES = 4; // operands of this many second-level caches are in use in turn
    private static final int MOST_SETS = 512;
    private static final int EMULATED_SETS = 2;

    private final GpuDevice device;
    private final Operands operands;
    private final Cublas cublas; // null when it is not there
    private final Backend oracle = Backends.open("scalar");
    private final MemoryScope scope;
    private final MemoryScope host = oracle.openScope("samples");
    private AutoCloseable kept = () -> { };

    Place(GpuDevice device, Operands operands, Cublas cublas) {
        this.device = device;
        this.operands = operands;
        this.cublas = cublas;
        this.scope = device.backend().openScope("measured work");
    }

    /** The measured device. */
    public Backend backend() {
        return device.backend();
    }

    /** Plain loops over host tensors. */
    public Backend oracle() {
        return oracle;
    }

    /** Memory of the device until this is closed. */
    public MemoryScope scope() {
        return scope;
    }

    /** Memory of the oracle until this is closed. */
    public MemoryScope hostScope() {
        return host;
    }

    /** Random numbers. */
    public Operands operands() {
        return operands;
    }

    /** The vendor's matrix products in the same queue; null where its library is not found. */
    public Cublas cublas() {
        return cublas;
    }

    /** The type of activations that a model in this precision gives an operation: bf16 where the device computes on it. */
    public DType activations(Precision precision, Operation operation) {
        return backend().computesBf16(operation) ? precision.type() : DType.F32;
    }

    /** How many sets of operands of so many bytes are used in turn, so that none is in the cache when its turn comes again. */
    public int sets(double bytes) {
        return device.clock().isEmulated() ? EMULATED_SETS
                : (int) Math.clamp(Math.ceil(CACHES * device.clock().cacheBytes() / bytes), 1, MOST_SETS);
    }

    /** Closes a whole job that a work runs when this is closed; one a place. */
    public <T extends AutoCloseable> T keep(T job) {
        kept = job;
        return job;
    }

    /** Normal numbers. */
    public Tensor normal(DType dtype, double deviation, long... dims) {
        Tensor out = scope.allocate(dtype, dims);
        operands.fill(out, (float) deviation);
        return out;
    }

    /** Normal float numbers of deviation 1. */
    public Tensor normal(long... dims) {
        return normal(DType.F32, 1, dims);
    }

    /** Not set. */
    public Tensor empty(DType dtype, long... dims) {
        return scope.allocate(dtype, dims);
    }

    /** Floats, not set. */
    public Tensor empty(long... dims) {
        return empty(DType.F32, dims);
    }

    /** Zeros: a gradient that is added to. */
    public Tensor zeros(long... dims) {
        return zeros(DType.F32, dims);
    }

    /** Zeros of a type. */
    public Tensor zeros(DType dtype, long... dims) {
        Tensor out = empty(dtype, dims);
        backend().fill(out, 0);
        return out;
    }

    /** Whole numbers from 0 to below a bound, [count]. */
    public Tensor indices(int bound, int count) {
        return scope.of(operands.indices(bound, count), count);
    }

    /** 0, 1, 2, ... */
    public Tensor ascending(int count) {
        int[] values = new int[count];
        Arrays.setAll(values, i -> i);
        return scope.of(values, count);
    }

    /** One tensor for each set. */
    public static Tensor[] each(int sets, Supplier<Tensor> maker) {
        Tensor[] out = new Tensor[sets];
        Arrays.setAll(out, i -> maker.get());
        return out;
    }

    /** Fills results with what no kernel may leave behind. */
    public void poison(Tensor... results) {
        for (Tensor result : results) {
            backend().fill(result, result.dtype() == DType.I32 ? Integer.MIN_VALUE : Float.NaN);
        }
    }

    /** First, last and some rows between, of {@code count}. */
    public static int[] sample(long count) {
        return Arrays.stream(new long[] {0, 1, count / 3, count - 2, count - 1}).filter(i -> i >= 0 && i < count).distinct().mapToInt(Math::toIntExact).toArray();
    }

    /** A device tensor or view in the oracle's memory. */
    public Tensor onHost(Tensor view) {
        try (MemoryScope passing = backend().openScope("sample")) {
            Tensor whole = passing.allocate(view.dtype(), view.shape());
            backend().copy(view, whole);
            Tensor out = host.allocate(view.dtype(), view.shape());
            whole.storage().read(0, out.segment());
            return out;
        }
    }

    /** Some indices of axis 0 of a device tensor, in the oracle's memory. */
    public Tensor rows(Tensor x, int... indices) {
        long[] dims = x.shape().toArray();
        dims[0] = indices.length;
        Tensor out = host.allocate(x.dtype(), Shape.of(dims));
        for (int i = 0; i < indices.length; i++) {
            out.slice(0, i, i + 1).segment().copyFrom(onHost(x.slice(0, indices[i], indices[i] + 1)).segment());
        }
        return out;
    }

    /** Some indices of axis 1 of a matrix, as rows: [indices, rows of x], in the oracle's memory. */
    public Tensor columns(Tensor x, int... indices) {
        return rows(x.permute(1, 0), indices);
    }

    /** Floats of the oracle's, not set. */
    public Tensor expected(long... dims) {
        return host.allocate(DType.F32, dims);
    }

    /** Zeros of the oracle's. */
    public Tensor expectedZeros(long... dims) {
        return expectedZeros(DType.F32, dims);
    }

    /** Zeros of the oracle's, of a type. */
    public Tensor expectedZeros(DType dtype, long... dims) {
        Tensor out = host.allocate(dtype, dims);
        oracle.fill(out, 0);
        return out;
    }

    @Override
    public void close() {
        try {
            kept.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        scope.close();
        host.close();
        oracle.close();
    }
}
