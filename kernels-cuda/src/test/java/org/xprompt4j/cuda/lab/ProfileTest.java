package org.xprompt4j.cuda.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.KernelLab;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.KernelOperation;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.kernel.Traffic;

/** Profiles of the shipped kernels: every operation runs, sums agree, and what is known by heart is counted so. */
class ProfileTest {
    private static final KernelLab LAB = KernelLab.find();

    static List<KernelOperation> operations() {
        return LAB.operations();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationRunsItsOwnKernelsAndSumsAgree(KernelOperation operation) {
        for (DType weights : List.of(DType.F32, DType.BF16)) {
            List<KernelLaunch> launches = LAB.profile(operation.name(), Map.of(), weights);
            assertThat(launches).isNotEmpty();
            String own = operation.source().replace(".cu", "");
            assertThat(launches.stream().map(KernelLaunch::module)).as("modules").anyMatch(module -> module.startsWith(own));
            for (KernelLaunch launch : launches) {
                LaunchReport report = launch.report();
                assertThat(report.kinds().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(report.warpInstructions());
                assertThat(report.lines().stream().mapToLong(LaunchReport.SourceLine::warpInstructions).sum()).isEqualTo(report.warpInstructions());
                assertThat(report.lines().stream().mapToLong(line -> line.traffic().globalSectors()).sum()).isEqualTo(report.traffic().globalSectors());
                assertThat(report.lines().stream().map(line -> line.file())).as("lines of sources, not of PTX").allMatch(file -> !file.endsWith(".ptx"));
            }
        }
    }

    /** x of 64 rows of 160 floats is read twice, by whole warps: 20 sectors a row each time. */
    @Test
    void whatRmsNormMovesIsKnown() {
        List<KernelLaunch> launches = LAB.profile("rms_norm", Map.of("rows", 64L, "dim", 160L), DType.F32);
        assertThat(launches).hasSize(1);
        Traffic traffic = launches.getFirst().report().traffic();
        assertThat(traffic.globalRead()).isEqualTo(64 * 160 * 4 * 3);
        assertThat(traffic.globalWritten()).isEqualTo(64 * 160 * 4 + 64 * 4);
        assertThat(traffic.globalSectors()).isEqualTo(64 * 20 * 4 + 64);
        assertThat(traffic.footprintRead()).isEqualTo(64 * 160 * 4 + 160 * 4);
        assertThat(traffic.footprintWritten()).isEqualTo(64 * 160 * 4 + 64 * 4);
        assertThat(launches.getFirst().grid().count()).isEqualTo(64);
    }

    @Test
    void productsInBf16CountOnTheTensorCores() {
        long operations = LAB.profile("matmul", Map.of("m", 128L, "n", 128L, "k", 64L), DType.BF16).stream().mapToLong(launch -> launch.report().tensorOperations()).sum();
        assertThat(operations).isEqualTo(2L * 128 * 128 * 64);
        assertThat(LAB.profile("matmul", Map.of(), DType.F32).stream().mapToLong(launch -> launch.report().tensorOperations()).sum()).isZero();
    }

    @Test
    void namesAreUniqueAndKernelsListed() {
        Set<String> names = new HashSet<>();
        for (KernelOperation operation : operations()) {
            assertThat(names.add(operation.name())).as(operation.name()).isTrue();
            assertThat(operation.kernels()).as(operation.name()).isNotEmpty();
        }
    }

    @Test
    void wrongNamesAndSizesAreRefused() {
        assertThatThrownBy(() -> LAB.profile("rms", Map.of(), DType.F32)).isInstanceOf(InvalidInput.class).hasMessageContaining("'rms' is not known").hasMessageContaining("rms_norm");
        assertThatThrownBy(() -> LAB.profile("rms_norm", Map.of("row", 3L), DType.F32)).hasMessageContaining("no axis 'row'").hasMessageContaining("rows=64,dim=160");
        assertThatThrownBy(() -> LAB.profile("rms_norm", Map.of("rows", 0L), DType.F32)).hasMessageContaining("rows=0 must be from 1");
        assertThatThrownBy(() -> LAB.profile("group_norm", Map.of("groups", 7L), DType.F32)).hasMessageContaining("groups must divide channels");
        assertThatThrownBy(() -> LAB.profile("rms_norm", Map.of("rows", 1L << 24, "dim", 1L << 10), DType.F32)).hasMessageContaining("choose smaller sizes");
    }
}
