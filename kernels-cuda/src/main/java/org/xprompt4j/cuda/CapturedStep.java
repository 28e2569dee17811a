package org.xprompt4j.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

import org.xprompt4j.cuda.driver.CudaDriver;
import org.xprompt4j.cuda.driver.CudaEvent;
import org.xprompt4j.cuda.driver.CudaGraph;
import org.xprompt4j.cuda.kernel.Kernels;
import org.xprompt4j.cuda.memory.DeviceFaults;
import org.xprompt4j.cuda.memory.DevicePool;
import org.xprompt4j.tensor.StepProgram;

/**
 * A step as one CUDA graph. The first run goes launch by launch and loads what it needs; the second records the launches; from then
 * on a run is one call. The memory that the step took while it was recorded stays its own as long as the graph lives: the graph
 * holds its addresses.
 */
final class CapturedStep implements StepProgram {
    private static final int RUNS_PER_MARK = 16;
    private static final int MARKS_AHEAD = 3; // the host waits for the oldest when there are more

    private record Mark(long runs, CudaEvent event) {
    }

    private final CudaDriver driver;
    private final DevicePool pool;
    private final DeviceFaults faults;
    private final Runnable step;
    private final Deque<Mark> marks = new ArrayDeque<>(); // the oldest first
    private CudaGraph graph; // null until the second run
    private DevicePool.Reservation memory; // what the graph computes in
    private DeviceFaults.Sites sites; // what its kernels may report
    private long runs;
    private long completed;

    CapturedStep(Kernels kernels, Runnable step) {
        this.driver = kernels.driver();
        this.pool = kernels.pool();
        this.faults = kernels.faults();
        this.step = step;
    }

    @Override
    public void run() {
        if (runs == 0) {
            step.run();
        } else {
            if (graph == null) {
                capture();
            }
            faults.arm(sites);
            memory.written();
            driver.launch(graph);
        }
        runs++;
        if (runs % RUNS_PER_MARK == 0) {
            marks.add(new Mark(runs, driver.mark()));
            if (marks.size() > MARKS_AHEAD && !driver.isDone(marks.peek().event())) {
                driver.await(marks.peek().event());
            }
        }
        while (!marks.isEmpty() && driver.isDone(marks.peek().event())) {
            Mark oldest = marks.remove();
            oldest.event().close();
            completed = oldest.runs();
        }
    }

    private void capture() {
        memory = pool.reserve();
        sites = faults.keepSites();
        driver.beginCapture();
        try {
            step.run();
            graph = driver.endCapture();
        } finally {
            memory.seal();
            sites.seal();
            if (graph == null) {
                driver.abandonCapture();
                release();
            }
        }
    }

    private void release() {
        memory.close();
        sites.close();
        memory = null;
    }

    @Override
    public long completed() {
        return completed;
    }

    @Override
    public void close() {
        marks.forEach(mark -> mark.event().close());
        marks.clear();
        if (graph != null) {
            graph.close();
            graph = null;
        }
        if (memory != null) {
            release();
        }
    }
}
