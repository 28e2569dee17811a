package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/** Safetensors: every tensor of a file that opens can be read to its last byte, and written again gives the same. */
@Tag("fuzz")
class SafetensorsFuzzTest {
    private static final Guard GUARD = new Guard("a.safetensors", 1 << 17, 400);
    private static final List<String> TYPES = List.of("F32", "F16", "BF16", "I32", "I64", "U8");

    @FuzzTest
    @DictionaryEntries({"\"dtype\":\"F32\"", "\"BF16\"", "\"F64\"", "\"F4\"", "\"shape\":[", "\"data_offsets\":[0,", "__metadata__",
        "9223372036854775807", "4294967296"})
    void open(byte[] input) {
        GUARD.check(input, () -> SafetensorsFile.open(GUARD.file()), SafetensorsFuzzTest::writeAndReadAgain);
    }

    static void writeAndReadAgain(SafetensorsFile file) {
        Path again = file.path().resolveSibling("again.safetensors");
        try (file) {
            SafetensorsWriter writer = new SafetensorsWriter();
            file.metadata().forEach(writer::metadata);
            List<String> readable = file.entries().stream().filter(entry -> TYPES.contains(entry.type())).map(SafetensorsFile.Entry::name).toList();
            for (String name : readable) {
                Tensor tensor = file.tensor(name);
                writer.add(name, DType.valueOf(tensor.dtype().name()), tensor.shape(), () -> tensor);
            }
            writer.writeTo(again);
            try (SafetensorsFile copy = SafetensorsFile.open(again)) {
                if (!copy.metadata().equals(file.metadata()) || copy.names().size() != readable.size()) {
                    throw new AssertionError("metadata or names changed: " + file.metadata() + " to " + copy.metadata());
                }
                for (String name : readable) {
                    Contents.requireEqual(name, file.tensor(name), copy.tensor(name));
                }
            }
        }
    }
}
