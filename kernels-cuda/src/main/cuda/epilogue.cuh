// What a product does before it is written: residual + multiplier * act(scales * product + bias), each part optional; or out += product.
#pragma once
#include "common.cuh"

struct Epilogue {
    const float* scales;     // [n] or null, of a weight in eight bits
    const void* bias;        // [n] or null
    int biasIsBf16;
    int activation;          // 0 none, 1 SiLU
    const float* multiplier; // [m, n] or null
    const float* residual;   // [m, n] or null; may be out
    int accumulate;
};

#define EPILOGUE_ARGUMENTS const float* scales, const void* bias, int biasIsBf16, int activation, const float* multiplier, const float* residual, int accumulate
#define EPILOGUE Epilogue{scales, bias, biasIsBf16, activation, multiplier, residual, accumulate}

__device__ __forceinline__ void finish(float y, float* out, i64 at, i64 column, const Epilogue& e) {
    if (e.accumulate) {
        out[at] += y;
        return;
    }
    y = e.scales != nullptr ? y * e.scales[column] : y;
    if (e.bias != nullptr) {
        y += e.biasIsBf16 ? to_float(((const __nv_bfloat16*) e.bias)[column]) : ((const float*) e.bias)[column];
    }
    y = e.activation ? silu(y) : y;
    y = e.multiplier != nullptr ? y * e.multiplier[at] : y;
    out[at] = e.residual != nullptr ? y + e.residual[at] : y;
}
