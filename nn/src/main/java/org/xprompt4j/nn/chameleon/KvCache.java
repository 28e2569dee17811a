package org.xprompt4j.nn.chameleon;

import java.util.List;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * Keys (normed and rotated) and values of the tokens a model has seen, for every layer and row. Rows may differ in length.
 *
 * <p>Where an entry lies says nothing about its position: a compressed prompt of 32 entries that stood behind an example of
 * 2069 tokens leaves rows of length 32 whose next token has position 2101. Each row therefore keeps the position of its next
 * token. {@link #rows} views share memory and lengths with the whole.
 *
 * <p>The host keeps lengths and positions and tells them to the device before each pass; a {@link DecodeLoop} lets the device
 * count on its own for a while.
 */
public final class KvCache {
    /**
     * Entries of one layer outside a cache.
     *
     * @param keys [entries, kvHeads, headDim]
     * @param values [entries, kvHeads, headDim]
     */
    public record Entries(Tensor keys, Tensor values) {
    }

    private static final int COUNTERS = 3;
    private static final int LENGTHS = 0;
    private static final int POSITIONS = 1;
    private static final int STEPS = 2;

    private final Backend backend;
    private final Tensor[] keys; // [layers] of [batch, capacity, kvHeads, headDim]
    private final Tensor[] values; // likewise
    private final Tensor counters; // [3, batch] I32, of the whole cache: lengths, positions, steps; null in a view of some rows
    private final Tensor lengths; // [batch] I32: what the decode kernel may read, this pass's entries included
    private final int[] committed; // [all rows] valid entries
    private final int[] positions; // [all rows] position of the next token
    private final int firstRow;
    private final int batch;
    private int reserved; // entries of the pass under way
    private boolean counting; // lengths and positions are the device's for now

    /** An empty cache in F32 for this many rows of at most {@code capacity} entries. */
    public KvCache(Backend backend, MemoryScope scope, ChameleonConfig config, int batch, int capacity) {
        this(backend, scope, config, batch, capacity, DType.F32);
    }

    /**
     * An empty cache for this many rows of at most {@code capacity} entries.
     *
     * @param dtype F32, or BF16 for half the memory and half the reading of every step
     */
    public KvCache(Backend backend, MemoryScope scope, ChameleonConfig config, int batch, int capacity, DType dtype) {
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new IllegalArgumentException("a KV cache is F32 or BF16, not " + dtype);
        }
        if (batch < 1 || capacity < 1) {
            throw new IllegalArgumentException("a KV cache needs at least one row and one entry, got " + batch + " and " + capacity);
        }
        this.backend = backend;
        this.keys = new Tensor[config.layers()];
        this.values = new Tensor[config.layers()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = scope.allocate(dtype, batch, capacity, config.kvHeads(), config.headDim());
            values[i] = scope.allocate(dtype, batch, capacity, config.kvHeads(), config.headDim());
        }
        this.counters = scope.of(new int[COUNTERS * batch], COUNTERS, batch);
        this.lengths = counters.select(0, LENGTHS);
        this.committed = new int[batch];
        this.positions = new int[batch];
        this.firstRow = 0;
        this.batch = batch;
    }

    private KvCache(KvCache whole, int from, int to) {
        this.backend = whole.backend;
        this.keys = new Tensor[whole.keys.length];
        this.values = new Tensor[whole.keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = whole.keys[i].slice(0, from, to);
            values[i] = whole.values[i].slice(0, from, to);
        }
        this.counters = null;
        this.lengths = whole.lengths.slice(0, from, to);
        this.committed = whole.committed;
        this.positions = whole.positions;
        this.firstRow = whole.firstRow + from;
        this.batch = to - from;
    }

    /** The rows from..to as a cache of their own over the same memory, for instance to prefill one row. */
    public KvCache rows(int from, int to) {
        if (from < 0 || to <= from || to > batch) {
            throw new IllegalArgumentException("rows " + from + ".." + to + " of a cache of " + batch);
        }
        return new KvCache(this, from, to);
    }

    /** Number of rows. */
    public int batch() {
        return batch;
    }

    /** Number of layers. */
    public int layers() {
        return keys.length;
    }

    /** Most entries a row can hold. */
    public int capacity() {
        return keys[0].size(1);
    }

    /** Valid entries of a row. */
    public int length(int row) {
        return committed[firstRow + row];
    }

    /** Position of the next token of a row. */
    public int nextPosition(int row) {
        return positions[firstRow + row];
    }

    /** Keys of a layer, [batch, capacity, kvHeads, headDim]. */
    public Tensor keys(int layer) {
        return keys[layer];
    }

    /** Values of a layer, [batch, capacity, kvHeads, headDim]. */
    public Tensor values(int layer) {
        return values[layer];
    }

    /** Positions of the next {@code count} tokens of every row, [batch, count] I32. */
    public Tensor nextPositions(MemoryScope scope, int count) {
        if (counting) {
            return counters.select(0, POSITIONS).reshape(batch, count);
        }
        int[] next = new int[batch * count];
        for (int i = 0; i < next.length; i++) {
            next[i] = nextPosition(i / count) + i % count;
        }
        return scope.of(next, batch, count);
    }

    /** Forgets all entries of a row behind the first {@code length}. */
    public void truncate(int row, int length, int nextPosition) {
        if (length < 0 || length > length(row) || nextPosition < 0) {
            throw new IllegalArgumentException("cannot truncate row " + row + " of " + length(row) + " entries to " + length
                    + " with next position " + nextPosition);
        }
        set(row, length, nextPosition);
    }

    /** Copies of the entries from..to of a row, for every layer: what is left of a prompt that was compressed. */
    public List<Entries> extract(MemoryScope scope, int row, int from, int to) {
        if (from < 0 || to <= from || to > length(row)) {
            throw new IllegalArgumentException("entries " + from + ".." + to + " of row " + row + ", which has " + length(row));
        }
        Entries[] out = new Entries[keys.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = new Entries(copy(scope, keys[i].select(0, row).slice(0, from, to)), copy(scope, values[i].select(0, row).slice(0, from, to)));
        }
        return List.of(out);
    }

    private Tensor copy(MemoryScope scope, Tensor x) {
        Tensor out = scope.allocate(x.dtype(), x.shape());
        backend.copy(x, out);
        return out;
    }

    /**
     * Appends entries of every layer to a row.
     *
     * @param entries one per layer; any element type, converted
     * @param nextPosition position of the token that follows them
     */
    public void append(int row, List<Entries> entries, int nextPosition) {
        if (entries.size() != keys.length) {
            throw new IllegalArgumentException("entries of " + entries.size() + " layers for a cache of " + keys.length);
        }
        int at = length(row);
        long count = entries.getFirst().keys().dim(0);
        requireRoom(row, Math.toIntExact(count));
        for (int i = 0; i < keys.length; i++) {
            backend.copy(entries.get(i).keys(), keys[i].select(0, row).slice(0, at, at + count));
            backend.copy(entries.get(i).values(), values[i].select(0, row).slice(0, at, at + count));
        }
        set(row, at + (int) count, nextPosition);
    }

    /** Empties a row and fills it with entries of every layer. */
    public void seed(int row, List<Entries> entries, int nextPosition) {
        truncate(row, 0, 0);
        append(row, entries, nextPosition);
    }

    /** Makes a row the same as another. */
    public void copyRow(int from, int to) {
        int length = length(from);
        if (from != to && length > 0) {
            for (int i = 0; i < keys.length; i++) {
                backend.copy(keys[i].select(0, from).slice(0, 0, length), keys[i].select(0, to).slice(0, 0, length));
                backend.copy(values[i].select(0, from).slice(0, 0, length), values[i].select(0, to).slice(0, 0, length));
            }
        }
        set(to, length, nextPosition(from));
    }

    /** Lengths of the rows as the decode kernel reads them, [batch] I32. */
    Tensor lengths() {
        return lengths;
    }

    /** All counters, [3, batch] I32: lengths, positions, steps; {@link Backend#advance} moves them on. */
    Tensor counters() {
        return counters;
    }

    /** Steps since {@link #beginCounting}, [batch] I32. */
    Tensor steps() {
        return counters.select(0, STEPS);
    }

    /**
     * From here to {@link #endCounting} the device counts. The first {@link Backend#advance} makes the counters those of the first pass.
     *
     * @param passes of one token that will follow at most; there must be room for them
     */
    void beginCounting(int passes) {
        if (counters == null) {
            throw new IllegalArgumentException("rows " + firstRow + ".. of a KV cache cannot be decoded apart from the others; give them a cache of their own");
        }
        int[] start = new int[COUNTERS * batch];
        for (int row = 0; row < batch; row++) {
            requireRoom(row, passes);
            start[LENGTHS * batch + row] = length(row);
            start[POSITIONS * batch + row] = nextPosition(row) - 1;
        }
        counters.set(start);
        counting = true;
    }

    /** The host counts again, {@code passes} later. */
    void endCounting(int passes) {
        counting = false;
        for (int row = 0; row < batch; row++) {
            set(row, length(row) + passes, nextPosition(row) + passes);
        }
    }

    /** Opens a pass of {@code count} tokens per row; {@link #commit} closes it. A pass that failed half-way is forgotten. */
    void reserve(int count, boolean equalRows) {
        reserved = count;
        if (counting) {
            return;
        }
        int[] target = new int[batch];
        for (int row = 0; row < batch; row++) {
            if (equalRows && length(row) != length(0)) {
                throw new IllegalArgumentException("prefill needs rows of equal length, row 0 has " + length(0) + " and row " + row
                        + " has " + length(row) + "; prefill them one by one through rows(from, to)");
            }
            requireRoom(row, count);
            target[row] = length(row) + count;
        }
        lengths.set(target);
    }

    /** Writes keys and values [batch, count, kvHeads, headDim] of the pass under way behind the valid entries. */
    void write(int layer, Tensor k, Tensor v) {
        if (k.dim(1) != reserved || k.dim(0) != batch) {
            throw new IllegalArgumentException("keys " + k + " for a pass of " + batch + " rows and " + reserved + " tokens");
        }
        backend.appendToCache(k, v, lengths, keys[layer], values[layer]);
    }

    /** Makes the entries of the pass under way valid; the next token stands behind the last position of each row. */
    void commit(Tensor passPositions) {
        if (counting) {
            return;
        }
        int[] all = passPositions.toIntArray();
        for (int row = 0; row < batch; row++) {
            set(row, length(row) + reserved, all[(row + 1) * reserved - 1] + 1);
        }
        reserved = 0;
    }

    private void requireRoom(int row, int count) {
        if (count > capacity() - length(row)) {
            throw new IllegalArgumentException(count + " more entries do not fit row " + row + " of the KV cache: " + length(row) + " of "
                    + capacity() + " are in use");
        }
    }

    private void set(int row, int length, int nextPosition) {
        committed[firstRow + row] = length;
        positions[firstRow + row] = nextPosition;
    }
}
