package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;

import jdk.incubator.vector.FloatVector;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tests.device.TestDevice;

/**
 * Runs its subclasses once for every device that {@link Backends} knows. The devices that need no hardware must open; others are
 * skipped with their own reason; {@link TestDevice} names one device alone. Skipped as well: a vector width that this processor has not.
 */
@Tag("contract")
@Tag("gpu")
@ParameterizedClass(name = "{0}")
@MethodSource("devices")
abstract class BackendContract {
    private static final Set<String> ALWAYS_THERE = Set.of("cpu", "scalar", "ptx");

    @Parameter
    String device;

    Workbench bench;
    Backend backend;

    /** Only the CPU has a vector width: where widths are forced in turn, one of them runs the other devices too. */
    static Stream<String> devices() {
        if (TestDevice.isGiven()) {
            return TestDevice.devices();
        }
        int forced = Integer.getInteger("xprompt4j.vector.bits", 256);
        return Backends.devices().stream().filter(name -> forced == 256 || name.equals("cpu"));
    }

    /** Skips a forced width that would be emulated. */
    static void assumeVectorWidth() {
        int forced = Integer.getInteger("xprompt4j.vector.bits", 0);
        int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        Assumptions.assumeTrue(forced <= preferred, "vectors of " + forced + " bits: this processor prefers " + preferred);
    }

    @BeforeEach
    void open() {
        assumeVectorWidth();
        try {
            bench = new Workbench(device, Workbench.seed());
        } catch (InvalidInput e) {
            if (ALWAYS_THERE.contains(device)) {
                throw e;
            }
            TestDevice.skip(e);
        }
        backend = bench.backend;
    }

    @AfterEach
    void close(TestInfo info) {
        if (bench != null) {
            bench.requireMargins(info.getDisplayName());
            bench.scope.close();
            assertThat(backend.memory().usedBytes()).as("memory still in use on " + device).isZero();
            bench.close();
        }
    }
}
