package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.OperationProfile;
import org.xprompt4j.tensor.OperationProfile.Cost;
import org.xprompt4j.tensor.ProfilingBackend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** The profile counts what was asked for and changes no result. */
class ProfilingBackendTest {
    private static Workbench profiled() {
        return new Workbench(new ProfilingBackend(Backends.open("cpu")), Workbench.seed());
    }

    @Test
    void resultsAreThoseOfTheBackendBelow() {
        LargeOperations.all().forEach((name, operation) -> {
            try (Workbench plain = new Workbench("cpu", Workbench.seed()); Workbench measured = profiled()) {
                Tensor[] expected = operation.apply(plain);
                Tensor[] actual = operation.apply(measured);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i].toFloatArray()).as("result %d of %s", i, name).isEqualTo(expected[i].toFloatArray());
                }
                assertThat(((ProfilingBackend) measured.backend).profile().costs()).as("costs of %s", name).isNotEmpty()
                        .allMatch(cost -> cost.calls() > 0 && cost.seconds() > 0 && cost.bytes() > 0);
            }
        });
    }

    @Test
    void countsCallsOperationsAndBytes() {
        try (Workbench b = profiled()) {
            OperationProfile profile = ((ProfilingBackend) b.backend).profile();
            Tensor out = b.input(3, 5);
            b.backend.matmul(MatmulSpec.NT, b.input(3, 7), b.input(DType.BF16, 5, 7), Epilogue.NONE, out);
            b.backend.matmul(MatmulSpec.NT, b.input(3, 7), b.input(DType.BF16, 5, 7), Epilogue.NONE, out);
            b.backend.matmul(MatmulSpec.TN.accumulating(), b.input(7, 3), b.input(7, 5), Epilogue.NONE, out);
            Masks masks = Masks.xprompt(4, 2, 3);
            AttentionSpec spec = new AttentionSpec(1, masks.mask());
            Tensor q = b.input(2, 9, 2, 8);
            Tensor kept = b.output(2, 2, 9);
            b.backend.attention(spec, q, q, q, b.input(2, 9, 2, 8), kept);
            b.backend.attentionBackward(spec, q, q, q, q, kept, q, b.input(2, 9, 2, 8), null, null);
            Map<String, Cost> costs = profile.costs().stream().collect(Collectors.toMap(Cost::operation, cost -> cost));

            assertThat(costs).containsOnlyKeys("matmul NT", "matmul TN +=", "attention", "attentionBackward");
            assertThat(costs.get("matmul NT").calls()).isEqualTo(2);
            assertThat(costs.get("matmul NT").flops()).isEqualTo(2 * 2 * 3 * 5 * 7);
            assertThat(costs.get("matmul NT").bytes()).isEqualTo(2 * (4 * 3 * 7 + 2 * 5 * 7 + 4 * 3 * 5));
            assertThat(costs.get("matmul TN +=").bytes()).as("an accumulating product reads its output").isEqualTo(4 * (7 * 3 + 7 * 5 + 2 * 3 * 5));
            long pairs = 10 + 3 + 8 + 6 + 6; // IE, XP and XP over IE, TD and TD over XP
            assertThat(costs.get("attention").flops()).isEqualTo(4 * pairs * 2 * 2 * 8);
            assertThat(costs.get("attentionBackward").flops()).isEqualTo(8 * pairs * 2 * 2 * 8);
            assertThat(profile.flops()).isEqualTo(costs.values().stream().mapToLong(Cost::flops).sum());

            String table = profile.table(2);
            assertThat(table.lines()).as("a head, four operations, what is between, the sum").hasSize(7);
            assertThat(table.lines().filter(line -> line.startsWith("matmul NT"))).as(table).singleElement().asString().contains(" 1.0 ");
            profile.reset();
            assertThat(profile.costs()).isEmpty();
            assertThat(profile.seconds()).isZero();
        }
    }
}
