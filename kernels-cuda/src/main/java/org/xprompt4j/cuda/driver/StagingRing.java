package org.xprompt4j.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory in two halves through which all host data passes: small writes return at once and are copied when the
 * stream gets there; a half is used again only after its copies are done. Waits only when both halves are full.
 */
final class StagingRing implements AutoCloseable {
    private static final int HALF = 4 << 20; // bytes
    private static final int ALIGNMENT = 256;

    private final NvidiaDriver driver;
    private final Pointer memory = new Pointer();
    private final MemorySegment bytes; // [2 · HALF], page-locked
    private final CUevent[] done = {new CUevent(), new CUevent()}; // of each half
    private final boolean[] busy = new boolean[2];
    private int half;
    private int used; // bytes of this half

    StagingRing(NvidiaDriver driver) {
        this.driver = driver;
        NvidiaDriver.check(JCudaDriver.cuMemAllocHost(memory, 2L * HALF), "cuMemAllocHost of " + 2 * HALF + " bytes");
        ByteBuffer buffer = memory.getByteBuffer(0, 2L * HALF);
        bytes = MemorySegment.ofBuffer(buffer);
        for (CUevent event : done) {
            NvidiaDriver.check(JCudaDriver.cuEventCreate(event, 2), "cuEventCreate"); // 2: no timing
        }
    }

    void copyToDevice(long address, MemorySegment source) {
        for (long at = 0; at < source.byteSize();) {
            if (used == HALF) {
                turn();
            }
            long part = Math.min(HALF - used, source.byteSize() - at);
            long place = (long) half * HALF + used;
            MemorySegment.copy(source, at, bytes, place, part);
            NvidiaDriver.check(JCudaDriver.cuMemcpyHtoDAsync(DevicePointer.at(address + at), memory.withByteOffset(place), part, driver.stream()),
                    "cuMemcpyHtoDAsync of " + part + " bytes");
            used = (int) Math.min(HALF, (used + part + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
            at += part;
        }
    }

    private void turn() {
        NvidiaDriver.check(JCudaDriver.cuEventRecord(done[half], driver.stream()), "cuEventRecord");
        busy[half] = true;
        half ^= 1;
        used = 0;
        if (busy[half]) {
            driver.countWait();
            driver.checkWait(JCudaDriver.cuEventSynchronize(done[half]), "cuEventSynchronize");
            busy[half] = false;
        }
    }

    /** few: at most ALIGNMENT bytes that come along; null for none. */
    void copyToHost(MemorySegment target, long address, MemorySegment few, long fewAddress) {
        if (used > 0) {
            turn(); // this half may still be read by queued copies
        }
        long place = (long) half * HALF;
        long most = HALF - ALIGNMENT;
        if (few != null) {
            queueToHost(place + most, fewAddress, few.byteSize());
        }
        for (long at = 0; at < target.byteSize(); at += most) {
            long part = Math.min(most, target.byteSize() - at);
            queueToHost(place, address + at, part);
            driver.synchronize();
            MemorySegment.copy(bytes, place, target, at, part);
        }
        if (few != null) {
            MemorySegment.copy(bytes, place + most, few, 0, few.byteSize());
        }
        busy[0] = false; // the stream is empty
        busy[1] = false;
    }

    private void queueToHost(long place, long address, long part) {
        NvidiaDriver.check(JCudaDriver.cuMemcpyDtoHAsync(memory.withByteOffset(place), DevicePointer.at(address), part, driver.stream()),
                "cuMemcpyDtoHAsync of " + part + " bytes");
    }

    @Override
    public void close() {
        for (CUevent event : done) {
            JCudaDriver.cuEventDestroy(event);
        }
        JCudaDriver.cuMemFreeHost(memory);
    }
}
