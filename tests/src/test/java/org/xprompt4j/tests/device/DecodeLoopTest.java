package org.xprompt4j.tests.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.cuda.PtxBackendProvider;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;

/** Decoding that stays on the device draws the tokens of decoding step by step, on every device, and the host does not wait for it. */
class DecodeLoopTest {
    private static final int COUNT = 70;
    private static final long SEED = 20_261_126;

    @ParameterizedTest
    @CsvSource({"cpu, F32", "cpu, BF16", "scalar, F32", "ptx, F32", "ptx, BF16"})
    void tokensAreThoseOfStepsThatTheHostCounts(String device, DType cacheType) {
        try (Backend backend = Backends.open(device)) {
            int[][] stepped;
            int[] places;
            try (DecodingCase one = new DecodingCase(backend, cacheType, COUNT, SEED)) {
                stepped = one.stepped(COUNT);
                places = one.places();
            }
            try (DecodingCase one = new DecodingCase(backend, cacheType, COUNT, SEED)) {
                List<Long> told = new ArrayList<>();
                assertThat(one.looped(COUNT, told::add)).isDeepEqualTo(stepped);
                assertThat(one.places()).containsExactly(places);
                assertThat(told).isSorted().endsWith((long) COUNT).hasSizeGreaterThan(1);
            }
            assertThat(Arrays.stream(stepped).mapToInt(tokens -> tokens[1]).distinct().count()).as("different tokens").isGreaterThan(9);
            assertThat(backend.memory().usedBytes()).isZero();
        }
    }

    @Test
    void allDevicesDrawTheSameTokens() {
        List<int[][]> drawn = new ArrayList<>();
        for (String device : List.of("cpu", "scalar", "ptx")) {
            try (Backend backend = Backends.open(device); DecodingCase one = new DecodingCase(backend, DType.F32, COUNT, SEED)) {
                drawn.add(one.looped(COUNT, done -> { }));
            }
        }
        assertThat(drawn.get(1)).as("scalar").isDeepEqualTo(drawn.get(0));
        assertThat(drawn.get(2)).as("ptx").isDeepEqualTo(drawn.get(0));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 0, 0", "12, 10, 0", "100, 98, 3"})
    void theHostWaitsOnlyForTheTokensAndLetsTheDeviceStayAhead(int count, int replays, int waitsForRoom) {
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
        try (Backend backend = PtxBackendProvider.over(driver); DecodingCase one = new DecodingCase(backend, DType.F32, count, SEED)) {
            long waits = driver.waits();
            one.looped(count, done -> { });
            assertThat(driver.replays()).as("steps as one launch").isEqualTo(replays);
            assertThat(driver.waits() - waits - waitsForRoom).as("waits for the tokens").isEqualTo(1);
        }
    }

    /** A step is queued launch by launch twice, when it first runs and when it is recorded, however many tokens follow. */
    @Test
    void aStepIsQueuedOnce() {
        long[] queued = new long[2];
        int[] counts = {3, 40};
        for (int i = 0; i < 2; i++) {
            EmulatedDriver driver = new EmulatedDriver(CheckLevel.FAST);
            try (Backend backend = PtxBackendProvider.over(driver); DecodingCase one = new DecodingCase(backend, DType.F32, counts[i], SEED)) {
                long before = driver.queued();
                one.looped(counts[i], done -> { });
                queued[i] = driver.queued() - before;
            }
        }
        assertThat(queued[1]).as("operations queued for %d tokens", counts[1]).isEqualTo(queued[0]);
    }

    /** What a real driver would refuse while it records: the emulated one does too, and the backend is whole afterwards. */
    @Test
    void aStepThatReadsBackOrWritesFromTheHostCannotBeRecorded() {
        EmulatedDriver driver = new EmulatedDriver(CheckLevel.CHECK);
        try (Backend backend = PtxBackendProvider.over(driver); var scope = backend.openScope("test")) {
            var x = scope.of(new float[] {1, 2}, 2);
            var y = scope.allocate(DType.F32, 2);
            List<Runnable> steps = List.of(() -> {
                backend.scale(x, 2, y);
                y.toFloatArray();
            }, () -> x.set(3f, 4f), () -> backend.sumOfSquares(x));
            for (Runnable step : steps) {
                try (var program = backend.record(step)) {
                    program.run();
                    assertThatThrownBy(program::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("inside a captured step");
                }
                backend.scale(x, 3, y);
                assertThat(y.toFloatArray()[0]).isEqualTo(3 * x.toFloatArray()[0]);
            }
        }
    }
}
