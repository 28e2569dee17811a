// Cross entropy of a linear layer, block of the vocabulary by block: the logits never exist as a whole.
//
// What      per counted row z = logsumexp(h W^T); loss = z - logit[label] + zLoss z^2;
//           dLogit = scale dLoss (softmax (1 + 2 zLoss z) - onehot), 0 for rows that are not counted.
// Layout    logits [rows, block] of one block of the vocabulary, made by matmul.cu; labels [rows]; state [rows, 3]: running maximum, mass and
//           label's logit; rowLoss, logSumExp [rows].
// How       forward: for each block a product, then `absorb` folds it into every row's state; `finish` ends. Backward: the product again,
//           `gradient` turns logits into dLogits in place, two more products add to dHidden and dWeight. One block a row.
// Numerics  float; the online softmax of Milakov and Gimelshein (2018); blocks in rising order.
// Roofline  compute of the products; the logits of a block pass through L2.
#include "common.cuh"

#define IGNORED (-100)

// Folds a block of logits, of tokens first .. first + width - 1, into the state.
extern "C" __global__ void absorb(const float* logits, int first, int width, const int* labels, float* state, int vocab, int* fault, int site) {
    __shared__ float shared[WARP + 1];
    __shared__ float maxima[WARP];
    int label = labels[blockIdx.x];
    if (label != IGNORED && (label < 0 || label >= vocab) && threadIdx.x == 0) {
        report(fault, site, label);
    }
    const float* row = logits + (i64) blockIdx.x * width;
    float largest = -INFINITY;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        largest = fmaxf(largest, row[i]);
    }
    largest = warp_max(largest);
    if (threadIdx.x % WARP == 0) {
        maxima[threadIdx.x / WARP] = largest;
    }
    __syncthreads();
    float before = first == 0 ? -INFINITY : state[3 * blockIdx.x];
    largest = before;
    for (int w = 0; w < blockDim.x / WARP; w++) {
        largest = fmaxf(largest, maxima[w]);
    }
    float mass = 0.0f;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        mass += expf(row[i] - largest);
    }
    mass = block_sum(mass, shared);
    if (threadIdx.x == 0) {
        float* own = state + 3 * blockIdx.x;
        own[1] = (first == 0 ? 0.0f : own[1] * expf(before - largest)) + mass;
        own[0] = largest;
        if (label >= first && label < first + width) {
            own[2] = row[label - first];
        }
    }
}

extern "C" __global__ void finish(const float* state, const int* labels, float zLoss, int rows, float* rowLoss, float* logSumExp) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row < rows) {
        bool counted = labels[row] != IGNORED;
        float z = state[3 * row] + logf(state[3 * row + 1]);
        rowLoss[row] = counted ? z - state[3 * row + 2] + zLoss * z * z : 0.0f;
        logSumExp[row] = counted ? z : 0.0f;
    }
}

// Logits of tokens first .. first + width - 1 become dLogits. A row that is not counted gets zeros whatever it holds.
extern "C" __global__ void gradient(float* logits, int first, int width, const int* labels, const float* logSumExp, float zLoss, float rowScale,
        const float* dLoss) {
    float scale = dLoss == nullptr ? rowScale : rowScale * *dLoss;
    int label = labels[blockIdx.x];
    float z = logSumExp[blockIdx.x];
    float* row = logits + (i64) blockIdx.x * width;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        float p = label == IGNORED ? 0.0f : expf(row[i] - z) * (1.0f + 2.0f * zLoss * z) - (first + i == label ? 1.0f : 0.0f);
        row[i] = scale * p;
    }
}

// hidden [rows, dim] with zeros in the rows that are not counted: whatever those hold must not reach the gradient of the weight.
extern "C" __global__ void counted_rows(const float* hidden, const int* labels, i64 dim, float* counted) {
    bool ignored = labels[blockIdx.x] == IGNORED;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        counted[blockIdx.x * dim + c] = ignored ? 0.0f : hidden[blockIdx.x * dim + c];
    }
}
