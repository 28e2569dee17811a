package org.xprompt4j.tensor;

import java.util.List;

import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Projection;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * Checks every argument once for all devices, then forwards: types, shapes, contiguity, device, and that the memory is still
 * there. The backends below compute and check only what lies in the data (ids, labels, lengths).
 * {@link Backends#open} returns every device behind one of these.
 */
final class CheckedBackend extends ForwardingBackend {
    CheckedBackend(Backend backend) {
        super(backend);
    }

    private ArgumentRules rules(String operation) {
        return new ArgumentRules(backend, operation);
    }

    /** What fixed a size; becomes text in messages alone. */
    private static Object named(Object... words) {
        return new ArgumentRules.Origin(words);
    }

    @Override
    public void matmul(MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        matmulRules("matmul", spec, a, b, epilogue, out).run(() -> backend.matmul(spec, a, b, epilogue, out));
    }

    private ArgumentRules matmulRules(String operation, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        return rules(operation).activation("a", a, spec.transposeA() ? new String[] {"k", "m"} : new String[] {"m", "k"})
                .weight("b", b, spec.transposeB() ? new String[] {"n", "k"} : new String[] {"k", "n"})
                .result("out", out, "m", "n").apart("out", out, "a", a).apart("out", out, "b", b)
                .weightOrNull("bias", epilogue.bias(), "n")
                .activationOrNull("multiplier", epilogue.multiplier(), "m", "n")
                .activationOrNull("residual", epilogue.residual(), "m", "n")
                .require(!spec.accumulate() || epilogue.isNone(), () -> "an accumulating product takes no epilogue");
    }

    @Override
    public void int8Matmul(Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        int8Rules("int8Matmul", a, weight, scales, epilogue, out).run(() -> backend.int8Matmul(a, weight, scales, epilogue, out));
    }

    private ArgumentRules int8Rules(String operation, Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        return rules(operation).activation("a", a, "m", "k").i8("weight", weight, "n", "k").f32("scales", scales, "n")
                .result("out", out, "m", "n").apart("out", out, "a", a).apart("out", out, "weight", weight).apart("out", out, "scales", scales)
                .weightOrNull("bias", epilogue.bias(), "n")
                .activationOrNull("multiplier", epilogue.multiplier(), "m", "n")
                .activationOrNull("residual", epilogue.residual(), "m", "n");
    }

    @Override
    public void projections(Tensor a, List<Projection> projections) {
        project(a, projections, 0);
    }

    /** Holds the tensors of one projection after the other, then runs all. */
    private void project(Tensor a, List<Projection> projections, int at) {
        if (at == projections.size()) {
            backend.projections(a, projections);
            return;
        }
        Projection p = projections.get(at);
        ArgumentRules rules = p.scales() == null ? matmulRules("projections", MatmulSpec.NT, a, p.weight(), p.epilogue(), p.out())
                : int8Rules("projections", a, p.weight(), p.scales(), p.epilogue(), p.out());
        for (int i = 0; i < at; i++) {
            Projection other = projections.get(i);
            rules.apart("out", p.out(), "the out of another", other.out());
            rules.apartOrNull("out", p.out(), "the multiplier of another", other.epilogue().multiplier());
            rules.apartOrNull("out", p.out(), "the residual of another", other.epilogue().residual());
            rules.apartOrNull("out of another", other.out(), "multiplier", p.epilogue().multiplier());
            rules.apartOrNull("out of another", other.out(), "residual", p.epilogue().residual());
        }
        rules.run(() -> project(a, projections, at + 1));
    }

    @Override
    public void embedding(Tensor table, Tensor ids, Tensor out) {
        rules("embedding").weight("table", table, "rows", "dim").i32("ids", ids, "n").activation("out", out, "n", "dim")
                .run(() -> backend.embedding(table, ids, out));
    }

    @Override
    public void embeddingBackward(Tensor ids, Tensor dOut, Tensor dTable) {
        rules("embeddingBackward").i32("ids", ids, "n").activation("dOut", dOut, "n", "dim").result("dTable", dTable, "rows", "dim")
                .run(() -> backend.embeddingBackward(ids, dOut, dTable));
    }

    @Override
    public void rmsNorm(float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        rules("rmsNorm").activation("x", x, "rows", "dim").weight("weight", weight, "dim").activation("out", out, "rows", "dim")
                .f32OrNull("inverseRms", inverseRms, "rows")
                .run(() -> backend.rmsNorm(eps, x, weight, out, inverseRms));
    }

    @Override
    public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        rules("rmsNormBackward").activation("x", x, "rows", "dim").weight("weight", weight, "dim").f32("inverseRms", inverseRms, "rows")
                .activation("dOut", dOut, "rows", "dim").activationOrNull("dX", dX, "rows", "dim").f32OrNull("dWeight", dWeight, "dim")
                .run(() -> backend.rmsNormBackward(x, weight, inverseRms, dOut, dX, dWeight));
    }

    @Override
    public void layerNorm(float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        rules("layerNorm").activation("x", x, "rows", "dim").weight("weight", weight, "dim").weight("bias", bias, "dim").activation("out", out, "rows", "dim")
                .run(() -> backend.layerNorm(eps, x, weight, bias, out));
    }

    @Override
    public void layerNormBackward(float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        rules("layerNormBackward").activation("x", x, "rows", "dim").weight("weight", weight, "dim").activation("dOut", dOut, "rows", "dim")
                .activationOrNull("dX", dX, "rows", "dim").f32OrNull("dWeight", dWeight, "dim").f32OrNull("dBias", dBias, "dim")
                .run(() -> backend.layerNormBackward(eps, x, weight, dOut, dX, dWeight, dBias));
    }

    @Override
    public void groupNorm(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        groupNormRules("groupNorm", spec, x).weight("weight", weight, "channels").weight("bias", bias, "channels")
                .activation("out", out, "batch", "height", "width", "channels")
                .f32("mean", mean, "batch", "groups").f32("inverseStd", inverseStd, "batch", "groups")
                .run(() -> backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd));
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        groupNormRules("groupNormBackward", spec, x).weight("weight", weight, "channels").weight("bias", bias, "channels")
                .f32("mean", mean, "batch", "groups").f32("inverseStd", inverseStd, "batch", "groups")
                .activation("dOut", dOut, "batch", "height", "width", "channels").activationOrNull("dX", dX, "batch", "height", "width", "channels")
                .f32OrNull("dWeight", dWeight, "channels").f32OrNull("dBias", dBias, "channels")
                .run(() -> backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias));
    }

    private ArgumentRules groupNormRules(String operation, GroupNormSpec spec, Tensor x) {
        return rules(operation).require(spec.groups() > 0, () -> "groups must be positive, not " + spec.groups())
                .activation("x", x, "batch", "height", "width", "channels").fix("groups", spec.groups(), "the spec").divides("groups", "channels");
    }

    @Override
    public void qkNormRope(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor positions, Tensor out) {
        qkNormRopeRules("qkNormRope", x, positions).weight("weight", weight, "groups", "headDim").weight("bias", bias, "groups", "headDim")
                .divides("groups", "heads").activation("out", out, "batch", "seq", "heads", "headDim")
                .run(() -> backend.qkNormRope(spec, x, weight, bias, positions, out));
    }

    @Override
    public void qkNormRopeBackward(QkNormRopeSpec spec, Tensor x, Tensor weight, Tensor positions, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        qkNormRopeRules("qkNormRopeBackward", x, positions).weight("weight", weight, "groups", "headDim").divides("groups", "heads")
                .activation("dOut", dOut, "batch", "seq", "heads", "headDim").activationOrNull("dX", dX, "batch", "seq", "heads", "headDim")
                .f32OrNull("dWeight", dWeight, "groups", "headDim").f32OrNull("dBias", dBias, "groups", "headDim")
                .run(() -> backend.qkNormRopeBackward(spec, x, weight, positions, dOut, dX, dWeight, dBias));
    }

    private ArgumentRules qkNormRopeRules(String operation, Tensor x, Tensor positions) {
        ArgumentRules rules = rules(operation).activation("x", x, "batch", "seq", "heads", "headDim").i32("positions", positions, "batch", "seq");
        return rules.require(rules.size("headDim") % 2 == 0, () -> "headDim of x " + x + " must be even");
    }

    @Override
    public void attention(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        attentionRules("attention", spec, q, k, v).activation("out", out, "batch", "queries", "heads", "headDim")
                .apart("out", out, "q", q).apart("out", out, "k", k).apart("out", out, "v", v)
                .f32OrNull("logSumExp", logSumExp, "batch", "heads", "queries")
                .run(() -> backend.attention(spec, q, k, v, out, logSumExp));
    }

    @Override
    public void attentionBackward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        attentionRules("attentionBackward", spec, q, k, v).activation("out", out, "batch", "queries", "heads", "headDim")
                .f32("logSumExp", logSumExp, "batch", "heads", "queries").activation("dOut", dOut, "batch", "queries", "heads", "headDim")
                .activationOrNull("dQ", dQ, "batch", "queries", "heads", "headDim").activationOrNull("dK", dK, "batch", "keys", "kvHeads", "headDim")
                .activationOrNull("dV", dV, "batch", "keys", "kvHeads", "headDim")
                .run(() -> backend.attentionBackward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV));
    }

    private ArgumentRules attentionRules(String operation, AttentionSpec spec, Tensor q, Tensor k, Tensor v) {
        return rules(operation).fix("queries", spec.mask().queries(), named("the", spec.mask())).fix("keys", spec.mask().keys(), named("the", spec.mask()))
                .activation("q", q, "batch", "queries", "heads", "headDim").activation("k", k, "batch", "keys", "kvHeads", "headDim")
                .activation("v", v, "batch", "keys", "kvHeads", "headDim").divides("kvHeads", "heads");
    }

    @Override
    public void cachedAttention(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        rules("cachedAttention").activation("q", q, "batch", "heads", "headDim").weight("keys", keys, "batch", "capacity", "kvHeads", "headDim")
                .weight("values", values, "batch", "capacity", "kvHeads", "headDim").divides("kvHeads", "heads")
                .require(keys.dtype() == values.dtype(), () -> "values " + values + " must be of the type of keys " + keys)
                .i32("lengths", lengths, "batch").activation("out", out, "batch", "heads", "headDim").apart("out", out, "q", q)
                .run(() -> backend.cachedAttention(scale, q, keys, values, lengths, out));
    }

    @Override
    public void appendToCache(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        rules("appendToCache").activation("k", k, "batch", "count", "kvHeads", "headDim").activation("v", v, "batch", "count", "kvHeads", "headDim")
                .i32("lengths", lengths, "batch").weight("keys", keys, "batch", "capacity", "kvHeads", "headDim")
                .weight("values", values, "batch", "capacity", "kvHeads", "headDim")
                .require(keys.dtype() == values.dtype(), () -> "values " + values + " must be of the type of keys " + keys)
                .apart("keys", keys, "k", k).apart("values", values, "v", v).apart("values", values, "keys", keys)
                .run(() -> backend.appendToCache(k, v, lengths, keys, values));
    }

    @Override
    public void advance(Tensor tokens, Tensor counters, Tensor drawn) {
        rules("advance").i32("tokens", tokens, "rows").i32("counters", counters, "kinds", "rows").i32("drawn", drawn, "steps", "rows")
                .apart("drawn", drawn, "tokens", tokens).apart("drawn", drawn, "counters", counters).apart("counters", counters, "tokens", tokens)
                .run(() -> backend.advance(tokens, counters, drawn));
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        rules("swiGlu").activationContiguous("out", out).sameShape("gate", gate, "up", up).sameShape("gate", gate, "out", out)
                .run(() -> backend.swiGlu(gate, up, out));
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        rules("swiGluBackward").activationContiguous("up", up).activationContiguous("dOut", dOut).sameShape("gate", gate, "up", up)
                .sameShape("gate", gate, "dOut", dOut).sameShape("gate", gate, "dGate", dGate).sameShape("gate", gate, "dUp", dUp)
                .run(() -> backend.swiGluBackward(gate, up, dOut, dGate, dUp));
    }

    @Override
    public void linearCrossEntropy(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        rules("linearCrossEntropy").activation("hidden", hidden, "rows", "dim").weight("weight", weight, "vocab", "dim").i32("labels", labels, "rows")
                .f32("rowLoss", rowLoss, "rows").f32("logSumExp", logSumExp, "rows")
                .run(() -> backend.linearCrossEntropy(spec, hidden, weight, labels, rowLoss, logSumExp));
    }

    @Override
    public void linearCrossEntropyBackward(CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale, Tensor dLoss,
            Tensor dHidden, Tensor dWeight) {
        rules("linearCrossEntropyBackward").activation("hidden", hidden, "rows", "dim").weight("weight", weight, "vocab", "dim")
                .i32("labels", labels, "rows").f32("logSumExp", logSumExp, "rows").scalarOrNull("dLoss", dLoss)
                .activationOrNull("dHidden", dHidden, "rows", "dim").f32OrNull("dWeight", dWeight, "vocab", "dim")
                .run(() -> backend.linearCrossEntropyBackward(spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight));
    }

    @Override
    public void conv2d(Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        conv2dRules("conv2d", spec, x, weight).weightOrNull("bias", bias, "out")
                .activationOrNull("residual", residual, "batch", "outHeight", "outWidth", "out")
                .activation("out", out, "batch", "outHeight", "outWidth", "out").apart("out", out, "x", x).apart("out", out, "weight", weight)
                .run(() -> backend.conv2d(spec, x, weight, bias, residual, out));
    }

    @Override
    public void conv2dBackward(Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        conv2dRules("conv2dBackward", spec, x, weight).activation("dOut", dOut, "batch", "outHeight", "outWidth", "out")
                .activationOrNull("dX", dX, "batch", "height", "width", "in")
                .f32OrNull("dWeight", dWeight, "out", "in", "kernelHeight", "kernelWidth").f32OrNull("dBias", dBias, "out")
                .run(() -> backend.conv2dBackward(spec, x, weight, dOut, dX, dWeight, dBias));
    }

    private ArgumentRules conv2dRules(String operation, Conv2dSpec spec, Tensor x, Tensor weight) {
        ArgumentRules rules = rules(operation).activation("x", x, "batch", "height", "width", "in");
        rules.weight("weight", weight, "out", "in", "kernelHeight", "kernelWidth");
        Object origin = named("x", x, "under weight", weight, "and", spec);
        return rules.fix("outHeight", spec.outHeight(x.dim(1), weight.dim(2)), origin).fix("outWidth", spec.outWidth(x.dim(2), weight.dim(3)), origin);
    }

    @Override
    public void upsampleNearest(Tensor x, Tensor out) {
        doubled(rules("upsampleNearest"), "x", x, "out", out)
                .run(() -> backend.upsampleNearest(x, out));
    }

    @Override
    public void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        doubled(rules("upsampleNearestBackward"), "dX", dX, "dOut", dOut)
                .run(() -> backend.upsampleNearestBackward(dOut, dX));
    }

    @Override
    public void averagePool(Tensor x, Tensor out) {
        doubled(rules("averagePool"), "out", out, "x", x)
                .run(() -> backend.averagePool(x, out));
    }

    @Override
    public void averagePoolBackward(Tensor dOut, Tensor dX) {
        doubled(rules("averagePoolBackward"), "dOut", dOut, "dX", dX)
                .run(() -> backend.averagePoolBackward(dOut, dX));
    }

    private static ArgumentRules doubled(ArgumentRules rules, String smallName, Tensor small, String largeName, Tensor large) {
        rules.activation(smallName, small, "batch", "h", "w", "c");
        return rules.fix("2h", 2 * rules.size("h"), named(smallName, small)).fix("2w", 2 * rules.size("w"), named(smallName, small))
                .activation(largeName, large, "batch", "2h", "2w", "c");
    }

    @Override
    public void nearestCode(Tensor z, Tensor codebook, Tensor codes) {
        rules("nearestCode").activation("z", z, "rows", "dim").f32("codebook", codebook, "codes", "dim").i32("codes", codes, "rows")
                .run(() -> backend.nearestCode(z, codebook, codes));
    }

    @Override
    public void sample(SamplingSpec spec, Tensor full, Tensor imageOnly, Tensor unconditional, Tensor streams, Tensor positions, Tensor tokens) {
        ArgumentRules rules = rules("sample").f32("full", full, "rows", "vocab").f32OrNull("imageOnly", imageOnly, "rows", "vocab")
                .f32OrNull("unconditional", unconditional, "rows", "vocab").i32("streams", streams, "rows").i32("positions", positions, "rows")
                .i32("tokens", tokens, "rows").require(imageOnly == null || unconditional != null, () -> "imageOnly rows need unconditional rows too");
        rules.require((long) spec.firstAllowed() + spec.allowedCount() <= rules.size("vocab"), () -> "allowed ids " + spec.firstAllowed() + "+"
                + spec.allowedCount() + " reach beyond the vocabulary of full " + full)
                .run(() -> backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens));
    }

    @Override
    public void adamW(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        rules("adamW").sameSize("weight", weight, "gradient", gradient).sameSize("weight", weight, "firstMoment", firstMoment)
                .sameSize("weight", weight, "secondMoment", secondMoment).require(spec.step() >= 1, () -> "steps count from 1, not " + spec.step())
                .scalar("factor", factor)
                .run(() -> backend.adamW(spec, weight, gradient, firstMoment, secondMoment, factor));
    }

    @Override
    public void muonDirection(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        rules("muonDirection").sameSize("gradient", gradient, "momentum", momentum).sameSize("gradient", gradient, "direction", direction)
                .apart("direction", direction, "gradient", gradient).apart("direction", direction, "momentum", momentum)
                .scalar("factor", factor)
                .run(() -> backend.muonDirection(beta, gradient, factor, momentum, direction));
    }

    @Override
    public void gradientNorm(double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor) {
        rules("gradientNorm").f32Contiguous("gradient", gradient).scalar("loss", loss).scalar("factor", factor)
                .usable("report", report).require(report.dtype() == DType.I64 && report.isContiguous() && report.shape().equals(Shape.of(2)),
                        () -> "report " + report + " must be I64[2], contiguous")
                .run(() -> backend.gradientNorm(maximum, gradient, loss, report, factor));
    }

    @Override
    public void normalise(double eps, Tensor x, Tensor out) {
        rules("normalise").sameSize("x", x, "out", out).run(() -> backend.normalise(eps, x, out));
    }

    @Override
    public double sumOfSquares(Tensor x) {
        return rules("sumOfSquares").f32Contiguous("x", x).get(() -> backend.sumOfSquares(x));
    }

    @Override
    public void unary(UnaryOp op, Tensor x, Tensor out) {
        rules("unary " + op).activationStrided("x", x).activationStrided("out", out).writable("out", out).requireEqualShapes("x", x, "out", out)
                .run(() -> backend.unary(op, x, out));
    }

    @Override
    public void unaryBackward(UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        rules("unaryBackward " + op).activationStrided("x", x).activationStrided("out", out).activationStrided("dOut", dOut).activationStrided("dX", dX).writable("dX", dX)
                .requireEqualShapes("x", x, "out", out).requireEqualShapes("x", x, "dOut", dOut).requireEqualShapes("x", x, "dX", dX)
                .run(() -> backend.unaryBackward(op, x, out, dOut, dX));
    }

    @Override
    public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        rules("binary " + op).activationStrided("a", a).activationStrided("b", b).activationStrided("out", out).writable("out", out)
                .require(broadcastsTo(a, out) && broadcastsTo(b, out), () -> "a " + a + " and b " + b + " do not broadcast to out " + out)
                .run(() -> backend.binary(op, a, b, out));
    }

    @Override
    public void reduce(ReduceOp op, Tensor x, Tensor out) {
        rules("reduce " + op).activationStrided("x", x).resultContiguous("out", out)
                .require(x.rank() == out.rank() && broadcastsTo(out, x) && x.numel() > 0,
                        () -> "out " + out + " must have the rank of x " + x + ", and each size that of x or 1")
                .run(() -> backend.reduce(op, x, out));
    }

    private static boolean broadcastsTo(Tensor small, Tensor large) {
        int shift = large.rank() - small.rank();
        boolean fits = shift >= 0;
        for (int i = 0; fits && i < small.rank(); i++) {
            fits = small.dim(i) == 1 || small.dim(i) == large.dim(i + shift);
        }
        return fits;
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        ArgumentRules rules = rules("copy").usable("from", from).usable("to", to).writable("to", to).requireEqualShapes("from", from, "to", to);
        if (to.numel() > 0) {
            rules.run(() -> backend.copy(from, to));
        }
    }

    @Override
    public void fill(Tensor x, float value) {
        rules("fill").usable("x", x).writable("x", x)
                .run(() -> backend.fill(x, value));
    }

    @Override
    public void scale(Tensor x, float factor, Tensor out) {
        rules("scale").activationsOfSize("x", x, "out", out)
                .run(() -> backend.scale(x, factor, out));
    }

    @Override
    public void addScaled(Tensor x, float factor, Tensor sum) {
        rules("addScaled").activationsOfSize("x", x, "sum", sum)
                .run(() -> backend.addScaled(x, factor, sum));
    }

    @Override
    public void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        rules("combine").sameSize("x", x, "sum", sum).scalarOrNull("gate", gate)
                .run(() -> backend.combine(keep, factor, x, gate, sum));
    }

    @Override
    public void dropout(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        rules("dropout").activationsOfSize("x", x, "out", out).require(probability >= 0 && probability < 1, () -> "probability must be in [0, 1), not " + probability)
                .run(() -> backend.dropout(probability, seed, stream, x, accumulate, out));
    }

    @Override
    public StepProgram record(Runnable step) {
        return backend.record(step);
    }
}
