package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;

class CpuBackendProviderTest {
    @Test
    void vectorsServeTheDeviceHere() {
        assertThat(CpuBackendProvider.vectorObstacle()).isNull();
        try (Backend backend = Backends.open("cpu")) {
            assertThat(backend.device()).isEqualTo("cpu");
            assertThat(backend.description()).contains(Lanes.FLOATS.vectorBitSize() + " bits");
        }
    }
}
