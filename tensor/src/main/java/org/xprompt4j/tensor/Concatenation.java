package org.xprompt4j.tensor;


/** Tensors behind one another along an axis; each gets its stretch of the gradient. */
final class Concatenation {
    private Concatenation() {
    }

    static Tensor of(Ops ops, int axis, Tensor... parts) {
        int a = parts[0].shape().axis(axis);
        long[] dims = parts[0].shape().toArray();
        dims[a] = 0;
        for (Tensor part : parts) {
            dims[a] += part.dim(a);
        }
        Tensor out = ops.scope().allocate(parts[0].dtype(), dims);
        long at = 0;
        for (Tensor part : parts) {
            ops.backend().copy(part, out.slice(a, at, at + part.dim(a)));
            at += part.dim(a);
        }
        if (ops.tracked(parts)) {
            ops.tape().record(out, dOut -> addGradients(ops, a, dOut, parts));
        }
        return out;
    }

    private static void addGradients(Ops ops, int axis, Tensor dOut, Tensor[] parts) {
        long from = 0;
        for (Tensor part : parts) {
            ops.addReduced(dOut.slice(axis, from, from + part.dim(axis)), part);
            from += part.dim(axis);
        }
    }
}
