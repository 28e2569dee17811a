package org.xprompt4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.bench.gpu.work.GpuWorks;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/** Every work refuses a wrong kernel, counts its work, and every operation of the backend has a work by its name. */
class GpuWorksTest {
    private static Backend sound;

    private String kernel; // that is wrong
    private int result; // which of its arguments
    private int left; // calls of it that are still wrong

    @BeforeAll
    static void open() {
        System.setProperty("xprompt4j.ptx.check", "false"); // the reports' test looks for races
        sound = Backends.open("ptx");
        System.clearProperty("xprompt4j.ptx.check");
    }

    @AfterAll
    static void close() {
        sound.close();
    }

    /** The same device, but the last element of one result of one operation is off. */
    private Backend planted() {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object value = method.invoke(sound, arguments);
                if (method.getName().equals(kernel) && left-- > 0) {
                    if (result < 0) {
                        return (double) value * 1.01;
                    }
                    spoil((Tensor) arguments[result]);
                }
                return value;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
    }

    private static void spoil(Tensor tensor) {
        if (!tensor.isContiguous()) {
            return;
        }
        if (tensor.dtype() == DType.I32) {
            int[] values = tensor.toIntArray();
            values[values.length - 1] ^= 1;
            tensor.set(values);
            return;
        }
        float[] values = tensor.toFloatArray();
        float largest = 0;
        for (float x : values) {
            largest = Math.max(largest, Math.abs(x));
        }
        values[values.length - 1] += largest + 0.1f;
        tensor.set(values);
    }

    @ParameterizedTest(name = "{0}: {1}, argument {2}")
    @CsvSource({"copy.forward, copy, 1", "read.forward, reduce, 2", "matmul.forward, matmul, 4", "matmul.few-rows, matmul, 4", "rms-norm.forward, rmsNorm, 3", "rms-norm.forward, rmsNorm, 4",
        "rms-norm.backward, rmsNormBackward, 4", "rms-norm.backward, rmsNormBackward, 5", "layer-norm.forward, layerNorm, 4",
        "layer-norm.backward, layerNormBackward, 4", "layer-norm.backward, layerNormBackward, 5", "layer-norm.backward, layerNormBackward, 6",
        "group-norm.forward, groupNorm, 4", "group-norm.backward, groupNormBackward, 7", "group-norm.backward, groupNormBackward, 8",
        "group-norm.backward, groupNormBackward, 9", "adamw.step, adamW, 1", "adamw.step, adamW, 3", "adamw.step, adamW, 4",
        "nearest-code.forward, nearestCode, 2", "sample.forward, sample, 6", "attention.forward, attention, 4", "attention.forward, attention, 5",
        "attention.backward, attentionBackward, 7", "attention.backward, attentionBackward, 8", "attention.backward, attentionBackward, 9",
        "cached-attention.forward, cachedAttention, 5", "linear-cross-entropy.forward, linearCrossEntropy, 4",
        "linear-cross-entropy.training, linearCrossEntropyBackward, 7", "linear-cross-entropy.training, linearCrossEntropyBackward, 8", "conv2d.forward, conv2d, 5", "conv2d.backward, conv2dBackward, 4",
        "conv2d.backward, conv2dBackward, 5", "conv2d.backward, conv2dBackward, 6", "qk-norm-rope.forward, qkNormRope, 5",
        "qk-norm-rope.backward, qkNormRopeBackward, 5", "qk-norm-rope.backward, qkNormRopeBackward, 6", "qk-norm-rope.backward, qkNormRopeBackward, 7",
        "swiglu.forward, swiGlu, 2", "swiglu.backward, swiGluBackward, 3", "swiglu.backward, swiGluBackward, 4", "embedding.forward, embedding, 2",
        "embedding.backward, embeddingBackward, 2", "dropout.forward, dropout, 5",
        "int8-matmul.forward, int8Matmul, 4", "unary.silu, unary, 2", "unary-backward.silu, unaryBackward, 4", "binary.add, binary, 3",
        "scale.forward, scale, 2", "add-scaled.forward, addScaled, 2", "fill.forward, fill, 0", "sum-of-squares.forward, sumOfSquares, -1",
        "gradient-norm.forward, gradientNorm, 4", "normalise.forward, normalise, 2", "muon-direction.forward, muonDirection, 3",
        "muon-direction.forward, muonDirection, 4", "combine.forward, combine, 4",
        "upsample-nearest.forward, upsampleNearest, 1", "upsample-nearest.backward, upsampleNearestBackward, 1", "average-pool.forward, averagePool, 1",
        "average-pool.backward, averagePoolBackward, 1", "decode.step, sample, 6", "vqgan.encode, conv2d, 5", "vqgan.decode, conv2d, 5",
        "train.step, linearCrossEntropy, 4"})
    void aWrongKernelIsRefused(String op, String wrong, int argument) {
        kernel = wrong;
        result = argument;
        left = op.equals("decode.step") ? 1 : Integer.MAX_VALUE; // the later ones are recorded, and a recorded step is not read
        GpuWork work = GpuWorks.all(true).stream().filter(candidate -> candidate.op().equals(op)).findFirst().orElseThrow();
        GpuDevice device = new GpuDevice(planted(), GpuDevice.of(sound).clock());
        try (GpuMeter meter = new GpuMeter(device, null, null, new Clocks(List.of("no-such-program")))) {
            assertThatThrownBy(() -> meter.check(work)).isInstanceOf(WrongResult.class);
        }
    }

    /** Also before kernels take bf16 as it is: the works ask the device, and this one claims to. */
    @Test
    void worksRunOnBf16Activations() {
        Backend claiming = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
            try {
                return method.getName().equals("computesBf16") ? Boolean.TRUE : method.invoke(sound, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        GpuDevice device = new GpuDevice(claiming, GpuDevice.of(sound).clock());
        List<GpuWork> chosen = GpuWorks.all(true).stream().filter(work -> work.precision() == Precision.BF16
                && Set.of("matmul", "attention", "linear-cross-entropy", "conv2d", "rms-norm", "swiglu").contains(work.operation())).toList();
        assertThat(chosen).hasSizeGreaterThan(16);
        try (GpuMeter meter = new GpuMeter(device, null, null, new Clocks(List.of("true"))); Operands operands = new Operands(claiming, 4_099)) {
            for (GpuWork work : chosen) {
                meter.check(work);
                try (Place place = new Place(device, operands, null)) {
                    GpuWork.Ready ready = work.setup().prepare(place);
                    assertThat(ready.activations()).as(work.op()).isEqualTo(DType.BF16);
                    assertThat(ready.bytes()).as(work.op()).isPositive().isLessThan(work.bytes());
                }
            }
        }
    }

    /** The formula for the VQGAN's operations against the calls that it makes: convolutions, products and attention. */
    @Test
    void theVqgansOperationsAreCounted() {
        double[] multiplyAdds = new double[1];
        Backend counting = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "conv2d" -> {
                    Tensor weight = (Tensor) arguments[2];
                    multiplyAdds[0] += (double) ((Tensor) arguments[5]).numel() * weight.numel() / weight.dim(0);
                }
                case "matmul" -> multiplyAdds[0] += (double) ((Tensor) arguments[4]).numel() * ((Tensor) arguments[1]).dim(1);
                case "attention" -> {
                    Tensor q = (Tensor) arguments[1];
                    multiplyAdds[0] += 2.0 * ((AttentionSpec) arguments[0]).mask().visiblePairs() * q.dim(0) * q.dim(2) * q.dim(3);
                }
                default -> { }
            }
            try {
                return method.invoke(sound, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        GpuDevice device = new GpuDevice(counting, GpuDevice.of(sound).clock());
        try (Operands operands = new Operands(counting, 4_099)) {
            for (GpuWork work : GpuWorks.all(true)) {
                if (work.operation().equals("vqgan")) {
                    try (Place place = new Place(device, operands, null)) {
                        GpuWork.Ready ready = work.setup().prepare(place);
                        multiplyAdds[0] = 0;
                        ready.run().accept(0);
                        assertThat(2 * multiplyAdds[0]).as(work.op()).isEqualTo(work.flops());
                    }
                }
            }
        }
    }

    @Test
    void worksCountWhatThereIsToDo() {
        for (boolean tiny : new boolean[] {true, false}) {
            List<GpuWork> works = GpuWorks.all(tiny);
            assertThat(works).allSatisfy(work -> {
                assertThat(work.flops()).as(work.op()).isPositive();
                assertThat(work.bytes()).as(work.op()).isPositive();
            });
            assertThat(works.stream().map(work -> work.op() + work.shape() + work.precision()).toList()).doesNotHaveDuplicates();
            assertThat(works.stream().filter(GpuWorks::isRoof).map(GpuWork::op)).contains("copy.forward", "read.forward");
        }
        GpuWork gemm = GpuWorks.all(false).stream().filter(work -> work.shape().equals("5120x12288x4096 NT")).findFirst().orElseThrow();
        assertThat(gemm.flops()).isEqualTo(2.0 * 5120 * 12288 * 4096);
        assertThat(gemm.bytes()).isEqualTo(4.0 * 5120 * 4096 + 2.0 * 12288 * 4096 + 4.0 * 5120 * 12288);
        GpuWork decode = GpuWorks.all(false).stream().filter(work -> work.op().equals("decode.step")).findFirst().orElseThrow();
        double weights = 32.0 * (4L * 4096 * 4096 + 3L * 4096 * 11008) + 65536.0 * 4096; // 6.7 billion
        assertThat(decode.bytes()).isEqualTo(128 * (2 * weights + 32.0 * 4 * 4096 * (2048 + 64)));
    }

    /** One name an operation: what the backend can do is measured under that name, but for calls that do no work of their own. */
    @Test
    void everyOperationOfTheBackendHasAWork() {
        Set<String> operations = Arrays.stream(Backend.class.getDeclaredMethods()).filter(method -> method.getReturnType() == void.class
                || method.getName().equals("sumOfSquares")).map(method -> name(method.getName())).collect(Collectors.toCollection(TreeSet::new));
        operations.removeAll(Set.of("close", "advance", "append-to-cache", "projections")); // a few numbers of the decode step, and products
        Set<String> works = GpuWorks.all(true).stream().map(GpuWork::operation).collect(Collectors.toCollection(TreeSet::new));
        works.add("reduce"); // measured as "read"
        assertThat(operations.stream().map(name -> name.endsWith("-backward") && !name.startsWith("unary") ? name.replace("-backward", "") : name)
                .distinct()).isSubsetOf(works);
    }

    private static String name(String method) {
        return method.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT).replace("swi-glu", "swiglu").replace("adam-w", "adamw");
    }
}
