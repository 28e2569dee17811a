package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Npy;

/** NumPy arrays: what is read is written and read again bit for bit. */
@Tag("fuzz")
class NpyFuzzTest {
    private static final Guard GUARD = new Guard("a.npy", 1 << 17, 60);
    private static final Backend BACKEND = Backends.open("scalar");

    @FuzzTest
    @DictionaryEntries({"NUMPY", "'descr': '<f4'", "'<f2'", "'<i4'", "'<i8'", "'|u1'", "'fortran_order': False", "'shape': (", "(3,)", "(0, 2)"})
    void read(byte[] input) {
        try (MemoryScope scope = BACKEND.openScope("fuzz")) {
            GUARD.check(input, () -> Npy.read(GUARD.file(), scope), tensor -> {
                Path again = GUARD.folder().resolve("b.npy");
                Npy.write(again, tensor);
                Tensor copy = Npy.read(again, scope);
                Contents.requireEqual("array", tensor, copy);
            });
        }
    }
}
