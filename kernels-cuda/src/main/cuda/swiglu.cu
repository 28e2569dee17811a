// SwiGLU (Shazeer, 2020) and its gradients.
//
// What      out = silu(gate) * up; dGate += dOut up silu'(gate); dUp += dOut silu(gate).
// Layout    all [n], contiguous, all float or all bf16; a null gradient is not computed. One thread four elements, 16 bytes (8 of bf16) an access
//           where all pointers are aligned; the rest one by one.
// Numerics  float; bf16 results are rounded once.
// Roofline  memory: forward 12 bytes an element, backward 28; half of it in bf16. The emulator counts exactly these; not run on a GPU.
#include "vectors.cuh"

extern "C" __global__ void forward(const void* gate, const void* up, void* out, int bf16, i64 n) {
    i64 i = 4 * ((i64) blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n && aligned(gate) && aligned(up) && aligned(out)) {
        float4 g = load_four(gate, bf16, i);
        store_four(out, bf16, i, multiply(make_float4(silu(g.x), silu(g.y), silu(g.z), silu(g.w)), load_four(up, bf16, i)));
        return;
    }
    for (i64 last = i + 4 < n ? i + 4 : n; i < last; i++) {
        store_one(out, bf16, i, silu(load_one(gate, bf16, i)) * load_one(up, bf16, i));
    }
}

extern "C" __global__ void backward(const void* gate, const void* up, const void* dOut, void* dGate, void* dUp, int bf16, i64 n) {
    i64 i = 4 * ((i64) blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n && aligned(gate) && aligned(up) && aligned(dOut) && aligned(dGate) && aligned(dUp)) {
        float4 g = load_four(gate, bf16, i);
        float4 d = load_four(dOut, bf16, i);
        if (dGate != nullptr) {
            float4 slope = make_float4(silu_slope(g.x), silu_slope(g.y), silu_slope(g.z), silu_slope(g.w));
            store_four(dGate, bf16, i, add(load_four(dGate, bf16, i), multiply(multiply(d, load_four(up, bf16, i)), slope)));
        }
        if (dUp != nullptr) {
            store_four(dUp, bf16, i, add(load_four(dUp, bf16, i), multiply(d, make_float4(silu(g.x), silu(g.y), silu(g.z), silu(g.w)))));
        }
        return;
    }
    for (i64 last = i + 4 < n ? i + 4 : n; i < last; i++) {
        float g = load_one(gate, bf16, i);
        float d = load_one(dOut, bf16, i);
        if (dGate != nullptr) {
            store_one(dGate, bf16, i, load_one(dGate, bf16, i) + d * load_one(up, bf16, i) * silu_slope(g));
        }
        if (dUp != nullptr) {
            store_one(dUp, bf16, i, load_one(dUp, bf16, i) + d * silu(g));
        }
    }
}
