// Four or eight neighbouring elements at once, float or bf16, as floats: one access of 16 bytes (8 for four of bf16) instead of four.
#pragma once
#include "common.cuh"

// Every vector access below is at most this wide; a pointer that is not aligned so takes the elements one by one.
#define VECTOR_BYTES 16

__device__ __forceinline__ bool aligned(const void* p) { return ((unsigned long long) p & (VECTOR_BYTES - 1)) == 0; }

__device__ __forceinline__ float4 add(float4 a, float4 b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }

__device__ __forceinline__ float4 multiply(float4 a, float4 b) { return make_float4(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w); }

// The two bf16 of a word, the lower half first.
__device__ __forceinline__ float2 wide(unsigned pair) { return make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u)); }

__device__ __forceinline__ unsigned narrow_pair(float low, float high) {
    __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    return *(unsigned*) &pair;
}

__device__ __forceinline__ float4 wide(uint2 four) {
    float2 low = wide(four.x);
    float2 high = wide(four.y);
    return make_float4(low.x, low.y, high.x, high.y);
}

__device__ __forceinline__ uint2 narrow_four(float4 x) { return make_uint2(narrow_pair(x.x, x.y), narrow_pair(x.z, x.w)); }

__device__ __forceinline__ float load_one(const void* p, bool bf16, i64 at) {
    return bf16 ? to_float(((const __nv_bfloat16*) p)[at]) : ((const float*) p)[at];
}

__device__ __forceinline__ void store_one(void* p, bool bf16, i64 at, float x) {
    if (bf16) {
        ((__nv_bfloat16*) p)[at] = __float2bfloat16_rn(x);
    } else {
        ((float*) p)[at] = x;
    }
}

// at: a multiple of four
__device__ __forceinline__ float4 load_four(const void* p, bool bf16, i64 at) {
    return bf16 ? wide(*(const uint2*) ((const __nv_bfloat16*) p + at)) : *(const float4*) ((const float*) p + at);
}

__device__ __forceinline__ void store_four(void* p, bool bf16, i64 at, float4 x) {
    if (bf16) {
        *(uint2*) ((__nv_bfloat16*) p + at) = narrow_four(x);
    } else {
        *(float4*) ((float*) p + at) = x;
    }
}

// Elements at .. at + 3 of which only the first `left` are there; the others are 0. `whole`: rows are aligned and made of whole fours.
__device__ __forceinline__ float4 load_up_to_four(const void* p, bool bf16, i64 at, i64 left, bool whole) {
    if (whole) {
        return load_four(p, bf16, at);
    }
    return make_float4(load_one(p, bf16, at), left > 1 ? load_one(p, bf16, at + 1) : 0.0f, left > 2 ? load_one(p, bf16, at + 2) : 0.0f,
            left > 3 ? load_one(p, bf16, at + 3) : 0.0f);
}

// Stores the first `left` of four elements.
__device__ __forceinline__ void store_up_to_four(void* p, bool bf16, i64 at, i64 left, bool whole, float4 x) {
    if (whole) {
        store_four(p, bf16, at, x);
        return;
    }
    float y[4] = {x.x, x.y, x.z, x.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (i < left) {
            store_one(p, bf16, at + i, y[i]);
        }
    }
}
