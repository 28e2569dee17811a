package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.cuda.emulator.PtxEntry;
import org.xprompt4j.cuda.emulator.PtxMachine;
import org.xprompt4j.cuda.emulator.PtxModule;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;
import org.xprompt4j.tensor.InvalidInput;

/** PTX of anybody, as {@code xp kernel run} reads it: parsed, and every kernel made ready to run. */
@Tag("fuzz")
class PtxFuzzTest {
    private static final String FILE = "a.ptx";
    /** A kernel may declare a quarter of a million registers in a few bytes. */
    private static final Guard GUARD = new Guard(FILE, 256 << 20, 20_000);

    /** Module variables are memory; this long a number may be the size of one. */
    private static final String LARGE = "(?s).*([0-9]{7,}|0[xX][0-9a-fA-F]{6,}).*";

    @FuzzTest
    @DictionaryEntries({".version 8.0", ".target sm_80", ".address_size 64", ".visible .entry k(.param .u64 p) {", ".reg .b32 %r<9>;", ".loc 1 2 3",
        "ld.global.v4.f32 {%f1,%f2,%f3,%f4}, [%rd1+16];", "@!%p1 bra $L__BB0_1;", "mma.sync.aligned.m16n8k16", "shfl.sync.bfly.b32", "call.uni (retval0), f, (param0);"})
    void parse(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        GUARD.check(input, FILE, () -> {
            try {
                PtxModule module = PtxModule.parse(text, FILE);
                if (!text.matches(LARGE)) {
                    PtxMachine machine = new PtxMachine();
                    for (PtxEntry entry : module.entries()) {
                        machine.prepare(entry);
                    }
                }
                return module;
            } catch (PtxSyntaxException e) {
                throw new InvalidInput(oneLine(e.getMessage()), e);
            }
        }, module -> { });
    }

    /** As the command line prints it. */
    private static String oneLine(String message) {
        String plain = message.replaceAll("\\R+", " ").replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?");
        return plain.length() <= 400 ? plain : plain.substring(0, 400);
    }
}
