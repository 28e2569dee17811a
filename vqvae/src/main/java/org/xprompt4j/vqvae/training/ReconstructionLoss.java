package org.xprompt4j.vqvae.training;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * The pixel terms: absolute and squared error at full size, absolute error of the picture shrunk by 2, 4, ..., and the error of
 * the differences between neighbouring pixels. All of them are functions of the difference x̂ - x, which is shrunk once.
 */
final class ReconstructionLoss {
    private final TokenizerRecipe.Loss weights;

    ReconstructionLoss(TokenizerRecipe.Loss weights) {
        this.weights = weights;
    }

    /**
     * The weighted sum.
     *
     * @param difference [batch, height, width, 3]
     * @return [1]
     */
    Tensor of(Ops ops, Tensor difference) {
        Tensor total = null;
        if (weights.squared() > 0) {
            total = plus(ops, total, ops.scale(ops.mean(ops.unary(UnaryOp.SQUARE, difference)), weights.squared()));
        }
        Tensor shrunk = difference;
        for (int scale = 0; scale < weights.scales().size(); scale++) {
            if (scale > 0) {
                if (shrunk.dim(1) % 2 != 0 || shrunk.dim(2) % 2 != 0) {
                    break; // a picture too small for this scale
                }
                shrunk = ops.averagePool(shrunk);
            }
            float weight = weights.absolute() * weights.scales().get(scale);
            if (weight > 0) {
                total = plus(ops, total, ops.scale(meanAbsolute(ops, shrunk), weight));
            }
        }
        if (weights.gradient() > 0) {
            total = plus(ops, total, ops.scale(meanAbsolute(ops, steps(ops, difference, 1)), weights.gradient()));
            total = plus(ops, total, ops.scale(meanAbsolute(ops, steps(ops, difference, 2)), weights.gradient()));
        }
        return total;
    }

    private static Tensor plus(Ops ops, Tensor sum, Tensor term) {
        return sum == null ? term : ops.add(sum, term);
    }

    private static Tensor meanAbsolute(Ops ops, Tensor x) {
        return ops.mean(ops.unary(UnaryOp.ABS, x));
    }

    /** Differences of neighbours along an axis: one shorter there. */
    private static Tensor steps(Ops ops, Tensor x, int axis) {
        long size = x.dim(axis);
        return ops.subtract(ops.slice(x, axis, 1, size), ops.slice(x, axis, 0, size - 1));
    }
}
