// One tile of a float matrix product, the inside of every exact product here: matmul, convolution and its gradients, nearest code.
//
// What      acc[i][j] = sum over k of a(m, k) b(k, n), for the TM x TN elements of this thread in a tile of BM x BN.
// How       slices of BK along k pass through shared memory in two buffers: while one is multiplied the next is already read into
//           registers. Where the operands lie is the caller's business: a(row, k) and b(k, column) are functions of places in the tile
//           that return 0 outside; ALONG_K tells along which axis neighbours lie in memory, so that a warp reads them together.
// Numerics  float fused multiply-adds, k in rising order: an element depends on its row and column alone.
#pragma once
#include "common.cuh"

template <int BM_, int BN_, int TM_, int TN_> struct Tile {
    static const int BM = BM_, BN = BN_, TM = TM_, TN = TN_, BK = 16;
    static const int THREADS = BM / TM * (BN / TN);
    // Rows and columns of this thread's elements. Columns come in fours that are BN / TN threads apart, so that neighbouring threads read and
    // write neighbouring 16 bytes.
    static __device__ __forceinline__ int row(int i) { return threadIdx.x / (BN / TN) * TM + i; }
    static __device__ __forceinline__ int column(int j) { return j / 4 * (BN / TN) * 4 + threadIdx.x % (BN / TN) * 4 + j % 4; }
};

template <class T, bool A_ALONG_K, bool B_ALONG_K, class A, class B>
__device__ __forceinline__ void tile_product(A a, B b, i64 kFrom, i64 kTo, float (&acc)[T::TM][T::TN]) {
    __shared__ __align__(16) float as[2][T::BK][T::BM + 4];
    __shared__ __align__(16) float bs[2][T::BK][T::BN + 4];
    const int aLoads = T::BM * T::BK / T::THREADS;
    const int bLoads = T::BN * T::BK / T::THREADS;
    int thread = threadIdx.x;
    float nextA[aLoads];
    float nextB[bLoads];
#pragma unroll
    for (int i = 0; i < T::TM; i++) {
#pragma unroll
        for (int j = 0; j < T::TN; j++) {
            acc[i][j] = 0.0f;
        }
    }
    auto fetch = [&](i64 k0) {
#pragma unroll
        for (int l = 0; l < aLoads; l++) {
            int e = l * T::THREADS + thread;
            int m = A_ALONG_K ? e / T::BK : e % T::BM;
            i64 k = k0 + (A_ALONG_K ? e % T::BK : e / T::BM);
            nextA[l] = k < kTo ? a(m, k) : 0.0f;
        }
#pragma unroll
        for (int l = 0; l < bLoads; l++) {
            int e = l * T::THREADS + thread;
            int n = B_ALONG_K ? e / T::BK : e % T::BN;
            i64 k = k0 + (B_ALONG_K ? e % T::BK : e / T::BN);
            nextB[l] = k < kTo ? b(k, n) : 0.0f;
        }
    };
    auto keep = [&](int buffer) {
#pragma unroll
        for (int l = 0; l < aLoads; l++) {
            int e = l * T::THREADS + thread;
            as[buffer][A_ALONG_K ? e % T::BK : e / T::BM][A_ALONG_K ? e / T::BK : e % T::BM] = nextA[l];
        }
#pragma unroll
        for (int l = 0; l < bLoads; l++) {
            int e = l * T::THREADS + thread;
            bs[buffer][B_ALONG_K ? e % T::BK : e / T::BN][B_ALONG_K ? e / T::BK : e % T::BN] = nextB[l];
        }
    };
    if (kFrom >= kTo) {
        return;
    }
    fetch(kFrom);
    keep(0);
    __syncthreads();
    int buffer = 0;
    for (i64 k0 = kFrom; k0 < kTo; k0 += T::BK) {
        bool more = k0 + T::BK < kTo;
        if (more) {
            fetch(k0 + T::BK);
        }
#pragma unroll 4
        for (int k = 0; k < T::BK; k++) {
            float x[T::TM];
            float y[T::TN];
#pragma unroll
            for (int i = 0; i < T::TM; i++) {
                x[i] = as[buffer][k][T::row(i)];
            }
#pragma unroll
            for (int j = 0; j < T::TN; j++) {
                y[j] = bs[buffer][k][T::column(j)];
            }
#pragma unroll
            for (int i = 0; i < T::TM; i++) {
#pragma unroll
                for (int j = 0; j < T::TN; j++) {
                    acc[i][j] = fmaf(x[i], y[j], acc[i][j]);
                }
            }
        }
        if (more) {
            keep(buffer ^ 1); // the other half, which nobody reads now
        }
        __syncthreads();
        buffer ^= 1;
    }
}

// Calls store(row in the tile, column in the tile, four values) for this thread's elements.
template <class T, class Store>
__device__ __forceinline__ void tile_store(const float (&acc)[T::TM][T::TN], Store store) {
#pragma unroll
    for (int i = 0; i < T::TM; i++) {
#pragma unroll
        for (int j = 0; j < T::TN; j += 4) {
            store(T::row(i), T::column(j), make_float4(acc[i][j], acc[i][j + 1], acc[i][j + 2], acc[i][j + 3]));
        }
    }
}
