package org.xprompt4j.tensor.cpu;

import java.util.List;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Projection;

/** Linear layers of one input of few rows: their weights are read in one loop over all of them, see {@link FewRows}. */
final class Projections {
    private static final int AT_ONCE = 4; // each takes two scratch slots

    private Projections() {
    }

    /** a [m, k], m at most {@link FewRows#MAX_ROWS}. */
    static void fewRows(Tensor a, List<Projection> projections) {
        for (int from = 0; from < projections.size(); from += AT_ONCE) {
            together(a, projections.subList(from, Math.min(projections.size(), from + AT_ONCE)));
        }
    }

    private static void together(Tensor a, List<Projection> projections) {
        Tensor[] weights = new Tensor[projections.size()];
        TileSink[] sinks = new TileSink[weights.length];
        for (int i = 0; i < weights.length; i++) {
            Projection p = projections.get(i);
            weights[i] = p.weight();
            sinks[i] = p.scales() == null ? Matmul.sink(false, p.epilogue(), p.out(), i) : Int8Matmul.sink(p.scales(), p.epilogue(), p.out(), i);
        }
        FewRows.run(a, weights, sinks);
    }
}
