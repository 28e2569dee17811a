package org.xprompt4j.cuda.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.cuda.driver.CudaDriver;

/**
 * What kernels found wrong in their data: an id outside a table that the host had not seen. A kernel writes where it was called
 * from and the value into a few words of device memory and goes on with a harmless one; the host looks whenever it waits anyway.
 *
 * <p>Device side, {@code int* fault}: {@code if (atomicCAS(fault, 0, site) == 0) { fault[1] = value; }}.
 */
public final class DeviceFaults {
    private static final int WORDS = 4; // [site, value, 0, 0]
    private static final int MOST_SITES = 4096; // described; older ones are forgotten

    private final CudaDriver driver;
    private final long address;
    private final MemorySegment words = MemorySegment.ofArray(new int[WORDS]);
    private final List<String> sites = new ArrayList<>();
    private int first; // site number of sites[0], less one
    private final Map<Integer, String> kept = new HashMap<>(); // messages of sites in recorded steps
    private Sites recording; // null when no step is being recorded
    private boolean armed; // a kernel that can report was launched since the last look

    public DeviceFaults(CudaDriver driver) {
        this.driver = driver;
        this.address = driver.allocate(WORDS * Integer.BYTES, "faults");
        driver.copyToDevice(address, words);
    }

    /** Address of the words, {@code int* fault} // [4]. */
    public long address() {
        return address;
    }

    /** The sites of a recorded step, whose launches report under the same numbers whenever they are repeated. */
    public final class Sites implements AutoCloseable {
        private final List<Integer> numbers = new ArrayList<>();

        private Sites() {
        }

        /** The step is recorded. */
        public void seal() {
            recording = null;
        }

        @Override
        public void close() {
            numbers.forEach(kept::remove);
        }
    }

    /** Keeps the messages of all sites from here to {@link Sites#seal} until the result is closed. */
    public Sites keepSites() {
        if (recording != null) {
            throw new IllegalStateException("a step is recorded inside another one");
        }
        recording = new Sites();
        return recording;
    }

    /** Called when a recorded step is repeated. */
    public void arm(Sites sites) {
        armed |= !sites.numbers.isEmpty();
    }

    /** A number for a launch that can report; the message gets {@code value V} appended. */
    public int site(String message) {
        if (recording != null) {
            recording.numbers.add(first + sites.size() + 1);
            kept.put(first + sites.size() + 1, message);
        } else {
            armed = true;
        }
        sites.add(message);
        if (sites.size() > MOST_SITES) {
            sites.subList(0, MOST_SITES / 2).clear();
            first += MOST_SITES / 2;
        }
        return first + sites.size();
    }

    /**
     * Reads device memory and, in the same wait, what kernels have reported.
     *
     * @throws IllegalArgumentException when a kernel has reported since the last look
     */
    void read(MemorySegment target, long from) {
        if (!armed || target.byteSize() == 0) {
            driver.copyToHost(target, from);
            return;
        }
        armed = false;
        driver.copyToHost(target, from, words, address);
        int site = words.getAtIndex(ValueLayout.JAVA_INT, 0);
        if (site != 0) {
            int value = words.getAtIndex(ValueLayout.JAVA_INT, 1);
            words.fill((byte) 0);
            driver.copyToDevice(address, words);
            String what = kept.get(site);
            if (what == null) {
                what = site > first && site - first <= sites.size() ? sites.get(site - first - 1) : "an earlier operation";
            }
            throw new IllegalArgumentException(what + ": value " + value + " (found on the device; results since then are not valid)");
        }
        first += sites.size();
        sites.clear();
    }

    public void close() {
        driver.free(address);
    }
}
