package org.xprompt4j.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * The driver of a real GPU, called through JCuda. One context (the device's primary one), one stream. Host data goes through
 * {@link StagingRing}, so that queued copies never read memory that the caller may change.
 *
 * <p>JCuda's own exceptions stay off: every result is checked here, where the call and what was being computed are known.
 */
public final class NvidiaDriver implements CudaDriver {
    private static final int NON_BLOCKING = 1; // CU_STREAM_NON_BLOCKING
    private static final int RELAXED = 2; // CU_STREAM_CAPTURE_MODE_RELAXED
    private static final int NAME_BYTES = 256;

    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final StreamHandle stream = new StreamHandle();
    private final DeviceProperties properties;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final StagingRing staging;
    private KernelFunction lastFunction; // null before the first launch
    private LaunchShape lastShape;
    private KernelArguments lastArguments; // whose table the pointer below shows
    private Pointer lastTable;
    private int captured; // operations recorded so far, -1 when not capturing
    private long waits;
    private boolean open = true;

    /**
     * Opens device {@code ordinal}. {@link DriverProbe} has found that there is a driver and a device.
     *
     * @throws CudaException when it cannot be opened
     */
    public NvidiaDriver(int ordinal) {
        check(JCudaDriver.cuInit(0), "cuInit");
        check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        makeCurrent();
        check(JCudaDriver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate");
        properties = read(device);
        captured = -1;
        staging = new StagingRing(this);
    }

    private static DeviceProperties read(CUdevice device) {
        byte[] name = new byte[NAME_BYTES];
        check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        long[] total = new long[1];
        check(JCudaDriver.cuMemGetInfo(new long[1], total), "cuMemGetInfo");
        return new DeviceProperties(new String(name, 0, end, StandardCharsets.UTF_8),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), total[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN), version[0]);
    }

    static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
        return value[0];
    }

    static void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new CudaException(call + " failed: " + CUresult.stringFor(result) + Remedy.of(result),
                    result == CUresult.CUDA_ERROR_OUT_OF_MEMORY, null);
        }
    }

    /** A wait tells of whatever was queued before it: the last kernel is where to begin. */
    void checkWait(int result, String call) {
        check(result, lastFunction == null ? call : call + " (the last kernel queued is " + lastFunction + " with " + lastShape + ")");
    }

    /** The context belongs to a thread: a backend that is handed to another thread takes it along. */
    private void makeCurrent() {
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    CUstream stream() {
        return stream;
    }

    void countWait() {
        waits++;
    }

    private void recorded() {
        if (captured >= 0) {
            captured++;
        }
    }

    private void notWhileCapturing(String what) {
        if (captured >= 0) {
            throw new IllegalStateException(what + " inside a captured step: it cannot be part of a graph");
        }
    }

    @Override
    public DeviceProperties properties() {
        return properties;
    }

    @Override
    public long allocate(long bytes, String label) {
        DevicePointer pointer = new DevicePointer();
        check(JCudaDriver.cuMemAlloc(pointer, bytes), "cuMemAlloc of " + bytes + " bytes for '" + label + "'");
        return pointer.address();
    }

    @Override
    public void free(long address) {
        notWhileCapturing("memory given back to the driver");
        if (open) {
            check(JCudaDriver.cuMemFree(DevicePointer.at(address)), "cuMemFree");
        }
    }

    @Override
    public long freeBytes() {
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    @Override
    public void copyToDevice(long address, MemorySegment source) {
        notWhileCapturing("a copy from the host");
        staging.copyToDevice(address, source);
    }

    @Override
    public void copyToHost(MemorySegment target, long address, MemorySegment few, long fewAddress) {
        notWhileCapturing("a copy to the host");
        staging.copyToHost(target, address, few, fewAddress);
    }

    @Override
    public void copyOnDevice(long to, long from, long bytes) {
        recorded();
        check(JCudaDriver.cuMemcpyDtoDAsync(DevicePointer.at(to), DevicePointer.at(from), bytes, stream), "cuMemcpyDtoDAsync of " + bytes + " bytes");
    }

    @Override
    public void fill(long address, byte value, long bytes) {
        recorded();
        check(JCudaDriver.cuMemsetD8Async(DevicePointer.at(address), value, bytes, stream), "cuMemsetD8Async of " + bytes + " bytes");
    }

    @Override
    public KernelFunction function(String module, String ptx, String entry) {
        CUmodule loaded = modules.get(module);
        if (loaded == null) {
            loaded = new CUmodule();
            check(JCudaDriver.cuModuleLoadData(loaded, ptx), "cuModuleLoadData of " + module + ".ptx on " + properties.name() + ", driver for CUDA "
                    + properties.driverText());
            modules.put(module, loaded);
        }
        CUfunction function = new CUfunction();
        check(JCudaDriver.cuModuleGetFunction(function, loaded, entry), "cuModuleGetFunction of " + module + "." + entry);
        return new KernelFunction(module, entry, function);
    }

    @Override
    public void allowSharedBytes(KernelFunction function, int bytes) {
        check(JCudaDriver.cuFuncSetAttribute((CUfunction) function.handle(), CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                bytes), "cuFuncSetAttribute of " + function + " for " + bytes + " bytes of shared memory");
    }

    @Override
    public void launch(KernelFunction function, LaunchShape shape, KernelArguments arguments) {
        if (arguments != lastArguments) { // the table's address is the same for the life of a set of arguments
            lastArguments = arguments;
            lastTable = Pointer.to(arguments.table().asByteBuffer());
        }
        recorded();
        lastFunction = function;
        lastShape = shape;
        check(JCudaDriver.cuLaunchKernel((CUfunction) function.handle(), shape.gridX(), shape.gridY(), shape.gridZ(), shape.blockX(), shape.blockY(), 1,
                shape.sharedBytes(), stream, lastTable, null), "launch");
    }

    @Override
    public void synchronize() {
        notWhileCapturing("waiting for the device");
        waits++;
        checkWait(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    @Override
    public long waits() {
        return waits;
    }

    @Override
    public void beginCapture() {
        notWhileCapturing("another capture");
        check(JCudaDriver.cuStreamBeginCapture(stream, RELAXED), "cuStreamBeginCapture");
        captured = 0;
    }

    @Override
    public CudaGraph endCapture() {
        int operations = captured;
        CUgraph graph = new CUgraph();
        captured = -1;
        check(JCudaDriver.cuStreamEndCapture(stream, graph), "cuStreamEndCapture");
        CUgraphExec executable = new CUgraphExec();
        try {
            check(JCudaDriver.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate of " + operations + " operations");
        } finally {
            JCudaDriver.cuGraphDestroy(graph);
        }
        return new Graph(executable, operations);
    }

    @Override
    public void abandonCapture() {
        if (captured >= 0) {
            captured = -1;
            CUgraph graph = new CUgraph();
            if (JCudaDriver.cuStreamEndCapture(stream, graph) == CUresult.CUDA_SUCCESS) { // else there is no graph
                JCudaDriver.cuGraphDestroy(graph);
            }
        }
    }

    private record Graph(CUgraphExec executable, int operations) implements CudaGraph {
        @Override
        public void close() {
            check(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
        }
    }

    @Override
    public void launch(CudaGraph graph) {
        notWhileCapturing("a graph");
        check(JCudaDriver.cuGraphLaunch(((Graph) graph).executable(), stream), "cuGraphLaunch of " + graph.operations() + " operations");
    }

    private record Event(CUevent event) implements CudaEvent {
        @Override
        public void close() {
            check(JCudaDriver.cuEventDestroy(event), "cuEventDestroy");
        }
    }

    @Override
    public CudaEvent mark() {
        notWhileCapturing("a mark");
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, 0), "cuEventCreate");
        check(JCudaDriver.cuEventRecord(event, stream), "cuEventRecord");
        return new Event(event);
    }

    @Override
    public boolean isDone(CudaEvent mark) {
        int result = JCudaDriver.cuEventQuery(((Event) mark).event());
        if (result != CUresult.CUDA_ERROR_NOT_READY) {
            checkWait(result, "cuEventQuery");
        }
        return result == CUresult.CUDA_SUCCESS;
    }

    @Override
    public void await(CudaEvent mark) {
        notWhileCapturing("waiting for the device");
        waits++;
        checkWait(JCudaDriver.cuEventSynchronize(((Event) mark).event()), "cuEventSynchronize");
    }

    @Override
    public float milliseconds(CudaEvent from, CudaEvent to) {
        notWhileCapturing("waiting for the device");
        waits++;
        check(JCudaDriver.cuEventSynchronize(((Event) to).event()), "cuEventSynchronize");
        float[] out = new float[1];
        check(JCudaDriver.cuEventElapsedTime(out, ((Event) from).event(), ((Event) to).event()), "cuEventElapsedTime");
        return out[0];
    }

    @Override
    public long streamHandle() {
        return stream.address();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            JCudaDriver.cuStreamSynchronize(stream); // whatever it says, the rest must go
            staging.close();
            modules.values().forEach(JCudaDriver::cuModuleUnload);
            JCudaDriver.cuStreamDestroy(stream);
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
        }
    }
}
