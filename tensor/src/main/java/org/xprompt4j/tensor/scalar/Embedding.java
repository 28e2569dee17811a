package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/** Rows of a table: {@code out[i] = table[ids[i]]}; backward {@code dTable[ids[i]] += dOut[i]} in the order of i. */
final class Embedding {
    private Embedding() {
    }

    /** table [rows, dim], ids [n], out [n, dim]. */
    static void forward(Tensor tableTensor, Tensor ids, Tensor outTensor) {
        FloatView table = FloatView.of(tableTensor);
        FloatView out = FloatView.of(outTensor);
        int[] id = checkedIds("embedding", ids, tableTensor.dim(0));
        long dim = tableTensor.dim(1);
        for (int i = 0; i < id.length; i++) {
            for (long c = 0; c < dim; c++) {
                out.set(i * dim + c, table.get(id[i] * dim + c));
            }
        }
    }

    /** ids [n], dOut [n, dim], dTable [rows, dim]. */
    static void backward(Tensor ids, Tensor dOutTensor, Tensor dTableTensor) {
        FloatView dOut = FloatView.of(dOutTensor);
        FloatView dTable = FloatView.of(dTableTensor);
        int[] id = checkedIds("embeddingBackward", ids, dTableTensor.dim(0));
        long dim = dTableTensor.dim(1);
        for (int i = 0; i < id.length; i++) {
            for (long c = 0; c < dim; c++) {
                dTable.add(id[i] * dim + c, dOut.get(i * dim + c));
            }
        }
    }

    private static int[] checkedIds(String operation, Tensor ids, long rows) {
        int[] id = ids.toIntArray();
        for (int i = 0; i < id.length; i++) {
            if (id[i] < 0 || id[i] >= rows) {
                throw new IllegalArgumentException(operation + ": id " + id[i] + " at index " + i + " is outside the table of " + rows + " rows");
            }
        }
        return id;
    }
}
