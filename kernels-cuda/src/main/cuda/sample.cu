// One token per row from logits, in one launch and without sorting: guidance mix, allowed range, temperature, top-k, top-p, Gumbel draw.
//
// What      the steps of SamplingSpec, exactly: x = mix of the rows; s = x / temperature; keep the k largest (ties kept); keep the
//           shortest prefix by falling s, rising token, whose mass reaches p; the token of the largest s + gumbel(seed, stream, draw).
// Layout    full, imageOnly, unconditional [rows, vocab], the last two may be null; streams, positions, tokens [rows];
//           masses [rows, count] scratch, only with top-p. One block a row, so a row knows nothing of its neighbours.
// How       top-k: radix select on the bits of s, four histograms of 256 counts in shared memory. top-p: the same select, weighing each
//           token by its probability as a 64-bit integer (exp(s - max) 2^46), because integers add up alike in any order; then the
//           tie at the border is cut by token id. The draw: scores in fast float first, and only tokens within a margin of the best
//           again in float64, which is what the CPU uses for all.
// Numerics  mix and temperature in float without fused multiply-add, left to right: equal logits give equal tokens on every device.
// Roofline  memory: 4 bytes a logit and row of guidance; a vocabulary of 65,536 stays in L2 between the passes.
#include "common.cuh"
#include "philox.cuh"

#define BINS 256
#define MARGIN 1e-3f // far above the error of the float scores, 1e-5
#define MASS_SCALE 70368744177664.0 // 2^46: 65,536 tokens of mass 1 stay below 2^63

typedef unsigned long long u64;

struct Row {
    const float* full;          // [vocab]
    const float* imageOnly;     // [vocab] or null
    const float* unconditional; // [vocab] or null
    int first;                  // first allowed token
    float imageScale;
    float fullScale;
    float temperature;
};

__device__ __forceinline__ float mixed(const Row& row, int i) {
    float f = row.full[row.first + i];
    if (row.unconditional == nullptr) {
        return f;
    }
    float u = row.unconditional[row.first + i];
    if (row.imageOnly == nullptr) {
        return __fadd_rn(u, __fmul_rn(row.fullScale, __fsub_rn(f, u)));
    }
    float m = row.imageOnly[row.first + i];
    return __fadd_rn(__fadd_rn(u, __fmul_rn(row.imageScale, __fsub_rn(m, u))), __fmul_rn(row.fullScale, __fsub_rn(f, m)));
}

__device__ __forceinline__ float scaled(const Row& row, int i) { return __fdiv_rn(mixed(row, i), row.temperature); }

// Bits that order as the floats do; -0 and +0 are one value.
__device__ __forceinline__ unsigned key(float x) {
    unsigned bits = __float_as_uint(x == 0.0f ? 0.0f : x);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

// The better of two candidates: larger score, then lower index; index -1 is no candidate.
__device__ __forceinline__ bool better(float score, int index, float thanScore, int thanIndex) {
    return index >= 0 && (thanIndex < 0 || score > thanScore || (score == thanScore && index < thanIndex));
}

struct Best {
    float score;
    int index;
};

__device__ Best block_best(Best mine, Best* shared) {
#pragma unroll
    for (int step = WARP / 2; step > 0; step /= 2) {
        float score = __shfl_xor_sync(FULL_MASK, mine.score, step);
        int index = __shfl_xor_sync(FULL_MASK, mine.index, step);
        if (better(score, index, mine.score, mine.index)) {
            mine = Best{score, index};
        }
    }
    if (threadIdx.x % WARP == 0) {
        shared[threadIdx.x / WARP] = mine;
    }
    __syncthreads();
    Best best = shared[0];
    for (int warp = 1; warp < blockDim.x / WARP; warp++) {
        if (better(shared[warp].score, shared[warp].index, best.score, best.index)) {
            best = shared[warp];
        }
    }
    __syncthreads();
    return best;
}

// Radix select from the highest bits down: the key at which the weights of all keys above it stay below target and with it reach it.
// weight(i, key) is 0 for tokens that do not count. above gets the weight of all keys above the result.
template <typename Weight>
__device__ unsigned select(const Row& row, int count, u64 target, Weight weight, u64* bins, u64* above) {
    __shared__ unsigned prefix;
    __shared__ u64 passed;
    if (threadIdx.x == 0) {
        prefix = 0;
        passed = 0;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        for (int b = threadIdx.x; b < BINS; b += blockDim.x) {
            bins[b] = 0;
        }
        __syncthreads();
        for (int i = threadIdx.x; i < count; i += blockDim.x) {
            unsigned k = key(scaled(row, i));
            bool same = shift == 24 || k >> (shift + 8) == prefix >> (shift + 8);
            u64 w = same ? weight(i, k) : 0;
            if (w != 0) {
                atomicAdd(&bins[k >> shift & (BINS - 1)], w);
            }
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            u64 sum = passed;
            int bin = BINS - 1;
            while (bin > 0 && sum + bins[bin] < target) {
                sum += bins[bin--];
            }
            passed = sum;
            prefix |= (unsigned) bin << shift;
        }
        __syncthreads();
    }
    *above = passed;
    unsigned found = prefix;
    __syncthreads();
    return found;
}

extern "C" __global__ void __launch_bounds__(1024, 1) sample(const float* full, const float* imageOnly, const float* unconditional, i64 vocab, int first,
        int count, float imageScale, float fullScale, float temperature, int topK, double topP, i64 seed, const int* streams, const int* positions,
        u64* masses, int* tokens, int* fault, int site) {
    __shared__ u64 bins[BINS];
    __shared__ Best bests[WARP];
    __shared__ u64 sums[WARP + 1];
    i64 at = blockIdx.x * vocab;
    Row row = {full + at, imageOnly == nullptr ? nullptr : imageOnly + at, unconditional == nullptr ? nullptr : unconditional + at, first, imageScale,
        fullScale, temperature};
    Best best = {0.0f, -1};
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        float x = temperature == 0.0f ? mixed(row, i) : scaled(row, i);
        if (x > -INFINITY && better(x, i, best.score, best.index)) {
            best = Best{x, i};
        }
    }
    best = block_best(best, bests); // the largest logit
    if (best.index < 0) {
        if (threadIdx.x == 0) {
            report(fault, site, blockIdx.x);
            tokens[blockIdx.x] = first;
        }
        return;
    }
    if (temperature == 0.0f) {
        if (threadIdx.x == 0) {
            tokens[blockIdx.x] = first + best.index;
        }
        return;
    }
    float largest = best.score;
    unsigned lowest = 0; // keys from here on are kept
    int lastTie = count; // of those equal to lowest, tokens below this one are kept
    u64 above;
    if (topK > 0 && topK < count) {
        lowest = select(row, count, (u64) topK, [](int, unsigned) { return (u64) 1; }, bins, &above);
    }
    if (topP < 1.0) {
        u64* mass = masses + (i64) blockIdx.x * count;
        u64 mine = 0;
        for (int i = threadIdx.x; i < count; i += blockDim.x) {
            float s = scaled(row, i);
            u64 m = key(s) >= lowest && s > -INFINITY ? (u64) (exp((double) s - (double) largest) * MASS_SCALE) : 0;
            mass[i] = m;
            mine += m;
        }
        u64 total = block_sum(mine, sums); // also orders the writes of mass before the reads below
        u64 target = (u64) (topP * (double) total);
        target = target < 1 ? 1 : target;
        lowest = select(row, count, target, [=](int i, unsigned) { return mass[i]; }, bins, &above);
        // Tokens at the border in rising order: keep while what is above and before stays below the target.
        if (threadIdx.x == 0) {
            u64 sum = above;
            lastTie = 0;
            for (int i = 0; i < count && sum < target; i++) {
                if (key(scaled(row, i)) == lowest && mass[i] != 0) {
                    sum += mass[i];
                    lastTie = i + 1;
                }
            }
            bests[0].index = lastTie;
        }
        __syncthreads();
        lastTie = bests[0].index;
        __syncthreads();
    }
    i64 stream = streams[blockIdx.x];
    i64 draw = (i64) positions[blockIdx.x] * vocab + first;
    best = Best{0.0f, -1};
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        float s = scaled(row, i);
        unsigned k = key(s);
        if (s > -INFINITY && (k > lowest || (k == lowest && i < lastTie))) {
            float score = s - logf(-logf(philox_uniform(seed, stream, draw + i)));
            if (better(score, i, best.score, best.index)) {
                best = Best{score, i};
            }
        }
    }
    float bar = block_best(best, bests).score - MARGIN;
    bar -= fabsf(bar) * 1e-5f; // the error of the float scores grows with the logits
    best = Best{0.0f, -1};
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        float s = scaled(row, i);
        unsigned k = key(s);
        if (s > -INFINITY && (k > lowest || (k == lowest && i < lastTie))
                && s - logf(-logf(philox_uniform(seed, stream, draw + i))) >= bar) {
            float score = __fadd_rn(s, philox_gumbel(seed, stream, draw + i));
            if (better(score, i, best.score, best.index)) {
                best = Best{score, i};
            }
        }
    }
    best = block_best(best, bests);
    if (threadIdx.x == 0) {
        tokens[blockIdx.x] = first + best.index;
    }
}
