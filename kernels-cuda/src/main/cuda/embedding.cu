// Rows of a table by id, and the gradient added to them in a fixed order.
//
// What      out[i] = table[id[i]]; dTable[id[i]] += dOut[i], in the order of i.
// Layout    table, dTable [rows, dim]; ids [n]; out, dOut [n, dim]. One block an id.
// Numerics  copies (bf16 widened); the gradient of a row that occurs often is one float sum in the order of the ids.
// Why so    atomics would add in any order. Here the block of an id's first occurrence adds all of them, the others find an earlier
//           one and leave: n^2 / 2 comparisons, 13 million for 5,120 ids, far below the cost of the rows themselves.
// Roofline  memory: 8 bytes an element, backward 12.
#include "common.cuh"

template <typename T>
__device__ void forward(const T* table, i64 rows, const int* ids, float* out, i64 dim, int* fault, int site) {
    int id = ids[blockIdx.x];
    if (id < 0 || id >= rows) {
        if (threadIdx.x == 0) {
            report(fault, site, id);
        }
        id = 0;
    }
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        out[blockIdx.x * dim + c] = to_float(table[id * dim + c]);
    }
}

extern "C" __global__ void forward_f32(const float* table, i64 rows, const int* ids, float* out, i64 dim, int* fault, int site) {
    forward(table, rows, ids, out, dim, fault, site);
}

extern "C" __global__ void forward_bf16(const __nv_bfloat16* table, i64 rows, const int* ids, float* out, i64 dim, int* fault, int site) {
    forward(table, rows, ids, out, dim, fault, site);
}

extern "C" __global__ void backward(const int* ids, int n, const float* dOut, float* dTable, i64 rows, i64 dim, int* fault, int site) {
    int own = blockIdx.x;
    int id = ids[own];
    if (id < 0 || id >= rows) {
        if (threadIdx.x == 0) {
            report(fault, site, id);
        }
        return;
    }
    bool earlier = false;
    for (int i = threadIdx.x; i < own; i += blockDim.x) {
        earlier |= ids[i] == id;
    }
    if (__syncthreads_or(earlier)) {
        return;
    }
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        dTable[id * dim + c] += dOut[own * dim + c];
    }
    for (int i = own + 1; i < n; i++) {
        if (ids[i] == id) { // the same for all threads
            for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
                dTable[id * dim + c] += dOut[i * dim + c];
            }
        }
    }
}
