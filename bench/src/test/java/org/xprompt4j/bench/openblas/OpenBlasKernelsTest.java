package org.xprompt4j.bench.openblas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenBlasKernelsTest {
    @Test
    void theKernelsOfAnUnknownProcessorAreReplacedByTheBestItCanRun() {
        assertThat(OpenBlasKernels.instead("Prescott", Set.of("sse2", "avx2", "avx512f", "avx512vl", "avx512_bf16"))).isEqualTo("Cooperlake");
        assertThat(OpenBlasKernels.instead("Prescott", Set.of("avx2", "avx512f", "avx512vl"))).isEqualTo("SkylakeX");
        assertThat(OpenBlasKernels.instead("Sandybridge", Set.of("avx", "avx2"))).isEqualTo("Haswell");
    }

    @Test
    void aFittingChoiceStays() {
        assertThat(OpenBlasKernels.instead("Zen", Set.of("avx2", "avx512vl"))).isNull();
        assertThat(OpenBlasKernels.instead("SapphireRapids", Set.of("avx2", "avx512vl", "avx512_bf16"))).isNull();
        assertThat(OpenBlasKernels.instead("Prescott", Set.of("sse2"))).isNull();
        assertThat(OpenBlasKernels.instead("ARMV8", Set.of())).isNull();
    }
}
