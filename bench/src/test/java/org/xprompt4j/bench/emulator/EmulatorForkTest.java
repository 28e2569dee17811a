package org.xprompt4j.bench.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/** Every work runs right, names the kernel it is meant for, and counts; a wrong one is refused. */
class EmulatorForkTest {
    @Test
    void everyWorkRunsItsKernelAndCountsTheSameEveryTime() {
        Map<String, String> kernelOf = Map.of("matmul 192x192x192, tensor cores", "matmul_bf16:",
                "attention 2x64 over 160 tokens, tensor cores", "attention_bf16:");
        for (EmulatedWork work : EmulatedWork.all()) {
            Map<String, Object> line = EmulatorFork.measure(work, CheckLevel.FAST, 1);
            assertThat((String) line.get("kernels")).as(work.name()).contains(kernelOf.getOrDefault(work.name(), work.name().split(" ")[0] + ":"));
            double warps = (double) line.get("warp_instructions_per_second");
            assertThat((double) line.get("thread_instructions_per_second")).as(work.name()).isBetween(8 * warps, 32 * warps);
            assertThat(EmulatorFork.measure(work, CheckLevel.FAST, 1).get("thread_instructions_per_call")).as(work.name())
                    .isEqualTo(line.get("thread_instructions_per_call"));
        }
    }

    @Test
    void aWrongResultIsNotTimed() {
        boolean[] planted = {false}; // the device is set up first, the oracle second
        EmulatedWork work = new EmulatedWork("another function on one side", false, operands -> {
            Tensor x = operands.normal(5, 7);
            Tensor out = operands.empty(5, 7);
            UnaryOp op = planted[0] ? UnaryOp.SILU : UnaryOp.EXP;
            planted[0] = true;
            return new EmulatedWork.Ready(() -> operands.backend().unary(op, x, out), out);
        });
        assertThatThrownBy(() -> EmulatorFork.measure(work, CheckLevel.CHECK, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessage("another function on one side: the emulator's result is wrong");
    }

    @Test
    void levelsOfChecks() {
        assertThat(EmulatorSpeed.levels("both")).isEqualTo(List.of("on", "off"));
        assertThatThrownBy(() -> EmulatorSpeed.levels("some")).isInstanceOf(InvalidInput.class).hasMessageContaining("--checks must be on, off or both");
    }
}
