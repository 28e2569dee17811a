// The end of a draw of one token a row: keeps the tokens and moves the counters of a decode step on.
//
// What      drawn[step[r], r] = tokens[r], step being the last kind of the counters; then every counter grows by one.
// Layout    tokens [rows]; counters [kinds, rows]; drawn [steps, rows]; all int.
// How       a thread a row, which alone touches that row's column: one launch, after which the next step finds its place without
//           the host.
// Numerics  whole numbers.
// Roofline  a launch; it moves a few hundred bytes.
#include "common.cuh"

extern "C" __global__ void advance(const int* tokens, int rows, int* counters, int kinds, int* drawn, int steps, int* fault, int site) {
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows) {
        return;
    }
    int step = counters[(i64) (kinds - 1) * rows + r];
    if (step < 0 || step >= steps) {
        report(fault, site, step);
    } else {
        drawn[(i64) step * rows + r] = tokens[r];
    }
    for (int kind = 0; kind < kinds; kind++) {
        counters[(i64) kind * rows + r]++;
    }
}
