package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.Tensor;

/** SwiGLU and its gradients: {@code swiglu.cu}. */
public final class SwiGlu {
    private static final String MODULE = "swiglu";

    private SwiGlu() {
    }

    /** All of one shape and type. */
    public static void forward(Kernels kernels, Tensor gate, Tensor up, Tensor out) {
        kernels.launch(MODULE, "forward").in(gate).in(up).out(out).i32(Norms.flag(out)).i64(out.numel()).run(Elementwise.fours(out.numel()));
    }

    /** All of one shape and type; dGate and dUp are added to; either may be null. */
    public static void backward(Kernels kernels, Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        kernels.launch(MODULE, "backward").in(gate).in(up).in(dOut).out(dGate).out(dUp).i32(Norms.flag(dOut)).i64(dOut.numel()).run(Elementwise.fours(dOut.numel()));
    }
}
