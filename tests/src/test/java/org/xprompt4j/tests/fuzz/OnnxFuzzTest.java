package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.xprompt.onnx.OnnxFile;

/** ONNX: every initializer of a file that opens has as many numbers as its shape says, or is refused in one line. */
@Tag("fuzz")
class OnnxFuzzTest {
    private static final Guard GUARD = new Guard("a.onnx", 1 << 17, 400);

    @FuzzTest
    @DictionaryEntries({"\\x3a", "\\x2a\\x0f", "\\x08\\x02\\x10\\x01", "\\x42\\x01a", "\\x4a\\x04", "\\x70\\x01", "\\xff\\xff\\xff\\xff\\x07"})
    void open(byte[] input) {
        GUARD.check(input, () -> OnnxFile.open(GUARD.file()), OnnxFuzzTest::readAll);
    }

    private static void readAll(OnnxFile file) {
        try (file) {
            for (String name : file.names()) {
                Shape shape = file.shape(name);
                try {
                    if (file.floats(name, shape).length != shape.numel()) {
                        throw new AssertionError(name + " of shape " + shape + " has another number of elements");
                    }
                } catch (InvalidInput e) { // of another type, or its numbers lie elsewhere
                    if (!e.getMessage().startsWith(file.path() + ": initializer ") || e.getMessage().lines().count() != 1) {
                        throw new AssertionError("the complaint about " + name + " is " + e.getMessage(), e);
                    }
                }
            }
        }
    }

    /** A model with one initializer "a" of two float32 numbers, and fields that are skipped. */
    static byte[] small() {
        byte[] tensor = {8, 2, 16, 1, 66, 1, 'a', 74, 8, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};
        return model(tensor);
    }

    /** The same with packed sizes, another type, and a second tensor without numbers. */
    static byte[] packed() {
        byte[] first = {10, 3, 2, 0, 5, 16, 7, 66, 1, 'b', 74, 0};
        byte[] second = {8, 1, 16, 1, 34, 4, 0, 0, 0, 0, 66, 1, 'c'};
        return model(first, second);
    }

    private static byte[] model(byte[]... tensors) {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        graph.writeBytes(new byte[] {10, 3, 34, 1, 'N', 18, 1, 'g'});
        for (byte[] tensor : tensors) {
            graph.write(42);
            graph.write(tensor.length);
            graph.writeBytes(tensor);
        }
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.writeBytes(new byte[] {8, 7, 18, 2});
        model.writeBytes("by".getBytes(StandardCharsets.UTF_8));
        model.write(58);
        model.write(graph.size());
        model.writeBytes(graph.toByteArray());
        model.writeBytes(new byte[] {66, 2, 16, 14});
        return model.toByteArray();
    }
}
