package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.Tensor;

/** Rows of a table, and their gradient in the order of the ids: {@code embedding.cu}. */
public final class Embedding {
    private static final String MODULE = "embedding";

    private Embedding() {
    }

    /** table [rows, dim]; ids [n]; out [n, dim]. */
    public static void forward(Kernels kernels, Tensor table, Tensor ids, Tensor out) {
        kernels.launch(MODULE, "forward_" + Norms.suffix(table.dtype())).in(table).i64(table.dim(0)).in(ids).out(out).i64(table.dim(1))
                .fault(requireIds("embedding", ids, table.dim(0))).run(LaunchShape.of(ids.dim(0), Norms.threads(table.dim(1))));
    }

    /** ids [n]; dOut [n, dim]; dTable [rows, dim] is added to. */
    public static void backward(Kernels kernels, Tensor ids, Tensor dOut, Tensor dTable) {
        kernels.launch(MODULE, "backward").in(ids).i32(ids.dim(0)).in(dOut).out(dTable).i64(dTable.dim(0)).i64(dTable.dim(1))
                .fault(requireIds("embeddingBackward", ids, dTable.dim(0))).run(LaunchShape.of(ids.dim(0), Norms.threads(dTable.dim(1))));
    }

    /** Checks ids that the host knows; the message is for those that it does not. */
    private static String requireIds(String operation, Tensor ids, long rows) {
        int[] known = Addresses.known(ids);
        for (int i = 0; known != null && i < known.length; i++) {
            if (known[i] < 0 || known[i] >= rows) {
                throw new IllegalArgumentException(operation + ": id " + known[i] + " at index " + i + " is outside the table of " + rows + " rows");
            }
        }
        return operation + ": an id is outside the table of " + rows + " rows";
    }
}
