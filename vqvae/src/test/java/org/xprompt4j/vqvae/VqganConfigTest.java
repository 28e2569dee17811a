package org.xprompt4j.vqvae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

class VqganConfigTest {
    private static final String CONFIG = """
            {"vq_config": {"double_latent": false, "latent_channels": 8, "resolution": 16, "in_channels": %d, "base_channels": 8, "channel_multiplier": [1, 2],
             "num_res_blocks": 1, "num_embeddings": 3, "embed_dim": 8, "norm_groups": 4, "normalize_codes": %b, "patch_path": true}}""";

    private static VqganConfig read(int inChannels, boolean normalizeCodes) {
        return VqganConfig.read(Json.parse(CONFIG.formatted(inChannels, normalizeCodes).getBytes(StandardCharsets.UTF_8), "model/config.json"));
    }

    @Test
    void patchPathIsReadWhereItFits() {
        assertThat(read(3, false).patchPath()).isTrue();
    }

    @Test
    void patchPathThatDoesNotFitIsRefusedByFileAndField() {
        assertThatThrownBy(() -> read(4, false)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("model/config.json").hasMessageContaining("patch_path").hasMessageContaining("4 in and 3 out");
        assertThatThrownBy(() -> read(3, true)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("model/config.json").hasMessageContaining("normalize_codes");
    }
}
