// Small real kernels: what the machine must run right, alone and in any order of warps.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cstdint>

// Sum of n floats: warp shuffles, then shared memory, one partial sum a block.
extern "C" __global__ void reduce_sum(const float* x, float* partial, int n) {
    __shared__ float warp_sum[32];
    float sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        sum += x[i];
    }
    for (int step = 16; step > 0; step >>= 1) {
        sum += __shfl_xor_sync(0xffffffff, sum, step);
    }
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    if (lane == 0) {
        warp_sum[warp] = sum;
    }
    __syncthreads();
    if (warp == 0) {
        sum = lane < (blockDim.x >> 5) ? warp_sum[lane] : 0;
        for (int step = 16; step > 0; step >>= 1) {
            sum += __shfl_xor_sync(0xffffffff, sum, step);
        }
        if (lane == 0) {
            partial[blockIdx.x] = sum;
        }
    }
}

// Inclusive scan of one block's values by shuffles.
extern "C" __global__ void scan_block(const int* x, int* y, int n) {
    __shared__ int totals[32];
    int i = threadIdx.x, lane = i & 31, warp = i >> 5;
    int value = i < n ? x[i] : 0;
    for (int step = 1; step < 32; step <<= 1) {
        int below = __shfl_up_sync(0xffffffff, value, step);
        value += lane >= step ? below : 0;
    }
    if (lane == 31) {
        totals[warp] = value;
    }
    __syncthreads();
    int before = 0;
    for (int w = 0; w < warp; w++) {
        before += totals[w];
    }
    if (i < n) {
        y[i] = value + before;
    }
}

// The last block to finish adds the others' partial sums: a fence, then an atomic counter.
__device__ unsigned int finished = 0;
extern "C" __global__ void reduce_last_block(const float* x, volatile float* partial, float* total, int n) {
    __shared__ float sums[256];
    __shared__ bool last;
    float sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        sum += x[i];
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half >>= 1) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sums[0];
        __threadfence();
        last = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float all = 0;
        for (int b = 0; b < gridDim.x; b++) {
            all += partial[b];
        }
        *total = all;
    }
}

// Lanes of one warp that take a lock one after another: needs progress of diverged lanes.
extern "C" __global__ void spin_lock(int* lock, int* count) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            *(volatile int*)count = *(volatile int*)count + 1;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}

// One half of a warp waits for what the other half will write.
extern "C" __global__ void wait_within_warp(volatile int* flag, int* out) {
    if (threadIdx.x < 16) {
        while (flag[0] == 0) {
        }
        out[threadIdx.x] = flag[1];
    } else {
        if (threadIdx.x == 16) {
            flag[1] = 42;
            __threadfence();
            flag[0] = 1;
        }
        out[threadIdx.x] = threadIdx.x;
    }
    __syncwarp();
}

// A later block is waited for by an earlier one.
extern "C" __global__ void wait_between_blocks(volatile int* flag, int* out) {
    if (blockIdx.x == 0) {
        while (flag[0] != gridDim.x - 1) {
        }
        out[0] = 7;
    } else if (threadIdx.x == 0) {
        atomicAdd((int*)flag, 1);
    }
}

// Producer warps and consumer warps with two named barriers.
extern "C" __global__ void named_barriers(const int* x, int* y, int rounds) {
    __shared__ int slot[64];
    int lane = threadIdx.x & 63;
    bool producer = threadIdx.x < 64;
    for (int r = 0; r < rounds; r++) {
        if (producer) {
            if (r > 0) {
                asm volatile("bar.sync 2, 128;" ::: "memory");
            }
            slot[lane] = x[64 * r + lane] * 3;
            asm volatile("bar.arrive 1, 128;" ::: "memory");
        } else {
            asm volatile("bar.sync 1, 128;" ::: "memory");
            y[64 * r + lane] = slot[63 - lane];
            if (r + 1 < rounds) {
                asm volatile("bar.arrive 2, 128;" ::: "memory");
            }
        }
    }
}

// C [m, n] = A [m, k] B [n, k]^T in bf16, tile 64 x 64 x 32, four warps of 32 x 32, two stages of cp.async.
__device__ __forceinline__ uint32_t shared_address(const void* p) {
    return (uint32_t)__cvta_generic_to_shared(p);
}
extern "C" __global__ void __launch_bounds__(128) matmul_mma(const __nv_bfloat16* a, const __nv_bfloat16* b, float* c, int m, int n, int k) {
    __shared__ __align__(16) __nv_bfloat16 sa[2][64][40];
    __shared__ __align__(16) __nv_bfloat16 sb[2][64][40];
    int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
    int row0 = blockIdx.y * 64, col0 = blockIdx.x * 64;
    int wm = (warp & 1) * 32, wn = (warp >> 1) * 32;
    float acc[2][4][4] = {};
    auto stage = [&](int s, int k0) {
        for (int i = tid; i < 256; i += 128) {
            int r = i >> 2, q = (i & 3) * 8;
            int fillA = row0 + r < m ? 16 : 0, fillB = col0 + r < n ? 16 : 0;
            const void* ga = a + (size_t)(fillA ? row0 + r : 0) * k + k0 + q;
            const void* gb = b + (size_t)(fillB ? col0 + r : 0) * k + k0 + q;
            asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(&sa[s][r][q])), "l"(ga), "r"(fillA));
            asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(&sb[s][r][q])), "l"(gb), "r"(fillB));
        }
        asm volatile("cp.async.commit_group;");
    };
    stage(0, 0);
    for (int k0 = 0; k0 < k; k0 += 32) {
        int s = (k0 >> 5) & 1;
        if (k0 + 32 < k) {
            stage(s ^ 1, k0 + 32);
            asm volatile("cp.async.wait_group 1;");
        } else {
            asm volatile("cp.async.wait_group 0;");
        }
        __syncthreads();
        for (int kk = 0; kk < 32; kk += 16) {
            uint32_t fa[2][4], fb[4][2];
            for (int i = 0; i < 2; i++) {
                uint32_t p = shared_address(&sa[s][wm + 16 * i + (lane & 15)][kk + (lane >> 4) * 8]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                             : "=r"(fa[i][0]), "=r"(fa[i][1]), "=r"(fa[i][2]), "=r"(fa[i][3]) : "r"(p));
            }
            for (int j = 0; j < 4; j++) {
                uint32_t p = shared_address(&sb[s][wn + 8 * j + (lane & 7)][kk + ((lane >> 3) & 1) * 8]);
                asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(fb[j][0]), "=r"(fb[j][1]) : "r"(p));
            }
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 4; j++) {
                    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                                 : "+f"(acc[i][j][0]), "+f"(acc[i][j][1]), "+f"(acc[i][j][2]), "+f"(acc[i][j][3])
                                 : "r"(fa[i][0]), "r"(fa[i][1]), "r"(fa[i][2]), "r"(fa[i][3]), "r"(fb[j][0]), "r"(fb[j][1]));
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 4; j++) {
            for (int e = 0; e < 4; e++) {
                int row = row0 + wm + 16 * i + (lane >> 2) + 8 * (e >> 1), col = col0 + wn + 8 * j + 2 * (lane & 3) + (e & 1);
                if (row < m && col < n) {
                    c[(size_t)row * n + col] = acc[i][j][e];
                }
            }
        }
    }
}

// The library's functions, device calls, local arrays, constants, a switch.
__constant__ float weights[8] = {1, 2, 4, 8, 16, 32, 64, 128};
__device__ __noinline__ float polynomial(const float* c, int degree, float x) {
    float y = 0;
    for (int i = degree; i >= 0; i--) {
        y = y * x + c[i];
    }
    return y;
}
extern "C" __global__ void functions(const float* x, float* y, const double* xd, double* yd, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    float v = x[i];
    float c[6];
    for (int k = 0; k < 6; k++) {
        c[k] = weights[(i + k) & 7];
    }
    y[8 * i] = expf(v);
    y[8 * i + 1] = logf(fabsf(v));
    y[8 * i + 2] = sinf(v * 1000.0f);
    y[8 * i + 3] = tanhf(v);
    y[8 * i + 4] = polynomial(c, i % 6, v);
    y[8 * i + 5] = powf(fabsf(v), 1.5f);
    y[8 * i + 6] = erff(v);
    float s;
    switch (i % 7) {
        case 0: s = v + 1; break;
        case 1: s = v * v; break;
        case 2: s = sqrtf(fabsf(v)); break;
        case 3: s = 1 / v; break;
        case 4: s = floorf(v * 10); break;
        case 5: s = fmodf(v * 100, 7.0f); break;
        default: s = -v; break;
    }
    y[8 * i + 7] = s;
    yd[2 * i] = exp(xd[i]);
    yd[2 * i + 1] = sin(xd[i] * 1e6) / cbrt(xd[i]);
}

// Arithmetic alone, for measuring.
extern "C" __global__ void arithmetic_loop(float* y, unsigned* z, int rounds) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float a = i, b = 0.5f * i;
    unsigned u = i, v = 3 * i + 1;
#pragma unroll 8
    for (int r = 0; r < rounds; r++) {
        a = a * 0.999f + b;
        b = b * 0.5f - 0.25f;
        u = u * 1664525u + v;
        v = (v >> 3) ^ u;
    }
    y[i] = a + b;
    z[i] = u ^ v;
}
