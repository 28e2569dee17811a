// SwiGLU (Shazeer, 2020) and its gradients.
//
// What      out = silu(gate) * up; dGate += dOut up silu'(gate); dUp += dOut silu(gate).
// Layout    all [n], contiguous; one thread an element; a null gradient is not computed.
// Numerics  float.
// Roofline  memory: forward 12 bytes an element, backward 28.
#include "common.cuh"

extern "C" __global__ void forward(const float* gate, const float* up, float* out, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = silu(gate[i]) * up[i];
    }
}

extern "C" __global__ void backward(const float* gate, const float* up, const float* dOut, float* dGate, float* dUp, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    if (dGate != nullptr) {
        dGate[i] += dOut[i] * up[i] * silu_slope(gate[i]);
    }
    if (dUp != nullptr) {
        dUp[i] += dOut[i] * silu(gate[i]);
    }
}
