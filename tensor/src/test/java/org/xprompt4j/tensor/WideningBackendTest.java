package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Operation;
import org.xprompt4j.tensor.op.UnaryOp;

/** Which calls a backend below sees with BF16 tensors, and which it sees widened. */
class WideningBackendTest {
    private final List<String> seen = new ArrayList<>(); // name and types of each call below

    /** A backend that writes down its calls before it computes. */
    private Backend recording(Backend backend, Set<Operation> inBf16) {
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("computesBf16")) {
                return inBf16.contains(arguments[0]);
            }
            StringBuilder call = new StringBuilder(method.getName());
            for (Object argument : arguments == null ? new Object[0] : arguments) {
                call.append(argument instanceof Tensor tensor ? " " + tensor.dtype() : "");
            }
            seen.add(call.toString());
            try {
                return method.invoke(backend, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Test
    void operationsThatTheBackendDoesNotNameComputeOnFloats() {
        try (Backend scalar = Backends.open("scalar"); MemoryScope scope = scalar.openScope("test")) {
            Backend backend = new WideningBackend(recording(scalar, Set.of(Operation.UNARY)));
            Tensor x = scope.allocate(DType.BF16, 3).set(1, 2, 3);
            Tensor y = scope.allocate(DType.BF16, 3).set(256, 256, 256);
            backend.unary(UnaryOp.NEGATE, x, x);
            assertThat(seen).as("a native operation").containsExactly("unary BF16 BF16");
            seen.clear();
            backend.binary(BinaryOp.ADD, x, y, y);
            assertThat(seen).as("a widened operation").containsExactly("openScope", "copy BF16 F32", "copy BF16 F32", "binary F32 F32 F32", "copy F32 BF16");
            assertThat(y.toFloatArray()).containsExactly(255, 254, 253);
            backend.addScaled(x, 1, y); // 254 - 2, not rounded in between
            assertThat(y.toFloatArray()).containsExactly(254, 252, 250);
            assertThat(scalar.memory().usedBytes()).as("no scratch is left behind").isEqualTo(scope.bytes());
            seen.clear();
            Tensor wide = scope.of(new float[] {1, 2, 3}, 3);
            backend.binary(BinaryOp.ADD, wide, wide, wide);
            assertThat(seen).as("F32 passes as it is").containsExactly("binary F32 F32 F32");
        }
    }
}
