package org.xprompt4j.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.bench.peak.Peak;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;

/** Every benchmark compares itself with the oracle and runs; with a wrong kernel planted it refuses. */
class BenchmarkSmokeTest {
    @ParameterizedTest
    @EnumSource
    void checksItselfAndRuns(SmallBenchmarks small) throws ReflectiveOperationException {
        OperationBenchmark benchmark = small.make();
        benchmark.setUp();
        try {
            assertThat(small.methods()).isNotEmpty();
            for (Method method : small.methods()) {
                method.invoke(benchmark);
                Work work = benchmark.work(method.getName());
                assertThat(work.flops()).as(method + " flops").isPositive();
                assertThat(work.bytes()).as(method + " bytes").isPositive();
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAWrongKernel(SmallBenchmarks small) {
        OperationBenchmark benchmark = small.make();
        benchmark.backend = planted(Backends.open("cpu"), small.kernel, small.result);
        try {
            assertThatThrownBy(benchmark::setUp).isInstanceOf(IllegalStateException.class).hasMessageContaining("is wrong, so nothing is timed");
        } finally {
            benchmark.tearDown();
        }
    }

    /** The same device, but one element of one result of one operation is off: a float by a part in two hundred of the largest. */
    private static Backend planted(Backend sound, String kernel, int result) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object value = method.invoke(sound, arguments);
                if (method.getName().equals(kernel) && arguments[result] instanceof Tensor tensor) {
                    if (tensor.dtype() == DType.I32) {
                        int[] values = tensor.toIntArray();
                        values[values.length / 2] ^= 1;
                        tensor.set(values);
                    } else {
                        float[] values = tensor.toFloatArray();
                        float largest = 0;
                        for (float x : values) {
                            largest = Math.max(largest, Math.abs(x));
                        }
                        values[values.length / 2] += 0.005f * largest;
                        tensor.set(values);
                    }
                }
                return value;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
    }

    @Test
    void everyBenchmarkIsSmokedAndFound() {
        Set<Class<?>> smoked = Arrays.stream(SmallBenchmarks.values()).map(small -> small.make().getClass()).collect(Collectors.toSet());
        assertThat(smoked).containsExactlyInAnyOrderElementsOf(Benchmarks.byName().values());
        assertThat(Benchmarks.byName()).containsKeys("matmul", "rms-norm", "qk-norm-rope", "conv2d", "linear-cross-entropy");
        assertThatThrownBy(() -> Benchmarks.find("matmull")).isInstanceOf(InvalidInput.class).hasMessageContaining("matmul, attention");
    }

    @Test
    void figuresHoldWorkAgainstTheRoofs() {
        Peak peak = new Peak(2, 200, 40, 30);
        Map<String, Object> compute = BenchmarkRun.figures("matmul.forward", "s", new Spread(1000, 900, 1100), new Work(1e8, 1e5), peak);
        assertThat(compute.get("bound")).isEqualTo("compute");
        assertThat((double) compute.get("gflops")).isCloseTo(100, within(1e-9));
        assertThat((double) compute.get("share")).isCloseTo(0.5, within(1e-9));
        Map<String, Object> memory = BenchmarkRun.figures("rms-norm.forward", "s", new Spread(1000, 900, 1100), new Work(1e6, 1e7), peak);
        assertThat(memory.get("bound")).isEqualTo("memory");
        assertThat((double) memory.get("gbytes_per_s")).isCloseTo(10, within(1e-9));
        assertThat((double) memory.get("share")).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void peaksAreMeasured() {
        Peak peak = Peak.measure(1);
        // How high they are depends on the machine and on when the compiler is done; here only that all three work.
        assertThat(List.of(peak.gflops(), peak.readGbytes(), peak.copyGbytes())).allMatch(rate -> rate > 0 && rate < 1e5);
        assertThat(peak.or(new Peak(1, 1e6, 1e6, 1e6))).isEqualTo(new Peak(1, 1e6, 1e6, 1e6));
    }
}
