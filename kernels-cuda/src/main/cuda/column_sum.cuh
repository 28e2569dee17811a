// Sums over the rows of a matrix, in an order that the shape alone decides: every part of the rows is summed by its own block into
// partial [parts, 2, columns], and column_sum.cu adds the parts one after the other. No atomics.
#pragma once
#include "common.cuh"

#define COLUMNS_PER_BLOCK 32
#define ROWS_PER_STEP 8

// Two sums at once, as weight and bias gradients need. value(row, column) gives both terms.
// Block (32, 8), grid (ceil(columns / 32), parts); rows of part p: p * rowsPerPart ...
template <typename Value>
__device__ __forceinline__ void column_partials(Value value, float* partial, i64 rows, i64 columns, i64 rowsPerPart) {
    __shared__ float2 shared[ROWS_PER_STEP][COLUMNS_PER_BLOCK];
    i64 column = (i64) blockIdx.x * COLUMNS_PER_BLOCK + threadIdx.x;
    i64 from = blockIdx.y * rowsPerPart;
    i64 to = from + rowsPerPart < rows ? from + rowsPerPart : rows;
    float2 sum = make_float2(0.0f, 0.0f);
    if (column < columns) {
        for (i64 row = from + threadIdx.y; row < to; row += ROWS_PER_STEP) {
            float2 term = value(row, column);
            sum.x += term.x;
            sum.y += term.y;
        }
    }
    shared[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < columns) {
#pragma unroll
        for (int y = 1; y < ROWS_PER_STEP; y++) {
            sum.x += shared[y][threadIdx.x].x;
            sum.y += shared[y][threadIdx.x].y;
        }
        partial[(2 * (i64) blockIdx.y) * columns + column] = sum.x;
        partial[(2 * (i64) blockIdx.y + 1) * columns + column] = sum.y;
    }
}
