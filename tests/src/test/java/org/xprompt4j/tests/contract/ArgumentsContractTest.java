package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Storage;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/** Arguments that contradict the contract are refused with a message that names the operation, the tensors and the rule. */
class ArgumentsContractTest extends BackendContract {
    private void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).as(device).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(parts);
    }

    private Tensor f32(long... dims) {
        return bench.input(dims);
    }

    private Tensor bf16(long... dims) {
        return bench.input(DType.BF16, dims);
    }

    private Tensor i32(long... dims) {
        return bench.of(new int[(int) Shape.of(dims).numel()], dims);
    }

    private Tensor i8(long... dims) {
        return bench.int8Input(dims);
    }

    @Test
    void shapesThatContradictEachOther() {
        refused(() -> backend.matmul(MatmulSpec.NT, f32(3, 5), f32(7, 4), Epilogue.NONE, f32(3, 7)), "matmul: b F32[7, 4]", "[n, k]", "k is 5", "a F32[3, 5]");
        refused(() -> backend.matmul(MatmulSpec.NN, f32(3, 5), f32(5, 7), Epilogue.NONE, f32(7, 3)), "matmul: out F32[7, 3]", "m is 3");
        refused(() -> backend.matmul(MatmulSpec.NN, f32(3, 5), f32(5, 7), Epilogue.bias(f32(3)), f32(3, 7)), "matmul: bias", "n is 7");
        refused(() -> backend.matmul(MatmulSpec.NN.accumulating(), f32(3, 5), f32(5, 7), Epilogue.bias(f32(7)), f32(3, 7)), "accumulating");
        refused(() -> backend.int8Matmul(f32(3, 5), i8(7, 4), f32(7), Epilogue.NONE, f32(3, 7)), "int8Matmul: weight I8[7, 4]", "[n, k]", "k is 5");
        refused(() -> backend.int8Matmul(f32(3, 5), i8(7, 5), f32(3), Epilogue.NONE, f32(3, 7)), "int8Matmul: scales F32[3]", "n is 7");
        refused(() -> backend.embedding(f32(4, 3), i32(2), f32(2, 4)), "embedding: out", "dim is 3");
        refused(() -> backend.rmsNorm(0, f32(2, 3), f32(4), f32(2, 3), null), "rmsNorm: weight F32[4]", "dim is 3");
        refused(() -> backend.layerNorm(0, f32(2, 3), f32(3), f32(2), f32(2, 3)), "layerNorm: bias");
        refused(() -> backend.groupNorm(new GroupNormSpec(3, 0, Activation.NONE), f32(1, 2, 2, 8), f32(8), f32(8), f32(1, 2, 2, 8), f32(1, 3), f32(1, 3)),
                "groupNorm: groups 3 must divide channels 8");
        refused(() -> backend.qkNormRope(new QkNormRopeSpec(0, 1), f32(1, 2, 4, 6), f32(3, 6), f32(3, 6), i32(1, 2), f32(1, 2, 4, 6)),
                "qkNormRope: groups 3 must divide heads 4");
        refused(() -> backend.qkNormRope(new QkNormRopeSpec(0, 1), f32(1, 2, 4, 5), f32(2, 5), f32(2, 5), i32(1, 2), f32(1, 2, 4, 5)), "must be even");
        refused(() -> backend.attention(new AttentionSpec(1, AttentionMask.causal(4)), f32(1, 3, 2, 2), f32(1, 4, 1, 2), f32(1, 4, 1, 2),
                f32(1, 3, 2, 2), null), "attention: q", "queries is 4", "causal mask");
        refused(() -> backend.attention(new AttentionSpec(1, AttentionMask.causal(4)), f32(1, 4, 3, 2), f32(1, 4, 2, 2), f32(1, 4, 2, 2),
                f32(1, 4, 3, 2), null), "kvHeads 2 must divide heads 3");
        refused(() -> backend.appendToCache(f32(2, 1, 2, 4), f32(2, 1, 2, 3), i32(2), f32(2, 5, 2, 4), f32(2, 5, 2, 4)), "appendToCache: v", "headDim is 4");
        refused(() -> backend.appendToCache(f32(2, 1, 2, 4), f32(2, 1, 2, 4), i32(3), f32(2, 5, 2, 4), f32(2, 5, 2, 4)), "appendToCache: lengths", "batch is 2");
        refused(() -> backend.advance(i32(2), i32(3, 3), i32(4, 2)), "advance: counters", "rows is 2");
        refused(() -> backend.cachedAttention(1, f32(2, 2, 4), f32(3, 5, 2, 4), f32(2, 5, 2, 4), i32(2), f32(2, 2, 4)), "cachedAttention: keys", "batch is 2");
        refused(() -> backend.swiGlu(f32(2, 3), f32(3, 2), f32(2, 3)), "swiGlu: up F32[3, 2]", "gate F32[2, 3]");
        refused(() -> backend.linearCrossEntropy(new CrossEntropySpec(0), f32(2, 3), f32(5, 4), i32(2), f32(2), f32(2)), "linearCrossEntropy: weight");
        refused(() -> backend.conv2d(Conv2dSpec.padded(1), f32(1, 5, 5, 2), f32(3, 2, 3, 3), null, null, f32(1, 5, 4, 3)), "conv2d: out", "outWidth is 5");
        refused(() -> backend.conv2d(Conv2dSpec.downsample(), f32(1, 1, 5, 2), f32(3, 2, 3, 3), null, null, f32(1, 1, 2, 3)), "conv2d", "height 3", "does not fit");
        refused(() -> backend.upsampleNearest(f32(1, 2, 2, 3), f32(1, 4, 5, 3)), "upsampleNearest: out", "2w is 4");
        refused(() -> backend.averagePool(f32(1, 5, 4, 3), f32(1, 2, 2, 3)), "averagePool: x", "2h is 4");
        refused(() -> backend.nearestCode(f32(2, 3), f32(5, 4), i32(2)), "nearestCode: codebook");
        refused(() -> backend.adamW(new AdamWSpec(1, 0.9f, 0.9f, 0, 0, 1), f32(3), f32(4), f32(3), f32(3), f32(1)), "adamW: gradient", "as many elements");
        refused(() -> backend.gradientNorm(1, f32(3), f32(1), i32(2), f32(1)), "gradientNorm: report I32[2]", "I64[2]");
        refused(() -> backend.combine(1, 1, f32(3), f32(2), f32(3)), "combine: gate", "one is 1");
        refused(() -> backend.adamW(new AdamWSpec(1, 0.9f, 0.9f, 0, 0, 0), f32(3), f32(3), f32(3), f32(3), f32(1)), "adamW: steps count from 1");
        refused(() -> backend.unary(UnaryOp.EXP, f32(2, 3), f32(3, 2)), "unary EXP: out F32[3, 2]");
        refused(() -> backend.binary(BinaryOp.ADD, f32(2, 3), f32(2), f32(2, 3)), "binary ADD: a F32[2, 3]", "b F32[2]", "do not broadcast");
        refused(() -> backend.reduce(ReduceOp.SUM, f32(2, 3), f32(2, 2)), "reduce SUM: out F32[2, 2]", "x F32[2, 3]");
        refused(() -> backend.reduce(ReduceOp.SUM, f32(2, 3), f32(1)), "reduce SUM: out F32[1]");
        refused(() -> backend.copy(f32(2, 3), f32(3, 2)), "copy: to F32[3, 2]", "from F32[2, 3]");
        refused(() -> backend.dropout(1, 0, 0, f32(2), false, f32(2)), "dropout: probability");
        refused(() -> backend.rmsNorm(0, f32(0, 3), f32(3), f32(0, 3), null), "rmsNorm: rows", "at least 1");
    }

    @Test
    void sampling() {
        SamplingSpec spec = new SamplingSpec(1, 0, 1, 6, 5, 0, 1, 1);
        refused(() -> backend.sample(spec, f32(2, 10), null, null, i32(2), i32(2), i32(2)), "sample: allowed ids 6+5", "F32[2, 10]");
        refused(() -> backend.sample(spec, f32(2, 11), f32(2, 11), null, i32(2), i32(2), i32(2)), "imageOnly rows need unconditional");
        refused(() -> backend.sample(spec, f32(2, 11), null, f32(2, 12), i32(2), i32(2), i32(2)), "sample: unconditional", "vocab is 11");
    }

    @Test
    void types() {
        Tensor half = bench.scope.allocate(DType.BF16, 3, 5).set(new float[15]);
        refused(() -> backend.matmul(MatmulSpec.NN, f32(3, 5), half.permute(1, 0), Epilogue.NONE, bf16(3, 3)), "matmul: b BF16[5, 3]", "contiguous");
        refused(() -> backend.matmul(MatmulSpec.NN, f32(3, 5), f32(5, 7), Epilogue.NONE, bf16(3, 7)), "matmul: out BF16[3, 7]", "of the type of a F32[3, 5]");
        refused(() -> backend.matmul(MatmulSpec.NN, half, f32(5, 7), Epilogue.residual(bf16(3, 7)), f32(3, 7)), "matmul: residual BF16[3, 7]",
                "of the type of out F32[3, 7]");
        refused(() -> backend.matmul(MatmulSpec.NN, i32(3, 5), f32(5, 7), Epilogue.NONE, f32(3, 7)), "matmul: a I32[3, 5]", "must be F32 or BF16");
        refused(() -> backend.attention(new AttentionSpec(1, AttentionMask.causal(4)), bf16(1, 4, 1, 2), f32(1, 4, 1, 2), f32(1, 4, 1, 2),
                bf16(1, 4, 1, 2), null), "attention: k F32[1, 4, 1, 2]", "of the type of q BF16[1, 4, 1, 2]");
        refused(() -> backend.binary(BinaryOp.ADD, f32(2, 3), bf16(3), f32(2, 3)), "binary ADD: b BF16[3]", "of the type of a F32[2, 3]");
        refused(() -> backend.swiGluBackward(bf16(2), bf16(2), bf16(2), f32(2), null), "swiGluBackward: dGate F32[2]", "of the type of up BF16[2]");
        refused(() -> backend.embeddingBackward(i32(2), f32(2, 3), bf16(4, 3)), "embeddingBackward: dTable BF16[4, 3]", "of the type of dOut F32[2, 3]");
        refused(() -> backend.sample(new SamplingSpec(1, 0, 1, 0, 5, 0, 1, 1), bf16(2, 10), null, null, i32(2), i32(2), i32(2)), "sample: full BF16", "must be F32");
        refused(() -> backend.sumOfSquares(half), "sumOfSquares: x BF16[3, 5]", "must be F32");
        refused(() -> backend.int8Matmul(f32(3, 5), f32(7, 5), f32(7), Epilogue.NONE, f32(3, 7)), "int8Matmul: weight F32[7, 5]", "must be I8");
        refused(() -> backend.cachedAttention(1, f32(2, 2, 4), bench.input(DType.BF16, 2, 5, 2, 4), f32(2, 5, 2, 4), i32(2), f32(2, 2, 4)),
                "cachedAttention: values F32", "of the type of keys BF16");
        refused(() -> backend.embedding(f32(4, 3), f32(2), f32(2, 3)), "embedding: ids F32[2]", "must be I32");
        refused(() -> backend.rmsNormBackward(f32(3, 5), f32(5), f32(3), f32(3, 5), null, half.select(0, 0)), "rmsNormBackward: dWeight BF16[5]");
        refused(() -> backend.unary(UnaryOp.EXP, i32(3), f32(3)), "unary EXP: x I32[3]");
        refused(() -> backend.rmsNorm(0, null, f32(3), f32(1, 3), null), "rmsNorm: x is missing");
    }

    @Test
    void stridedAndOverlappingMemory() {
        refused(() -> backend.matmul(MatmulSpec.NN, f32(5, 3).permute(1, 0), f32(5, 7), Epilogue.NONE, f32(3, 7)), "matmul: a", "contiguous");
        refused(() -> backend.scale(f32(3, 2).permute(1, 0), 1, f32(2, 3)), "scale: x", "contiguous");
        Tensor square = f32(4, 4);
        refused(() -> backend.matmul(MatmulSpec.NN, square, f32(4, 4), Epilogue.NONE, square), "matmul: out", "overlaps a");
        refused(() -> backend.fill(f32(1, 3).expand(Shape.of(4, 3)), 0), "fill: x", "stretched");
    }

    @Test
    void memoryThatIsGoneOrElsewhere() {
        Tensor gone;
        try (MemoryScope scope = backend.openScope("short-lived")) {
            gone = scope.allocate(DType.F32, 3);
        }
        assertThatThrownBy(() -> backend.fill(gone, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("'short-lived'")
                .hasMessageContaining("after the scope was closed");
        Tensor elsewhere = Tensor.over(new Elsewhere(), 0, DType.F32, Shape.of(3));
        refused(() -> backend.fill(elsewhere, 1), "fill: x", "does not lie in memory of device '" + device + "'");
    }

    /** Memory of a device that no backend knows. */
    private static final class Elsewhere extends Storage {
        Elsewhere() {
            super(64, "elsewhere");
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public MemorySegment segment() {
            throw new UnsupportedOperationException("not addressable by the host");
        }

        @Override
        public void read(long byteOffset, MemorySegment target) {
            throw new UnsupportedOperationException("not readable");
        }

        @Override
        public void write(long byteOffset, MemorySegment source) {
            throw new UnsupportedOperationException("not writable");
        }
    }
}
