package org.xprompt4j.cuda.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.kernel.Precision;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.kernel.Dim3;
import org.xprompt4j.tensor.kernel.GpuLimits;
import org.xprompt4j.tensor.kernel.KernelLab;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.KernelOperation;
import org.xprompt4j.tensor.kernel.KernelRun;

/** The lab over the PTX machine. Operations go through the backend that every other program uses, so what is counted is what is launched. */
public final class EmulatedKernelLab implements KernelLab {
    private static final long LARGEST_SIZE = 1 << 24;

    private static List<ProfiledOperation> all() {
        return Stream.of(NormOperations.all(), ProductOperations.all(), PictureOperations.all(), TokenOperations.all()).flatMap(List::stream).toList();
    }

    @Override
    public List<KernelOperation> operations() {
        return all().stream().map(ProfiledOperation::operation).toList();
    }

    @Override
    public List<KernelLaunch> profile(String operation, Map<String, Long> shape, DType weights) {
        List<ProfiledOperation> all = all();
        ProfiledOperation chosen = all.stream().filter(candidate -> candidate.operation().name().equals(operation)).findFirst().orElseThrow(
                () -> new InvalidInput("kernel '" + operation + "' is not known; 'xp kernel list' shows them: "
                        + all.stream().map(each -> each.operation().name()).collect(Collectors.joining(", "))));
        Map<String, Long> sizes = sizes(chosen.operation(), shape);
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.CHECK, GpuLimits.H100.multiprocessors());
        List<KernelLaunch> launches = new ArrayList<>();
        try (Backend backend = PtxBackendProvider.over(driver, weights == DType.BF16 ? Precision.BF16 : Precision.F32);
                MemoryScope scope = backend.openScope("profile of " + operation)) {
            chosen.run().on(new Workbench(backend, scope, sizes, weights, work -> {
                driver.machine().profile(true);
                driver.listener((entry, at, report) -> launches.add(new KernelLaunch(entry.module().file(),
                        new Dim3(at.gridX(), at.gridY(), at.gridZ()), new Dim3(at.blockX(), at.blockY(), 1), at.sharedBytes(), report)));
                work.run();
                driver.listener((entry, at, report) -> { });
                driver.machine().profile(false);
            }));
        }
        return launches;
    }

    private static Map<String, Long> sizes(KernelOperation operation, Map<String, Long> shape) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        operation.axes().forEach(axis -> sizes.put(axis.name(), axis.size()));
        shape.forEach((axis, size) -> {
            if (!sizes.containsKey(axis)) {
                throw new InvalidInput("--shape: " + operation.name() + " has no axis '" + axis + "'; it has " + operation.axes().stream()
                        .map(KernelOperation.Axis::toString).collect(Collectors.joining(",")));
            }
            if (size < 1 || size > LARGEST_SIZE) {
                throw new InvalidInput("--shape: " + axis + "=" + size + " must be from 1 to " + LARGEST_SIZE);
            }
            sizes.put(axis, size);
        });
        return sizes;
    }

    @Override
    public KernelLaunch run(KernelRun run) {
        return new FileKernel(run).launch();
    }
}
