// What a product does before it is written: residual + multiplier * act(scales * product + bias), each part optional; or out += product.
// Every operand and the result may be float or bf16: a bit of `types` says which, and the branch on it is the same for all threads.
#pragma once
#include "vectors.cuh"

enum EpilogueTypes { BIAS_IS_BF16 = 1, MULTIPLIER_IS_BF16 = 2, RESIDUAL_IS_BF16 = 4, OUT_IS_BF16 = 8 };

struct Epilogue {
    const float* scales;    // [n] or null, of a weight in eight bits
    const void* bias;       // [n] or null
    const void* multiplier; // [m, n] or null
    const void* residual;   // [m, n] or null; may be out
    int types;
    int activation; // 0 none, 1 SiLU
    int accumulate;
};

#define EPILOGUE_ARGUMENTS const float* scales, const void* bias, const void* multiplier, const void* residual, int types, int activation, int accumulate
#define EPILOGUE Epilogue{scales, bias, multiplier, residual, types, activation, accumulate}

// out: [m, n], float or bf16
__device__ __forceinline__ void finish(float y, void* out, i64 at, i64 column, const Epilogue& e) {
    if (e.accumulate) {
        store_one(out, e.types & OUT_IS_BF16, at, load_one(out, e.types & OUT_IS_BF16, at) + y);
        return;
    }
    y = e.scales != nullptr ? y * e.scales[column] : y;
    y = e.bias != nullptr ? y + load_one(e.bias, e.types & BIAS_IS_BF16, column) : y;
    y = e.activation ? silu(y) : y;
    y = e.multiplier != nullptr ? y * load_one(e.multiplier, e.types & MULTIPLIER_IS_BF16, at) : y;
    y = e.residual != nullptr ? y + load_one(e.residual, e.types & RESIDUAL_IS_BF16, at) : y;
    store_one(out, e.types & OUT_IS_BF16, at, y);
}

// True if rows of n elements of all that the epilogue touches can be moved four elements at a time.
__device__ __forceinline__ bool in_fours(const void* out, i64 n, const Epilogue& e) {
    return n % 4 == 0 && aligned(out) && aligned(e.scales) && aligned(e.bias) && aligned(e.multiplier) && aligned(e.residual);
}

// Four neighbours of a row, at a multiple of four.
__device__ __forceinline__ void finish_four(float4 y, void* out, i64 at, i64 column, const Epilogue& e) {
    bool narrow = e.types & OUT_IS_BF16;
    if (e.accumulate) {
        store_four(out, narrow, at, add(load_four(out, narrow, at), y));
        return;
    }
    y = e.scales != nullptr ? multiply(y, load_four(e.scales, false, column)) : y;
    y = e.bias != nullptr ? add(y, load_four(e.bias, e.types & BIAS_IS_BF16, column)) : y;
    y = e.activation ? make_float4(silu(y.x), silu(y.y), silu(y.z), silu(y.w)) : y;
    y = e.multiplier != nullptr ? multiply(y, load_four(e.multiplier, e.types & MULTIPLIER_IS_BF16, at)) : y;
    y = e.residual != nullptr ? add(y, load_four(e.residual, e.types & RESIDUAL_IS_BF16, at)) : y;
    store_four(out, narrow, at, y);
}

// Four values of a product at (at, column) of a row of n: finished, or left as they are in the float part of a split product. `fours` as in_fours says,
// or n % 4 == 0 for parts; otherwise columns from n on are left out one by one.
__device__ __forceinline__ void write_four(float4 y, void* out, i64 at, i64 column, i64 n, bool part, bool fours, const Epilogue& e) {
    if (fours) {
        if (part) {
            store_four(out, false, at, y);
        } else {
            finish_four(y, out, at, column, e);
        }
        return;
    }
#pragma unroll 1
    for (int i = 0; i < 4 && column + i < n; i++) {
        if (part) {
            ((float*) out)[at + i] = y.x;
        } else {
            finish(y.x, out, at + i, column + i, e);
        }
        y = make_float4(y.y, y.z, y.w, 0.0f);
    }
}
