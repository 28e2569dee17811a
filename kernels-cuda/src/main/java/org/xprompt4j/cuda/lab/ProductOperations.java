package org.xprompt4j.cuda.lab;

import java.util.List;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Matrix products, and what is made of them: attention, cross entropy, nearest codes. */
final class ProductOperations {
    private static final String ATTENTION = "batch=1 heads=2 kvHeads=2 ie=70 xp=8 td=70 headDim=32";
    private static final CrossEntropySpec LOSS = new CrossEntropySpec(1e-4f);

    private ProductOperations() {
    }

    static List<ProfiledOperation> all() {
        return List.of(
                ProfiledOperation.of("matmul", "matmul", "m=128 n=128 k=64", "a [m, k] times the transpose of b [n, k]: a linear layer", bench -> product(bench, MatmulSpec.NT)),
                ProfiledOperation.of("matmul_nn", "matmul", "m=128 n=128 k=64", "a [m, k] times b [k, n]: a gradient for the input",
                        bench -> product(bench, MatmulSpec.NN)),
                ProfiledOperation.of("matmul_tn", "matmul", "m=128 n=128 k=64", "the transpose of a [k, m] times b [k, n]: a gradient for the weight",
                        bench -> product(bench, MatmulSpec.TN)),
                ProfiledOperation.of("int8_matmul", "matmul", "m=4 n=128 k=64", "a linear layer with weights of eight bits", bench -> {
                    int m = bench.size("m");
                    int n = bench.size("n");
                    int k = bench.size("k");
                    Tensor a = bench.normal(m, k);
                    Tensor weight = bench.converted(bench.normal(n, k), DType.I8);
                    Tensor scales = bench.normal(n);
                    Tensor out = bench.empty(m, n);
                    bench.measure(() -> bench.backend.int8Matmul(a, weight, scales, Epilogue.NONE, out));
                }),
                ProfiledOperation.of("attention", "attention", ATTENTION, "softmax(q k / sqrt d) v under the X-Prompt mask", bench -> attention(bench, false)),
                ProfiledOperation.of("attention_backward", "attention", ATTENTION, "its gradients for q, k and v", bench -> attention(bench, true)),
                ProfiledOperation.of("cached_attention", "cached_attention", "batch=2 heads=4 kvHeads=4 length=128 headDim=32",
                        "one new query a row over its cache: the decode step", ProductOperations::cached),
                ProfiledOperation.of("linear_cross_entropy", "linear_cross_entropy", "rows=64 dim=64 vocab=300",
                        "cross entropy of hidden times weight, without the whole logits", bench -> loss(bench, false)),
                ProfiledOperation.of("linear_cross_entropy_backward", "linear_cross_entropy", "rows=64 dim=64 vocab=300",
                        "its gradients for hidden and weight", bench -> loss(bench, true)),
                ProfiledOperation.of("nearest_code", "nearest_code", "rows=64 codes=256 dim=32", "index of the nearest codebook entry", bench -> {
                    Tensor z = bench.normal(bench.size("rows"), bench.size("dim"));
                    Tensor codebook = bench.normal(bench.size("codes"), bench.size("dim"));
                    Tensor codes = bench.emptyIds(bench.size("rows"));
                    bench.measure(() -> bench.backend.nearestCode(z, codebook, codes));
                }));
    }

    private static void product(Workbench bench, MatmulSpec spec) {
        int m = bench.size("m");
        int n = bench.size("n");
        int k = bench.size("k");
        Tensor a = spec.transposeA() ? bench.normal(k, m) : bench.normal(m, k);
        Tensor b = spec.transposeB() ? bench.weight(n, k) : bench.weight(k, n);
        Tensor out = bench.empty(m, n);
        bench.measure(() -> bench.backend.matmul(spec, a, b, Epilogue.NONE, out));
    }

    private static void attention(Workbench bench, boolean backward) {
        int batch = bench.size("batch");
        int heads = bench.size("heads");
        int kvHeads = bench.size("kvHeads");
        int headDim = bench.size("headDim");
        bench.require(heads % kvHeads == 0, "kvHeads must divide heads");
        // The job is blind to the example and sees it through the X-Prompt tokens.
        AttentionMask mask = AttentionMask.segmented(new int[] {bench.size("ie"), bench.size("xp"), bench.size("td")},
                new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        AttentionSpec spec = new AttentionSpec((float) (1 / Math.sqrt(headDim)), mask);
        int seq = mask.keys();
        Tensor q = bench.normal(batch, seq, heads, headDim);
        Tensor k = bench.normal(batch, seq, kvHeads, headDim);
        Tensor v = bench.normal(batch, seq, kvHeads, headDim);
        Tensor out = bench.empty(batch, seq, heads, headDim);
        Tensor logSumExp = bench.empty(batch, heads, seq);
        if (!backward) {
            bench.measure(() -> bench.backend.attention(spec, q, k, v, out, logSumExp));
            return;
        }
        bench.backend.attention(spec, q, k, v, out, logSumExp);
        Tensor dOut = bench.normal(batch, seq, heads, headDim);
        Tensor dQ = bench.zeros(batch, seq, heads, headDim);
        Tensor dK = bench.zeros(batch, seq, kvHeads, headDim);
        Tensor dV = bench.zeros(batch, seq, kvHeads, headDim);
        bench.measure(() -> bench.backend.attentionBackward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV));
    }

    private static void cached(Workbench bench) {
        int batch = bench.size("batch");
        int heads = bench.size("heads");
        int kvHeads = bench.size("kvHeads");
        int length = bench.size("length");
        int headDim = bench.size("headDim");
        bench.require(heads % kvHeads == 0, "kvHeads must divide heads");
        Tensor q = bench.normal(batch, heads, headDim);
        Tensor keys = bench.weight(batch, length, kvHeads, headDim);
        Tensor values = bench.weight(batch, length, kvHeads, headDim);
        int[] all = new int[batch];
        java.util.Arrays.fill(all, length);
        Tensor lengths = bench.emptyIds(batch).set(all);
        Tensor out = bench.empty(batch, heads, headDim);
        bench.measure(() -> bench.backend.cachedAttention((float) (1 / Math.sqrt(headDim)), q, keys, values, lengths, out));
    }

    private static void loss(Workbench bench, boolean backward) {
        int rows = bench.size("rows");
        int dim = bench.size("dim");
        int vocab = bench.size("vocab");
        Tensor hidden = bench.normal(rows, dim);
        Tensor weight = bench.weight(vocab, dim);
        Tensor labels = bench.ids(vocab, rows);
        Tensor rowLoss = bench.empty(rows);
        Tensor logSumExp = bench.empty(rows);
        if (!backward) {
            bench.measure(() -> bench.backend.linearCrossEntropy(LOSS, hidden, weight, labels, rowLoss, logSumExp));
            return;
        }
        bench.backend.linearCrossEntropy(LOSS, hidden, weight, labels, rowLoss, logSumExp);
        Tensor dHidden = bench.zeros(rows, dim);
        Tensor dWeight = bench.zeros(vocab, dim);
        bench.measure(() -> bench.backend.linearCrossEntropyBackward(LOSS, hidden, weight, labels, logSumExp, 1f / rows, null, dHidden, dWeight));
    }
}
