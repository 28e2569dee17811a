// What Muon (Jordan et al., 2024) makes orthogonal.
//
// What      b = beta b + f g, out = f g + beta b. f is the clipping factor, read on the device; when it is not finite (a diverged
//           step) b stays and out is 0.
// Layout    all [n], float; factor [1].
// Numerics  float.
// Roofline  memory: 16 bytes an element.
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
