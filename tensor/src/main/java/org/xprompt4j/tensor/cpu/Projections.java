package org.xprompt4j.tensor.cpu;

import java.util.List;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Projection;

/**
 * Linear layers of one input. Of few rows the weights are read in one loop over all of them, see {@link FewRows}; of many rows each
 * product is long enough by itself.
 */
final class Projections {
    private static final int AT_ONCE = 4; // each takes two scratch slots

    private Projections() {
    }

    /** a [m, k]. */
    static void forward(Tensor a, List<Projection> projections) {
        if (a.size(0) <= FewRows.MAX_ROWS) {
            for (int from = 0; from < projections.size(); from += AT_ONCE) {
                fewRows(a, projections.subList(from, Math.min(projections.size(), from + AT_ONCE)));
            }
            return;
        }
        for (Projection p : projections) {
            if (p.scales() == null) {
                Matmul.forward(MatmulSpec.NT, a, p.weight(), p.epilogue(), p.out());
            } else {
                Int8Matmul.forward(a, p.weight(), p.scales(), p.epilogue(), p.out());
            }
        }
    }

    private static void fewRows(Tensor a, List<Projection> projections) {
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
