// The second half of a sum over rows: adds the parts that column_sum.cuh left, one after the other.
//
// What      out[c] += sum over parts of partial[part][which][c].
// Layout    partial [parts, 2, columns], out [columns]; one thread a column.
// Numerics  float; at most 128 parts, in order, so the result depends on the shape alone.
// Roofline  memory, and small: 1/64 of what the first half reads.
#include "column_sum.cuh"

extern "C" __global__ void add_parts(const float* partial, int parts, int which, i64 columns, float* out) {
    i64 column = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (column < columns) {
        float sum = 0.0f;
        for (int part = 0; part < parts; part++) {
            sum += partial[(2 * (i64) part + which) * columns + column];
        }
        out[column] += sum;
    }
}

// The plain sum or mean over the rows of x [rows, columns]; the second term is not used.
extern "C" __global__ void column_sum(const float* x, i64 rows, i64 columns, i64 rowsPerPart, float* partial) {
    column_partials([=](i64 row, i64 column) { return make_float2(x[row * columns + column], 0.0f); }, partial, rows, columns, rowsPerPart);
}
