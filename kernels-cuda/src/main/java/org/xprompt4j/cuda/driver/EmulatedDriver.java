package org.xprompt4j.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.emulator.Grid;
import org.xprompt4j.cuda.emulator.PtxEntry;
import org.xprompt4j.cuda.emulator.PtxMachine;
import org.xprompt4j.cuda.emulator.PtxModule;
import org.xprompt4j.tensor.kernel.LaunchReport;

/**
 * The same driver over the PTX emulator: no GPU, every access checked. Work runs when it is queued; captured work is recorded with
 * its arguments and replayed. Counts the waits that a real device would have cost.
 */
public final class EmulatedDriver implements CudaDriver {
    private static final int MULTIPROCESSORS = 8;

    /** Told after every kernel, for profiles. */
    @FunctionalInterface
    public interface LaunchListener {
        void launched(PtxEntry entry, LaunchShape shape, LaunchReport report);
    }

    private record Work(PtxEntry entry, LaunchShape shape, MemorySegment arguments, Runnable other) { // other: a copy or fill
    }

    private record Graph(List<Work> work) implements CudaGraph {
        @Override
        public int operations() {
            return work.size();
        }

        @Override
        public void close() {
            work.clear();
        }
    }

    private record Mark(long nanoseconds, long number) implements CudaEvent {
        @Override
        public void close() {
            // nothing is held
        }
    }

    private final PtxMachine machine;
    private final DeviceProperties properties;
    private final Map<String, PtxModule> modules = new HashMap<>();
    private LaunchListener listener = (entry, shape, report) -> { };
    private List<Work> captured; // null when not capturing
    private long waits;
    private long marks;
    private long reached; // the last mark that the host has waited for: the device is taken to be as late as it may be
    private long queued;
    private long replays;

    /** @param level what is checked while kernels run */
    public EmulatedDriver(CheckLevel level) {
        this(level, MULTIPROCESSORS);
    }

    /**
     * A driver that says it has a number of multiprocessors, so that work is cut as it would be on such a device.
     *
     * @param level what is checked while kernels run
     */
    public EmulatedDriver(CheckLevel level, int multiprocessors) {
        this(level, new DeviceProperties("PTX emulator", 8, 0, multiprocessors, 4L << 30, 1 << 20, 164 << 10, 12_000));
    }

    /** The same as if it were another device, for which kernels and launch shapes are chosen. */
    public EmulatedDriver(CheckLevel level, DeviceProperties properties) {
        machine = new PtxMachine(level);
        this.properties = properties;
    }

    /** The machine, to set its order of warps or its limit. */
    public PtxMachine machine() {
        return machine;
    }

    public void listener(LaunchListener told) {
        listener = told;
    }

    private void notWhileCapturing(String what) {
        if (captured != null) {
            throw new IllegalStateException(what + " inside a captured step: it cannot be part of a graph");
        }
    }

    /** Kernels, copies and fills that the host queued or recorded one by one so far. */
    public long queued() {
        return queued;
    }

    /** Graphs launched so far. */
    public long replays() {
        return replays;
    }

    private void queue(Work work) {
        queued++;
        if (captured != null) {
            captured.add(work);
        } else {
            run(work);
        }
    }

    private void run(Work work) {
        if (work.entry() == null) {
            work.other().run();
            return;
        }
        LaunchShape shape = work.shape();
        LaunchReport report = machine.launch(work.entry(), new Grid(shape.gridX(), shape.gridY(), shape.gridZ()),
                new Grid(shape.blockX(), shape.blockY(), 1), shape.sharedBytes(), work.arguments());
        listener.launched(work.entry(), shape, report);
    }

    @Override
    public DeviceProperties properties() {
        return properties;
    }

    @Override
    public boolean wantsExactBlocks() {
        return true; // so that an access behind a tensor is one behind its block
    }

    @Override
    public long allocate(long bytes, String label) {
        if (bytes > freeBytes()) {
            throw new CudaException("no room for " + bytes + " bytes for '" + label + "' in the emulator's memory; use a smaller batch or model", true, null);
        }
        return machine.allocate(Math.max(1, bytes), label);
    }

    @Override
    public void free(long address) {
        notWhileCapturing("memory given back to the driver");
        machine.free(address);
    }

    @Override
    public long freeBytes() {
        return properties.memoryBytes() - machine.usedBytes();
    }

    @Override
    public void copyToDevice(long address, MemorySegment source) {
        notWhileCapturing("a copy from the host");
        machine.copyIn(address, source);
    }

    @Override
    public void copyToHost(MemorySegment target, long address, MemorySegment few, long fewAddress) {
        notWhileCapturing("a copy to the host");
        waitedForAll();
        machine.copyOut(address, target);
        if (few != null) {
            machine.copyOut(fewAddress, few);
        }
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes) {
        queue(new Work(null, null, null, () -> machine.copy(to, from, bytes)));
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        queue(new Work(null, null, null, () -> machine.memset(address, value, bytes)));
    }

    @Override
    public KernelFunction function(String module, String ptx, String entry) {
        return new KernelFunction(module, entry, modules.computeIfAbsent(module, name -> PtxModule.parse(ptx, name + ".ptx")).entry(entry));
    }

    @Override
    public void allowSharedBytes(KernelFunction function, int bytes) {
        if (bytes > properties.sharedBytesPerBlock()) {
            throw new CudaException(function + " asks for " + bytes + " bytes of shared memory, the device has " + properties.sharedBytesPerBlock());
        }
    }

    @Override
    public void launch(KernelFunction function, LaunchShape shape, KernelArguments arguments) {
        PtxEntry entry = (PtxEntry) function.handle();
        MemorySegment packed = arguments.packed();
        if (arguments.count() != entry.parameters().size() || packed.byteSize() != entry.parameterBytes()) {
            throw new CudaException("launch of " + function + " with " + arguments.count() + " arguments of " + packed.byteSize() + " bytes: it takes "
                    + entry.parameters().size() + " of " + entry.parameterBytes());
        }
        if (captured != null) { // the block of arguments is used again
            packed = MemorySegment.ofArray(packed.toArray(ValueLayout.JAVA_BYTE));
        }
        queue(new Work(entry, shape, packed, null));
    }

    @Override
    public void synchronize() {
        notWhileCapturing("waiting for the device");
        waitedForAll();
    }

    private void waitedForAll() {
        waits++;
        reached = marks;
    }

    @Override
    public long waits() {
        return waits;
    }

    @Override
    public void beginCapture() {
        notWhileCapturing("another capture");
        captured = new ArrayList<>();
    }

    @Override
    public CudaGraph endCapture() {
        if (captured == null) {
            throw new CudaException("the end of a capture that was not begun");
        }
        Graph graph = new Graph(captured);
        captured = null;
        return graph;
    }

    @Override
    public void abandonCapture() {
        captured = null;
    }

    @Override
    public void launch(CudaGraph graph) {
        notWhileCapturing("a graph");
        if (((Graph) graph).work().isEmpty()) {
            throw new CudaException("launch of a graph that is empty or closed");
        }
        replays++;
        ((Graph) graph).work().forEach(this::run);
    }

    @Override
    public CudaEvent mark() {
        notWhileCapturing("a mark");
        return new Mark(System.nanoTime(), ++marks);
    }

    @Override
    public boolean isDone(CudaEvent mark) {
        return ((Mark) mark).number() <= reached;
    }

    @Override
    public void await(CudaEvent mark) {
        notWhileCapturing("waiting for the device");
        waits++;
        reached = Math.max(reached, ((Mark) mark).number());
    }

    @Override
    public float milliseconds(CudaEvent from, CudaEvent to) {
        notWhileCapturing("waiting for the device");
        waits++;
        return (((Mark) to).nanoseconds() - ((Mark) from).nanoseconds()) * 1e-6f;
    }

    @Override
    public void close() {
        modules.clear();
    }
}
