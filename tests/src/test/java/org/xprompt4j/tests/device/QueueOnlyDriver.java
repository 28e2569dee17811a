package org.xprompt4j.tests.device;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.CudaEvent;
import org.xprompt4j.cuda.driver.CudaGraph;
import org.xprompt4j.cuda.driver.DeviceProperties;
import org.xprompt4j.cuda.driver.KernelArguments;
import org.xprompt4j.cuda.driver.KernelFunction;
import org.xprompt4j.cuda.driver.LaunchShape;

/**
 * A driver of a device as large as an H100 that computes nothing: it counts what is queued, by name, so that programs of full size can be
 * counted in moments. All that is read from it is zero.
 */
final class QueueOnlyDriver implements CudaDriver {
    private static final DeviceProperties PROPERTIES = new DeviceProperties("queue only", 9, 0, 132, 80L << 30, 50 << 20, 227 << 10, 12_000);

    private record Counted(int operations) implements CudaGraph {
        @Override
        public void close() {
            // nothing is held
        }
    }

    private record Mark() implements CudaEvent {
        @Override
        public void close() {
            // nothing is held
        }
    }

    private final Map<String, Integer> queued = new TreeMap<>();
    private long next = 1 << 20; // address
    private long waits;
    private int recording = -1; // operations so far, -1 when nothing is recorded
    private int recorded; // operations of the last graph

    /** Calls since the last look, by name of kernel, "copy", "fill", "copy from the host" or "graph". */
    Map<String, Integer> takeQueued() {
        Map<String, Integer> out = new TreeMap<>(queued);
        queued.clear();
        return out;
    }

    /** The number of such calls. */
    int takeCount() {
        return takeQueued().values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Operations in the graph that was recorded last. */
    int recorded() {
        return recorded;
    }

    private void count(String name) {
        if (recording >= 0) {
            recording++;
        } else {
            queued.merge(name, 1, Integer::sum);
        }
    }

    @Override
    public DeviceProperties properties() {
        return PROPERTIES;
    }

    @Override
    public long allocate(long bytes, String label) {
        long address = next;
        next += (bytes + 255) / 256 * 256;
        return address;
    }

    @Override
    public void free(long address) {
        // nothing is held
    }

    @Override
    public long freeBytes() {
        return PROPERTIES.memoryBytes();
    }

    @Override
    public void copyToDevice(long address, MemorySegment source) {
        count("copy from the host");
    }

    @Override
    public void copyToHost(MemorySegment target, long address, MemorySegment few, long fewAddress) {
        waits++;
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes) {
        count("copy");
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        count("fill");
    }

    @Override
    public KernelFunction function(String module, String ptx, String entry) {
        return new KernelFunction(module, entry, entry);
    }

    @Override
    public void allowSharedBytes(KernelFunction function, int bytes) {
        // every size will do
    }

    @Override
    public void launch(KernelFunction function, LaunchShape shape, KernelArguments arguments) {
        count(function.toString());
    }

    @Override
    public void synchronize() {
        waits++;
    }

    @Override
    public long waits() {
        return waits;
    }

    @Override
    public void beginCapture() {
        recording = 0;
    }

    @Override
    public CudaGraph endCapture() {
        recorded = recording;
        recording = -1;
        return new Counted(recorded);
    }

    @Override
    public void abandonCapture() {
        recording = -1;
    }

    @Override
    public void launch(CudaGraph graph) {
        count("graph");
    }

    @Override
    public CudaEvent mark() {
        return new Mark();
    }

    @Override
    public boolean isDone(CudaEvent mark) {
        return false;
    }

    @Override
    public void await(CudaEvent mark) {
        waits++;
    }

    @Override
    public float milliseconds(CudaEvent from, CudaEvent to) {
        waits++;
        return 0;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
