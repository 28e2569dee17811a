// What every kernel of this folder shares: element types, sums over a warp and a block, strided tensors, faults.
//
// Conventions: activations, gradients and losses are float; a weight may be float or bf16 (template parameter T, entries
// NAME_f32 and NAME_bf16); every accumulation is float or wider. Sizes are 64-bit where a tensor may exceed 2^31 elements.
// A result never depends on which block or warp came first: no float atomics; sums run in an order that the shape alone decides.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#define WARP 32
#define FULL_MASK 0xffffffffu

typedef long long i64;

template <typename T> __device__ __forceinline__ float to_float(T x);
template <> __device__ __forceinline__ float to_float<float>(float x) { return x; }
template <> __device__ __forceinline__ float to_float<__nv_bfloat16>(__nv_bfloat16 x) { return __bfloat162float(x); }
template <> __device__ __forceinline__ float to_float<signed char>(signed char x) { return (float) x; }

// Sum over the 32 lanes of a warp, in every lane; the same tree whatever the data.
template <typename T> __device__ __forceinline__ T warp_sum(T x) {
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, step);
    }
    return x;
}

__device__ __forceinline__ float warp_max(float x) {
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2) {
        x = fmaxf(x, __shfl_xor_sync(FULL_MASK, x, step));
    }
    return x;
}

// Sum over a block of whole warps (at most 32), in every thread. shared: [33], free again when this returns.
template <typename T> __device__ T block_sum(T x, T* shared) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    x = warp_sum(x);
    if (lane == 0) {
        shared[warp] = x;
    }
    __syncthreads();
    if (warp == 0) {
        T part = lane < blockDim.x / WARP ? shared[lane] : T(0);
        part = warp_sum(part);
        if (lane == 0) {
            shared[WARP] = part;
        }
    }
    __syncthreads();
    T sum = shared[WARP];
    __syncthreads();
    return sum;
}

// x / (1 + e^-x)
__device__ __forceinline__ float silu(float x) { return x / (1.0f + expf(-x)); }

// d silu / dx
__device__ __forceinline__ float silu_slope(float x) {
    float s = 1.0f / (1.0f + expf(-x));
    return s * (1.0f + x * (1.0f - s));
}

// Reports a value that should not be there; the first report wins. The host reads fault [site, value] when it waits anyway.
__device__ __forceinline__ void report(int* fault, int site, int value) {
    if (atomicCAS(fault, 0, site) == 0) {
        fault[1] = value;
    }
}

// Shape and strides, in elements, of up to four tensors that are walked together; outermost axis first. Passed by value.
#define MOST_AXES 6
struct Walk {
    i64 size[MOST_AXES];      // 1 for axes that are not there
    i64 stride[4][MOST_AXES]; // [tensor][axis]
};

// Offset of element i (row-major over the sizes) in tensor t.
__device__ __forceinline__ i64 offset(const Walk& walk, int t, i64 i) {
    i64 at = 0;
#pragma unroll
    for (int axis = MOST_AXES - 1; axis >= 0; axis--) {
        i64 size = walk.size[axis];
        if (size != 1) {
            at += i % size * walk.stride[t][axis];
            i /= size;
        }
    }
    return at;
}
