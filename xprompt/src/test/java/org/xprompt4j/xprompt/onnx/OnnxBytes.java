package org.xprompt4j.xprompt.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes protobuf's wire format by hand. */
public final class OnnxBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A field that is a varint. */
    public OnnxBytes number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    /** A field that is bytes. */
    public OnnxBytes bytes(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** A field that is text. */
    public OnnxBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A field that is a message. */
    public OnnxBytes message(int field, OnnxBytes value) {
        return bytes(field, value.all());
    }

    /** Bytes as they are. */
    public OnnxBytes raw(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** All that was written. */
    public byte[] all() {
        return out.toByteArray();
    }

    /** A float32 initializer. */
    public static OnnxBytes tensor(String name, long[] dims, float... values) {
        OnnxBytes tensor = new OnnxBytes();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return tensor.number(2, 1).text(8, name).bytes(9, raw.array());
    }

    /** A model with these initializers, and other fields around them. */
    public static byte[] model(OnnxBytes... tensors) {
        OnnxBytes graph = new OnnxBytes().message(1, new OnnxBytes().text(4, "MatMul")).text(2, "graph");
        for (OnnxBytes tensor : tensors) {
            graph.message(5, tensor);
        }
        return new OnnxBytes().number(1, 7).text(2, "by hand").message(7, graph).message(8, new OnnxBytes().number(2, 14)).all();
    }
}
