// One AdamW step (Loshchilov and Hutter, 2019) in place.
//
// What      g = factor gradient; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2;
//           w = w (1 - lr decay) - lr (m / c1) / (sqrt(v / c2) + eps), with c1 = 1 - b1^step and c2 = 1 - b2^step from the host.
//           A factor that is not finite (a diverged step) changes nothing; it is read on the device, where it was made.
// Layout    all [n], float: master weights and moments; factor [1].
// Numerics  float.
// Roofline  memory: 28 bytes an element.
#include "common.cuh"

extern "C" __global__ void step(float* weight, const float* gradient, float* first, float* second, i64 n, float lr, float beta1, float beta2,
        float eps, float decay, float correction1, float correction2, const float* factor) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    float scale = *factor;
    if (i < n && isfinite(scale)) {
        float g = gradient[i] * scale;
        float m = beta1 * first[i] + (1.0f - beta1) * g;
        float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        float update = m / correction1 / (sqrtf(v / correction2) + eps);
        weight[i] = weight[i] * (1.0f - lr * decay) - lr * update;
    }
}
