package org.xprompt4j.cuda.kernel;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/** Kernels on the emulator with every launch's counters kept. */
final class CountedLaunches implements AutoCloseable {
    final Kernels kernels;
    final MemoryScope scope;
    private final List<LaunchReport> reports = new ArrayList<>();
    private final Philox random = new Philox(20_261_126, 7);

    CountedLaunches(Precision precision) {
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.CHECK);
        driver.machine().profile(true);
        driver.listener((entry, shape, report) -> reports.add(report));
        kernels = new Kernels(driver, precision);
        scope = new MemoryScope("test", kernels.pool());
    }

    /** What an operation launched, in order. */
    List<LaunchReport> of(Runnable operation) {
        reports.clear();
        operation.run();
        return List.copyOf(reports);
    }

    /** The one launch of an operation. */
    LaunchReport one(Runnable operation) {
        List<LaunchReport> all = of(operation);
        if (all.size() != 1) {
            throw new AssertionError("one launch expected: " + all.stream().map(LaunchReport::kernel).toList());
        }
        return all.getFirst();
    }

    /** Random numbers. */
    Tensor input(DType type, long... shape) {
        Tensor tensor = scope.allocate(type, shape);
        int count = Math.toIntExact(tensor.numel());
        if (type != DType.I8) {
            return tensor.set(random.gaussians(count));
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (int) (random.nextFloat() * 200) - 100;
        }
        return tensor.set(values);
    }

    Tensor integers(int... values) {
        return scope.of(values, values.length);
    }

    Tensor input(long... shape) {
        return input(DType.F32, shape);
    }

    @Override
    public void close() {
        scope.close();
        kernels.close();
    }
}
