package org.xprompt4j.tests.contract;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

import org.xprompt4j.tensor.Tensor;

/** Prints a checksum of the bits of every large operation's results: run with different threads, the lines must be equal. */
final class OperationDigests {
    private OperationDigests() {
    }

    /** Argument: the device. */
    public static void main(String[] args) {
        LargeOperations.all().forEach((name, operation) -> {
            try (Workbench bench = new Workbench(args[0], Workbench.seed())) {
                CRC32 crc = new CRC32();
                for (Tensor result : operation.apply(bench)) {
                    float[] values = result.toFloatArray();
                    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
                    bytes.asFloatBuffer().put(values);
                    crc.update(bytes.array());
                }
                System.out.println(name + " " + Long.toHexString(crc.getValue()));
            }
        });
    }
}
