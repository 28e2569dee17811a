package org.xprompt4j.bench.gpu.work;

import static org.xprompt4j.bench.gpu.Precision.BF16;
import static org.xprompt4j.bench.gpu.Precision.F32;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.work.DecodeStep;
import org.xprompt4j.bench.work.TrainStep;

/**
 * All works in the order in which they are measured: roofs first, then what has a target, then the rest, so that a run that is cut short
 * has the figures that matter most. At full size those of a model of 7 billion weights over 5120 tokens; tiny ones fill no tile.
 */
public final class GpuWorks {
    private static final int TOKENS = 5_120;
    private static final int HIDDEN = 4_096;
    private static final int FFN = 11_008;
    private static final int VOCAB = 65_536;
    private static final int CODES = 8_192;
    private static final DecodeStep.Size SEVEN_BILLION = new DecodeStep.Size(32, HIDDEN, 32, FFN, VOCAB, 2_048);
    private static final TrainStep.Size ONE_BILLION = new TrainStep.Size(24, 2_048, 16, 5_504, VOCAB, 2_112, 32, 2_976, TOKENS - 1);

    private GpuWorks() {
    }

    /** @param tiny sizes that the emulator runs in moments */
    public static List<GpuWork> all(boolean tiny) {
        List<GpuWork> works = new ArrayList<>();
        targetsInFloat(works, tiny);
        inBf16(works, tiny);
        othersInFloat(works, tiny);
        return List.copyOf(works);
    }

    /** True for the works that shares and targets are told from: they run whatever is chosen. */
    public static boolean isRoof(GpuWork work) {
        return work.op().equals("copy.forward") || work.op().equals("read.forward") || work.shape().startsWith("8192x8192x8192");
    }

    private static int pick(boolean tiny, int full, int small) {
        return tiny ? small : full;
    }

    private static void targetsInFloat(List<GpuWork> works, boolean tiny) {
        int rows = pick(tiny, TOKENS, 37);
        int dim = pick(tiny, HIDDEN, 67);
        works.add(MemoryWork.copy(pick(tiny, 32_768, 13), pick(tiny, 16_384, 129)));
        works.add(MemoryWork.read(pick(tiny, 32_768, 13), pick(tiny, 16_384, 129)));
        works.add(square(F32, tiny));
        works.add(RmsNormWork.forward(F32, rows, dim));
        works.add(RmsNormWork.backward(F32, rows, dim));
        works.add(LayerNormWork.forward(rows, dim));
        works.add(LayerNormWork.backward(rows, dim));
        for (boolean backward : new boolean[] {false, true}) {
            works.add(GroupNormWork.of(pick(tiny, 1, 2), pick(tiny, 512, 5), pick(tiny, 128, 12), pick(tiny, 32, 4), backward));
        }
        works.add(AdamWWork.of(pick(tiny, 200_000_000, 131)));
        works.add(NearestCodeWork.of(pick(tiny, 65_536, 33), pick(tiny, CODES, 67), pick(tiny, 256, 16)));
        works.add(NearestCodeWork.of(pick(tiny, 1_024, 5), pick(tiny, CODES, 67), pick(tiny, 256, 16)));
        works.add(SampleWork.of(1, pick(tiny, VOCAB, 131)));
        works.add(SampleWork.of(pick(tiny, 16, 3), pick(tiny, VOCAB, 131)));
    }

    private static GpuWork square(Precision precision, boolean tiny) {
        int side = pick(tiny, 8_192, 70);
        return MatmulWork.of(precision, side, side, side, "NT");
    }

    private static void inBf16(List<GpuWork> works, boolean tiny) {
        works.add(square(BF16, tiny));
        if (tiny) {
            for (String order : new String[] {"NT", "NN", "TN", "TT"}) {
                works.add(MatmulWork.of(BF16, 67, 131, 40, order));
            }
        } else {
            works.add(MatmulWork.of(BF16, TOKENS, 3 * HIDDEN, HIDDEN, "NT"));
            works.add(MatmulWork.of(BF16, TOKENS, HIDDEN, HIDDEN, "NT"));
            works.add(MatmulWork.of(BF16, TOKENS, 2 * FFN, HIDDEN, "NT"));
            works.add(MatmulWork.of(BF16, TOKENS, HIDDEN, FFN, "NT"));
            works.add(MatmulWork.of(BF16, TOKENS, VOCAB, HIDDEN, "NT"));
            works.add(MatmulWork.of(BF16, TOKENS, HIDDEN, 2 * FFN, "NN")); // gradient of the input
            works.add(MatmulWork.of(BF16, TOKENS, FFN, HIDDEN, "NN"));
            works.add(MatmulWork.of(BF16, HIDDEN, FFN, TOKENS, "TN")); // gradient of the weights
            works.add(MatmulWork.of(BF16, 3 * HIDDEN, HIDDEN, TOKENS, "TN"));
            works.add(MatmulWork.of(BF16, HIDDEN, HIDDEN, TOKENS, "TT"));
        }
        List<AttentionWork.Size> attention = tiny ? List.of(new AttentionWork.Size(2, 41, 2, 16, 17, 5), new AttentionWork.Size(1, 37, 3, 16, 0, 0))
                : List.of(new AttentionWork.Size(4, TOKENS, 32, 128, 2_112, 32), new AttentionWork.Size(1, 16_384, 32, 128, 12_288, 32),
                        new AttentionWork.Size(4, TOKENS, 32, 128, 0, 0));
        attention.forEach(size -> {
            works.add(AttentionWork.forward(BF16, size));
            if (size.tokens() <= TOKENS) { // the other side compiles half a minute for each
                works.add(AttentionWork.backward(BF16, size));
            }
        });
        for (int few : tiny ? new int[] {1, 3} : new int[] {1, 2, 16}) {
            works.add(MatmulWork.fewRows(BF16, few, pick(tiny, 2 * FFN, 67), pick(tiny, HIDDEN, 40)));
        }
        works.add(DecodeWork.of(tiny ? DecodeStep.Size.SMALL : SEVEN_BILLION, pick(tiny, 129, 4)));
        int tokens = pick(tiny, TOKENS, 37);
        works.add(RmsNormWork.forward(BF16, tokens, pick(tiny, HIDDEN, 67)));
        works.add(RmsNormWork.backward(BF16, tokens, pick(tiny, HIDDEN, 67)));
        works.add(SwiGluWork.of(BF16, tokens, pick(tiny, FFN, 67), false));
        works.add(SwiGluWork.of(BF16, tokens, pick(tiny, FFN, 67), true));
        int rows = pick(tiny, TOKENS, 11);
        for (boolean training : new boolean[] {false, true}) {
            works.add(LinearCrossEntropyWork.of(BF16, rows, pick(tiny, VOCAB, 131), pick(tiny, HIDDEN, 40), training));
        }
        for (boolean backward : new boolean[] {false, true}) {
            convolutions(works, BF16, tiny, backward);
        }
        for (boolean decode : new boolean[] {false, true}) {
            works.add(VqganWork.of(BF16, tiny ? VqganWork.SMALL : VqganWork.CHAMELEON, pick(tiny, 8, 1), decode));
        }
        works.add(TrainWork.of(BF16, tiny ? TrainStep.Size.SMALL : ONE_BILLION));
    }

    private static void convolutions(List<GpuWork> works, Precision precision, boolean tiny, boolean backward) {
        works.add(Conv2dWork.of(precision, 1, pick(tiny, 512, 7), pick(tiny, 128, 3), pick(tiny, 128, 8), backward));
        works.add(Conv2dWork.of(precision, pick(tiny, 8, 2), pick(tiny, 32, 5), pick(tiny, 512, 16), pick(tiny, 512, 5), backward));
    }

    private static void othersInFloat(List<GpuWork> works, boolean tiny) {
        int rows = pick(tiny, TOKENS, 37);
        int dim = pick(tiny, HIDDEN, 67);
        works.add(CachedAttentionWork.of(2, pick(tiny, 4_096, 65), pick(tiny, 32, 3), pick(tiny, 128, 16)));
        for (boolean backward : new boolean[] {false, true}) {
            works.add(QkNormRopeWork.of(rows, pick(tiny, 32, 3), pick(tiny, 128, 16), backward));
            works.add(SwiGluWork.of(F32, rows, pick(tiny, FFN, 67), backward));
        }
        works.add(EmbeddingWork.forward(rows, pick(tiny, VOCAB, 19), dim));
        works.add(EmbeddingWork.backward(rows, pick(tiny, VOCAB, 19), dim));
        works.add(Int8MatmulWork.of(1, pick(tiny, FFN, 67), pick(tiny, HIDDEN, 40)));
        works.addAll(ElementwiseWork.all(rows, dim));
        works.add(ElementwiseWork.dropout(rows * dim));
        works.add(ElementwiseWork.sumOfSquares(rows * dim));
        works.add(GradientNormWork.factor(rows * dim));
        works.add(GradientNormWork.normalise(dim, dim));
        works.add(MuonWork.of(dim, dim));
        for (ResampleWork.Kind kind : ResampleWork.Kind.values()) {
            works.add(ResampleWork.of(kind, pick(tiny, 1, 2), pick(tiny, 256, 3), pick(tiny, 128, 5)));
        }
        convolutions(works, F32, tiny, false);
        for (boolean decode : new boolean[] {false, true}) {
            works.add(VqganWork.of(F32, tiny ? VqganWork.SMALL : VqganWork.CHAMELEON, pick(tiny, 8, 1), decode));
        }
    }
}
