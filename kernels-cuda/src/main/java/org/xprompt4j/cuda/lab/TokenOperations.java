package org.xprompt4j.cuda.lab;

import java.util.List;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/** Tables, draws, updates, and what works element by element. */
final class TokenOperations {
    private static final String MATRIX = "rows=64 dim=160";

    private TokenOperations() {
    }

    static List<ProfiledOperation> all() {
        return List.of(
                ProfiledOperation.of("embedding", "embedding", "rows=256 dim=160 n=64", "n rows of a table", bench -> {
                    Tensor table = bench.weight(bench.size("rows"), bench.size("dim"));
                    Tensor ids = bench.ids(bench.size("rows"), bench.size("n"));
                    Tensor out = bench.empty(bench.size("n"), bench.size("dim"));
                    bench.measure(() -> bench.backend.embedding(table, ids, out));
                }),
                ProfiledOperation.of("embedding_backward", "embedding", "rows=256 dim=160 n=64", "its gradient, in the order of the ids", bench -> {
                    Tensor ids = bench.ids(bench.size("rows"), bench.size("n"));
                    Tensor dOut = bench.normal(bench.size("n"), bench.size("dim"));
                    Tensor dTable = bench.zeros(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.embeddingBackward(ids, dOut, dTable));
                }),
                ProfiledOperation.of("sample", "sample", "rows=2 vocab=1000 topK=100", "guidance, temperature, top-k, top-p and one draw a row", TokenOperations::sample),
                ProfiledOperation.of("adamw", "adamw", "n=10000", "one AdamW step in place", bench -> {
                    int n = bench.size("n");
                    Tensor weight = bench.normal(n);
                    Tensor gradient = bench.normal(n);
                    Tensor first = bench.zeros(n);
                    Tensor second = bench.zeros(n);
                    Tensor factor = bench.normal(1);
                    bench.measure(() -> bench.backend.adamW(new AdamWSpec(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 1), weight, gradient, first, second, factor));
                }),
                ProfiledOperation.of("gradient_norm", "gradient_norm", "n=10000", "norm of the gradients and the factor that clips them", bench -> {
                    Tensor gradient = bench.normal(bench.size("n"));
                    Tensor loss = bench.normal(1);
                    Tensor report = bench.emptyLongs(2);
                    Tensor factor = bench.empty(1);
                    bench.measure(() -> bench.backend.gradientNorm(1, gradient, loss, report, factor));
                }),
                ProfiledOperation.of("muon_direction", "muon", "n=10000", "momentum and what Muon makes orthogonal", bench -> {
                    int n = bench.size("n");
                    Tensor gradient = bench.normal(n);
                    Tensor factor = bench.normal(1);
                    Tensor momentum = bench.zeros(n);
                    Tensor direction = bench.empty(n);
                    bench.measure(() -> bench.backend.muonDirection(0.95f, gradient, factor, momentum, direction));
                }),
                ProfiledOperation.of("append_to_cache", "append_to_cache", "batch=2 count=1 capacity=64 kvHeads=4 headDim=32",
                        "the newest keys and values behind the others", TokenOperations::append),
                ProfiledOperation.of("swiglu", "swiglu", MATRIX, "silu(gate) * up", bench -> {
                    Tensor gate = matrix(bench);
                    Tensor up = matrix(bench);
                    Tensor out = bench.empty(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.swiGlu(gate, up, out));
                }),
                ProfiledOperation.of("swiglu_backward", "swiglu", MATRIX, "its gradients for gate and up", bench -> {
                    Tensor gate = matrix(bench);
                    Tensor up = matrix(bench);
                    Tensor dOut = matrix(bench);
                    Tensor dGate = bench.zeros(bench.size("rows"), bench.size("dim"));
                    Tensor dUp = bench.zeros(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.swiGluBackward(gate, up, dOut, dGate, dUp));
                }),
                ProfiledOperation.of("unary", "elementwise", MATRIX, "SiLU of every element", bench -> {
                    Tensor x = matrix(bench);
                    Tensor out = bench.empty(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.unary(UnaryOp.SILU, x, out));
                }),
                ProfiledOperation.of("binary", "elementwise", MATRIX, "a row added to every row", bench -> {
                    Tensor x = matrix(bench);
                    Tensor row = bench.normal(1, bench.size("dim"));
                    Tensor out = bench.empty(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.binary(BinaryOp.ADD, x, row, out));
                }),
                ProfiledOperation.of("dropout", "elementwise", MATRIX, "zeroes a tenth of the elements", bench -> {
                    Tensor x = matrix(bench);
                    Tensor out = bench.empty(bench.size("rows"), bench.size("dim"));
                    bench.measure(() -> bench.backend.dropout(0.1f, 1, 0, x, false, out));
                }),
                ProfiledOperation.of("reduce", "reduce", MATRIX, "sum of every row", bench -> {
                    Tensor x = matrix(bench);
                    Tensor out = bench.empty(bench.size("rows"), 1);
                    bench.measure(() -> bench.backend.reduce(ReduceOp.SUM, x, out));
                }),
                ProfiledOperation.of("sum_of_squares", "reduce", "n=10000", "norm of a gradient, in float64", bench -> {
                    Tensor x = bench.normal(bench.size("n"));
                    bench.measure(() -> bench.backend.sumOfSquares(x));
                }),
                ProfiledOperation.of("copy", "copy", MATRIX, "conversion to bf16", bench -> {
                    Tensor x = matrix(bench);
                    bench.measure(() -> bench.converted(x, DType.BF16));
                }),
                ProfiledOperation.of("transpose", "copy", MATRIX, "copy of the transpose", bench -> {
                    Tensor x = matrix(bench);
                    Tensor out = bench.empty(bench.size("dim"), bench.size("rows"));
                    bench.measure(() -> bench.backend.copy(x.permute(1, 0), out));
                }));
    }

    private static Tensor matrix(Workbench bench) {
        return bench.normal(bench.size("rows"), bench.size("dim"));
    }

    private static void append(Workbench bench) {
        int batch = bench.size("batch");
        int count = bench.size("count");
        int capacity = bench.size("capacity");
        int kvHeads = bench.size("kvHeads");
        int headDim = bench.size("headDim");
        bench.require(count <= capacity, "count must be at most capacity");
        Tensor k = bench.normal(batch, count, kvHeads, headDim);
        Tensor v = bench.normal(batch, count, kvHeads, headDim);
        int[] all = new int[batch];
        java.util.Arrays.fill(all, count);
        Tensor lengths = bench.emptyIds(batch).set(all);
        Tensor keys = bench.weight(batch, capacity, kvHeads, headDim);
        Tensor values = bench.weight(batch, capacity, kvHeads, headDim);
        bench.measure(() -> bench.backend.appendToCache(k, v, lengths, keys, values));
    }

    private static void sample(Workbench bench) {
        int rows = bench.size("rows");
        int vocab = bench.size("vocab");
        Tensor full = bench.normal(rows, vocab);
        Tensor imageOnly = bench.normal(rows, vocab);
        Tensor unconditional = bench.normal(rows, vocab);
        Tensor streams = bench.count(rows);
        Tensor positions = bench.count(rows);
        Tensor tokens = bench.emptyIds(rows);
        SamplingSpec spec = new SamplingSpec(1, bench.size("topK"), 0.9f, 0, vocab, 1, 1.5f, 1.2f);
        bench.measure(() -> bench.backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens));
    }
}
