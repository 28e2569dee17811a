// New keys and values behind those that each row's cache holds: how a decode step keeps what it made.
//
// What      keys[b, lengths[b] - count + i] = k[b, i], values likewise, for the count newest entries of every row.
// Layout    k, v [batch, count, kvHeads, headDim]; keys, values [batch, capacity, kvHeads, headDim], float or bf16; lengths [batch].
// How       keys and values in one launch, a thread an element; a row's place is read from lengths on the device, so that the launch is
//           the same in every step and can be part of a graph.
// Numerics  float is copied, bf16 rounds to nearest even.
// Roofline  memory, and far below it in a step: a few thousand elements; what counts is that it is one launch.
#include "common.cuh"

template <typename T> __device__ __forceinline__ T from_float(float x);
template <> __device__ __forceinline__ float from_float<float>(float x) { return x; }
template <> __device__ __forceinline__ __nv_bfloat16 from_float<__nv_bfloat16>(float x) { return __float2bfloat16_rn(x); }

// grid (batch, blocks over the elements of a row's new entries); entry = kvHeads * headDim.
template <typename T>
__device__ __forceinline__ void append(const float* k, const float* v, const int* lengths, i64 count, i64 capacity, i64 entry, T* keys, T* values,
        int* fault, int site) {
    i64 b = blockIdx.x;
    int length = lengths[b];
    if (length < count || length > capacity) {
        if (threadIdx.x == 0 && blockIdx.y == 0) {
            report(fault, site, length);
        }
        return;
    }
    i64 from = b * count * entry;
    i64 to = (b * capacity + length - count) * entry;
    for (i64 i = (i64) blockIdx.y * blockDim.x + threadIdx.x; i < count * entry; i += (i64) gridDim.y * blockDim.x) {
        keys[to + i] = from_float<T>(k[from + i]);
        values[to + i] = from_float<T>(v[from + i]);
    }
}

#define APPEND(name, T) \
    extern "C" __global__ void name(const float* k, const float* v, const int* lengths, i64 count, i64 capacity, i64 entry, T* keys, T* values, \
            int* fault, int site) { \
        append(k, v, lengths, count, capacity, entry, keys, values, fault, site); \
    }
APPEND(append_f32, float)
APPEND(append_bf16, __nv_bfloat16)
