// The parts of a Muon step (Jordan et al., 2024) around the products that make its matrix orthogonal.
//
// What      direction: b = beta b + f g, d = f g + beta b; step: w = keep w + step u. f is the clipping factor, read on the device;
//           when it is not finite (a diverged step) b and w stay and d is 0.
// Layout    all [n], float; factor [1].
// Numerics  float.
// Roofline  memory: 16 and 12 bytes an element.
#include "common.cuh"

extern "C" __global__ void direction(float beta, const float* gradient, const float* factor, float* momentum, float* out, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    float f = *factor;
    if (!isfinite(f)) {
        out[i] = 0.0f;
        return;
    }
    float b = fmaf(f, gradient[i], beta * momentum[i]);
    momentum[i] = b;
    out[i] = fmaf(beta, b, f * gradient[i]);
}

extern "C" __global__ void step(float keep, float step, const float* update, const float* factor, float* weight, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n && isfinite(*factor)) {
        weight[i] = fmaf(step, update[i], keep * weight[i]);
    }
}
