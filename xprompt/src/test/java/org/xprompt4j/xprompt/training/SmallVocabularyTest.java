package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xprompt4j.nn.chameleon.ImageTokens;

class SmallVocabularyTest {
    @Test
    void standsInTheOrderOfChameleonUnderItsNames() {
        SmallVocabulary vocabulary = SmallVocabulary.of(1024, 16);
        assertThat(vocabulary.size()).isEqualTo(4 + 1024 + 3 + 16).isEqualTo(vocabulary.names().size());
        assertThat(vocabulary.names()).containsEntry("<s>", 0).containsEntry("<pad>", 1).containsEntry("</s>", 2)
                .containsEntry("<eoss>", 1028).containsEntry("<racm3:break>", 1029).containsEntry("<reserved08706>", 1030)
                .containsEntry("<reserved09100>", 1031).containsEntry("<reserved09115>", 1046);
        assertThat(vocabulary.xpIds()).startsWith(1031, 1032).endsWith(1046).hasSize(16);
        ImageTokens tokens = new ImageTokens(vocabulary.names(), vocabulary.size(), "test");
        assertThat(tokens.isContiguous()).isTrue();
        assertThat(tokens.firstId()).isEqualTo(4);
        assertThat(tokens.codes()).isEqualTo(1024);
        assertThat(tokens.id(1023)).isEqualTo(1027);
    }
}
