package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.PtxParser;

/** Every instruction of the shipped PTX is tested by itself against exact values: those of the lists of cases that other tests run. */
class OpcodeCoverageTest {
    private static final Path SHIPPED = Path.of("src/main/resources/org/xprompt4j/cuda/ptx");
    private static final Pattern OPCODE = Pattern.compile("(?<![\\w.%])[a-z][a-z0-9]*(?:\\.[A-Za-z0-9:_]+)+(?=\\s|;)");

    private static Set<String> shipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".ptx")).toList();
            assertThat(all).as("shipped PTX").hasSizeGreaterThan(15);
            Set<String> opcodes = new TreeSet<>();
            for (Path file : all) {
                PtxParser.parse(Files.readString(file), file.getFileName().toString()).functions().values().stream()
                        .flatMap(function -> function.operations().stream()).map(Operation::opcode).forEach(opcodes::add);
            }
            return opcodes;
        }
    }

    /** The instructions under test of one text, which may need others around them. */
    private static Stream<String> opcodes(String text) {
        return OPCODE.matcher(text).results().map(java.util.regex.MatchResult::group);
    }

    /** A case of one instruction names it alone. */
    private static String opcode(String text) {
        Matcher opcode = OPCODE.matcher(text);
        assertThat(opcode.find()).as("an instruction in '%s'", text).isTrue();
        return opcode.group();
    }

    private static Set<String> tested() {
        Stream<String> texts = Stream.of(IntegerInstructionTest.cases().stream().map(test -> test.instruction().text()),
                FloatInstructionTest.arithmetic().stream().map(test -> test.instruction().text()),
                FloatInstructionTest.approximations().stream().map(test -> test.opcode() + ".f32 "),
                ConversionTest.cases().stream().map(test -> test.instruction().text()), ConversionTest.comparisons().stream().map(test -> test.instruction().text()),
                DataInstructionTest.moves().stream().map(test -> test.instruction().text()), DataInstructionTest.truths().stream().map(test -> test.instruction().text())).flatMap(stream -> stream);
        Stream<String> named = Stream.of(WarpInstructionTest.shuffles().stream().map(test -> "shfl.sync." + test.mode() + ".b32"),
                WarpInstructionTest.matrices().stream().map(WarpInstructionTest.Matrices::opcode),
                AtomicTest.cases().stream().map(test -> "atom.global." + test.operation() + "." + test.type()),
                DataInstructionTest.accesses().stream().map(DataInstructionTest.Access::opcode),
                BlockInstructionTest.TESTED.stream(), WarpInstructionTest.VOTES.stream()).flatMap(stream -> stream);
        return Stream.concat(texts.map(OpcodeCoverageTest::opcode), named).collect(Collectors.toSet());
    }

    @Test
    void everyShippedInstructionHasItsTest() throws IOException {
        Set<String> missing = new TreeSet<>(shipped());
        missing.removeAll(tested());
        assertThat(missing).as("instructions of the shipped PTX without a test of their own").isEmpty();
    }

    @Test
    void anInstructionThatNobodyTestsWouldBeNoticed() {
        assertThat(opcodes("@%p bra.uni NEXT; frob.rn.f32 %d, %a;").toList()).containsExactly("bra.uni", "frob.rn.f32");
        assertThat(tested()).hasSizeGreaterThan(300).doesNotContain("frob.rn.f32", "wgmma.fence.sync.aligned");
    }
}
