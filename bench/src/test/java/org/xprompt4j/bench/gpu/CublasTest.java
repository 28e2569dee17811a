package org.xprompt4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * The calls of cuBLAS over a stand-in that gcc makes from {@code src/test/c} and that computes column by column in host memory: order
 * of arguments, leading dimensions, types. Without gcc this is skipped.
 */
class CublasTest {
    private static final long STREAM = 4711; // the stand-in refuses another

    @TempDir
    Path dir;

    private Path standIn() throws IOException, InterruptedException {
        Path library = dir.resolve("libcublas.so.13");
        try {
            Process gcc = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), "src/test/c/stub_cublas.c")
                    .redirectErrorStream(true).start();
            String said = new String(gcc.getInputStream().readAllBytes());
            assertThat(gcc.waitFor()).as(said).isZero();
        } catch (IOException e) {
            Assumptions.abort("gcc is needed to make the stand-in of cuBLAS: " + e.getMessage());
        }
        return library;
    }

    @Test
    void productsInEveryOrderAndType() throws IOException, InterruptedException {
        int m = 3;
        int n = 5;
        int k = 7;
        try (Cublas cublas = Cublas.open(standIn().toString(), STREAM); Backend backend = Backends.open("scalar");
                MemoryScope scope = backend.openScope("operands")) {
            assertThat(cublas.version()).isEqualTo("cuBLAS 13.1");
            for (DType type : new DType[] {DType.F32, DType.BF16}) {
                for (int order = 0; order < 4; order++) {
                    MatmulSpec spec = new MatmulSpec((order & 1) == 1, order > 1, false);
                    Tensor a = numbers(scope, backend, type, order, spec.transposeA() ? k : m, spec.transposeA() ? m : k);
                    Tensor b = numbers(scope, backend, type, 10 + order, spec.transposeB() ? n : k, spec.transposeB() ? k : n);
                    Tensor c = scope.allocate(type, m, n);
                    cublas.product(spec, type, m, n, k, a.segment().address(), b.segment().address(), c.segment().address());
                    Tensor left = scope.allocate(DType.F32, a.shape());
                    backend.copy(a, left);
                    Tensor expected = scope.allocate(DType.F32, m, n);
                    backend.matmul(spec, left, b, Epilogue.NONE, expected);
                    WrongResult.requireClose("order " + order + " " + type, expected, c, type == DType.F32 ? 1e-6 : 4e-3);
                }
            }
        }
    }

    private static Tensor numbers(MemoryScope scope, Backend backend, DType type, long stream, long... dims) {
        Tensor values = scope.allocate(DType.F32, dims);
        values.set(new Philox(5, stream).gaussians(Math.toIntExact(values.numel())));
        Tensor out = scope.allocate(type, dims);
        backend.copy(values, out);
        return out;
    }

    @Test
    void faultsAreSaid() throws IOException, InterruptedException {
        assertThatThrownBy(() -> Cublas.open("/no/such/libcublas.so.13", 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("no such file");
        String library = standIn().toString();
        assertThatThrownBy(() -> Cublas.open(library, STREAM + 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cublasSetStream failed with status 7");
    }
}
