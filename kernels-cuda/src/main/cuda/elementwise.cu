// Elementwise functions of one and two tensors, their gradients, multiples, and dropout.
//
// What      out = op(x); dX += op'(x) * dOut; out = op(a, b) under NumPy's broadcasting; out = f * x; sum += f * x;
//           dropout by the Philox draw of the element's index.
// Layout    flat entries: contiguous tensors of n elements, one thread four of them, 16 bytes (8 of bf16) an access where all pointers
//           are aligned; the rest one by one. strided entries: any strides, a Walk tells where each element lies, one thread an
//           element; broadcast axes have stride 0. narrow: bit t tells whether tensor t of the entry's list is bf16 or float.
// Numerics  float throughout, expf/logf/tanhf of the CUDA library (2 ulp), normcdff (5 ulp), no fused multiply-add across operations; bf16 results are
//           rounded once.
// Roofline  memory: 4 bytes a read or written element, 2 in bf16; the emulator counts exactly these for flat entries; not run on a GPU.
//           The op and the types are chosen at run time because a uniform branch costs nothing here.
#include "common.cuh"
#include "philox.cuh"
#include "vectors.cuh"

enum UnaryOp { NEGATE, ABS, SQUARE, SQRT, RECIPROCAL, EXP, LOG, SIGMOID, TANH, SILU, RELU, LEAKY_RELU, GELU };
enum BinaryOp { ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM };

#define LEAK 0.2f
#define DENSITY 0.3989422804f  // 1 / sqrt(2 pi)

__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

// NaN if either is NaN, and -0 < +0, as Java's Math.max.
__device__ __forceinline__ float java_max(float a, float b) {
    if (a != a) return a;
    if (a == 0.0f && b == 0.0f) return __int_as_float(__float_as_int(a) & __float_as_int(b));
    return a >= b ? a : b;
}

__device__ __forceinline__ float java_min(float a, float b) {
    if (a != a) return a;
    if (a == 0.0f && b == 0.0f) return __int_as_float(__float_as_int(a) | __float_as_int(b));
    return a <= b ? a : b;
}

__device__ float apply(int op, float x) {
    switch (op) {
        case NEGATE: return -x;
        case ABS: return fabsf(x);
        case SQUARE: return x * x;
        case SQRT: return sqrtf(x);
        case RECIPROCAL: return 1.0f / x;
        case EXP: return expf(x);
        case LOG: return logf(x);
        case SIGMOID: return sigmoid(x);
        case TANH: return tanhf(x);
        case SILU: return silu(x);
        case RELU: return java_max(x, 0.0f);
        case LEAKY_RELU: return x > 0.0f ? x : LEAK * x;
        default: return x * normcdff(x);
    }
}

// The derivative at x, where the function has the value out; 0 at the kink of ABS and RELU.
__device__ float slope(int op, float x, float out) {
    switch (op) {
        case NEGATE: return -1.0f;
        case ABS: return x != x ? x : (float) ((x > 0.0f) - (x < 0.0f));
        case SQUARE: return 2.0f * x;
        case SQRT: return 0.5f / out;
        case RECIPROCAL: return -out * out;
        case EXP: return out;
        case LOG: return 1.0f / x;
        case SIGMOID: return out * (1.0f - out);
        case TANH: return 1.0f - out * out;
        case SILU: return silu_slope(x);
        case RELU: return x > 0.0f ? 1.0f : 0.0f;
        case LEAKY_RELU: return x > 0.0f ? 1.0f : LEAK;
        default: return normcdff(x) + x * (DENSITY * expf(-0.5f * x * x));
    }
}

__device__ float apply(int op, float a, float b) {
    switch (op) {
        case ADD: return a + b;
        case SUBTRACT: return a - b;
        case MULTIPLY: return a * b;
        case DIVIDE: return a / b;
        case MAXIMUM: return java_max(a, b);
        default: return java_min(a, b);
    }
}

__device__ __forceinline__ bool is_bf16(int narrow, int tensor) { return (narrow >> tensor & 1) != 0; }

// out[i] = f(in[0][i], in[1][i], ..., i) for the four elements of this thread; bits of narrow: the inputs in order, then out. out may be an input.
template <int N, typename F>
__device__ __forceinline__ void flat(const void* const (&in)[N], void* out, int narrow, i64 n, F f) {
    i64 i = 4 * ((i64) blockIdx.x * blockDim.x + threadIdx.x);
    bool whole = i + 4 <= n && aligned(out);
#pragma unroll
    for (int t = 0; t < N; t++) {
        whole = whole && aligned(in[t]);
    }
    if (whole) {
        float4 four[N];
#pragma unroll
        for (int t = 0; t < N; t++) {
            four[t] = load_four(in[t], is_bf16(narrow, t), i);
        }
        float x[N], y[N], z[N], w[N];
#pragma unroll
        for (int t = 0; t < N; t++) {
            x[t] = four[t].x;
            y[t] = four[t].y;
            z[t] = four[t].z;
            w[t] = four[t].w;
        }
        store_four(out, is_bf16(narrow, N), i, make_float4(f(x, i), f(y, i + 1), f(z, i + 2), f(w, i + 3)));
        return;
    }
    for (i64 last = i + 4 < n ? i + 4 : n; i < last; i++) {
        float x[N];
#pragma unroll
        for (int t = 0; t < N; t++) {
            x[t] = load_one(in[t], is_bf16(narrow, t), i);
        }
        store_one(out, is_bf16(narrow, N), i, f(x, i));
    }
}

__device__ __forceinline__ i64 element() { return (i64) blockIdx.x * blockDim.x + threadIdx.x; }

// x, out: [n]
extern "C" __global__ void unary_flat(int op, const void* x, void* out, int narrow, i64 n) {
    flat<1>({x}, out, narrow, n, [=](const float (&v)[1], i64) { return apply(op, v[0]); });
}

// walk: x, out
extern "C" __global__ void unary_strided(int op, const void* x, void* out, int narrow, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        store_one(out, is_bf16(narrow, 1), offset(walk, 1, i), apply(op, load_one(x, is_bf16(narrow, 0), offset(walk, 0, i))));
    }
}

// walk: x, out, dOut, dX
extern "C" __global__ void unary_backward_strided(int op, const void* x, const void* out, const void* dOut, void* dX, int narrow, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        i64 at = offset(walk, 3, i);
        float d = slope(op, load_one(x, is_bf16(narrow, 0), offset(walk, 0, i)), load_one(out, is_bf16(narrow, 1), offset(walk, 1, i)))
                * load_one(dOut, is_bf16(narrow, 2), offset(walk, 2, i));
        store_one(dX, is_bf16(narrow, 3), at, load_one(dX, is_bf16(narrow, 3), at) + d);
    }
}

// x, out, dOut, dX: [n]; narrow has dX twice, as it is read and written
extern "C" __global__ void unary_backward_flat(int op, const void* x, const void* out, const void* dOut, void* dX, int narrow, i64 n) {
    flat<4>({x, out, dOut, dX}, dX, narrow, n, [=](const float (&v)[4], i64) { return v[3] + slope(op, v[0], v[1]) * v[2]; });
}

// a, b, out: [n]
extern "C" __global__ void binary_flat(int op, const void* a, const void* b, void* out, int narrow, i64 n) {
    flat<2>({a, b}, out, narrow, n, [=](const float (&v)[2], i64) { return apply(op, v[0], v[1]); });
}

// walk: a, b, out
extern "C" __global__ void binary_strided(int op, const void* a, const void* b, void* out, int narrow, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        store_one(out, is_bf16(narrow, 2), offset(walk, 2, i),
                apply(op, load_one(a, is_bf16(narrow, 0), offset(walk, 0, i)), load_one(b, is_bf16(narrow, 1), offset(walk, 1, i))));
    }
}

// x, out: [n]; out may be x
extern "C" __global__ void scale(const void* x, float factor, void* out, int narrow, i64 n) {
    flat<1>({x}, out, narrow, n, [=](const float (&v)[1], i64) { return factor * v[0]; });
}

// x, sum: [n]; narrow has sum twice
extern "C" __global__ void add_scaled(const void* x, float factor, void* sum, int narrow, i64 n) {
    flat<2>({x, sum}, sum, narrow, n, [=](const float (&v)[2], i64) { return fmaf(factor, v[0], v[1]); });
}

// x, sum: [n], float; gate [1] or null: nothing changes when it is not finite
extern "C" __global__ void combine(float keep, float factor, const float* x, const float* gate, float* sum, i64 n) {
    if (gate == nullptr || isfinite(*gate)) {
        flat<2>({x, sum}, sum, 0, n, [=](const float (&v)[2], i64) { return fmaf(factor, v[0], keep * v[1]); });
    }
}

// x, out: [n]; out = or += dropout(x); narrow has out twice if it is added to
extern "C" __global__ void dropout(float probability, i64 seed, i64 stream, const void* x, int accumulate, void* out, int narrow, i64 n) {
    auto kept = [=](float v, i64 i) { return philox_uniform(seed, stream, i) < probability ? 0.0f : v * (1.0f / (1.0f - probability)); };
    if (accumulate) {
        flat<2>({x, out}, out, narrow, n, [=](const float (&v)[2], i64 i) { return v[1] + kept(v[0], i); });
    } else {
        flat<1>({x}, out, narrow, n, [=](const float (&v)[1], i64 i) { return kept(v[0], i); });
    }
}
