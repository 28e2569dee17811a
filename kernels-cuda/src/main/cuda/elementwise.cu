// Elementwise functions of one and two tensors, their gradients, multiples, and dropout.
//
// What      out = op(x); dX += op'(x) * dOut; out = op(a, b) under NumPy's broadcasting; out = f * x; sum += f * x;
//           dropout by the Philox draw of the element's index.
// Layout    flat entries: contiguous tensors of n elements, one thread an element. strided entries: any strides, a Walk tells
//           where each element lies; broadcast axes have stride 0.
// Numerics  float throughout, expf/logf/tanhf of the CUDA library (2 ulp), no fused multiply-add across operations.
// Roofline  memory: 4 bytes a read or written element; the op is chosen at run time because a uniform branch costs nothing here.
#include "common.cuh"
#include "philox.cuh"

enum UnaryOp { NEGATE, ABS, SQUARE, SQRT, RECIPROCAL, EXP, LOG, SIGMOID, TANH, SILU, RELU, LEAKY_RELU };
enum BinaryOp { ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM };

#define LEAK 0.2f

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
        default: return x > 0.0f ? x : LEAK * x;
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
        default: return x > 0.0f ? 1.0f : LEAK;
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

__device__ __forceinline__ i64 element() { return (i64) blockIdx.x * blockDim.x + threadIdx.x; }

// x, out: [n]
extern "C" __global__ void unary_flat(int op, const float* x, float* out, i64 n) {
    i64 i = element();
    if (i < n) {
        out[i] = apply(op, x[i]);
    }
}

// walk: x, out
extern "C" __global__ void unary_strided(int op, const float* x, float* out, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        out[offset(walk, 1, i)] = apply(op, x[offset(walk, 0, i)]);
    }
}

// walk: x, out, dOut, dX
extern "C" __global__ void unary_backward_strided(int op, const float* x, const float* out, const float* dOut, float* dX, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        dX[offset(walk, 3, i)] += slope(op, x[offset(walk, 0, i)], out[offset(walk, 1, i)]) * dOut[offset(walk, 2, i)];
    }
}

// x, out, dOut, dX: [n]
extern "C" __global__ void unary_backward_flat(int op, const float* x, const float* out, const float* dOut, float* dX, i64 n) {
    i64 i = element();
    if (i < n) {
        dX[i] += slope(op, x[i], out[i]) * dOut[i];
    }
}

// a, b, out: [n]
extern "C" __global__ void binary_flat(int op, const float* a, const float* b, float* out, i64 n) {
    i64 i = element();
    if (i < n) {
        out[i] = apply(op, a[i], b[i]);
    }
}

// walk: a, b, out
extern "C" __global__ void binary_strided(int op, const float* a, const float* b, float* out, Walk walk, i64 n) {
    i64 i = element();
    if (i < n) {
        out[offset(walk, 2, i)] = apply(op, a[offset(walk, 0, i)], b[offset(walk, 1, i)]);
    }
}

// x, out: [n]; out may be x
extern "C" __global__ void scale(const float* x, float factor, float* out, i64 n) {
    i64 i = element();
    if (i < n) {
        out[i] = factor * x[i];
    }
}

// x, sum: [n]
extern "C" __global__ void add_scaled(const float* x, float factor, float* sum, i64 n) {
    i64 i = element();
    if (i < n) {
        sum[i] = fmaf(factor, x[i], sum[i]);
    }
}

// x, sum: [n]; gate [1] or null: nothing changes when it is not finite
extern "C" __global__ void combine(float keep, float factor, const float* x, const float* gate, float* sum, i64 n) {
    i64 i = element();
    if (i < n && (gate == nullptr || isfinite(*gate))) {
        sum[i] = fmaf(factor, x[i], keep * sum[i]);
    }
}

// x, out: [n]; out = or += dropout(x)
extern "C" __global__ void dropout(float probability, i64 seed, i64 stream, const float* x, int accumulate, float* out, i64 n) {
    i64 i = element();
    if (i < n) {
        float kept = philox_uniform(seed, stream, i) < probability ? 0.0f : x[i] * (1.0f / (1.0f - probability));
        out[i] = accumulate ? out[i] + kept : kept;
    }
}
