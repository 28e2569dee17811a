package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;

class ModelFolderTest {
    private static final Picture BEFORE = new PaintedPhotos().picture(0);
    private static final Picture AFTER = new PaintedPhotos().picture(1);
    private static final Picture QUERY = new PaintedPhotos().picture(2);
    private static final GenerationOptions OPTIONS = new GenerationOptions(1, 0, 1, 2, 0);

    @TempDir
    private Path folder;

    private void save(DType dtype, long seed, Path to) {
        try (TinyModel tiny = new TinyModel(seed, Arrangement.BLOCKS)) {
            ModelFolder.save(to, tiny.backend, tiny.chameleon, tiny.vqgan, tiny.config, dtype);
        }
    }

    private static Picture answer(XPromptModel model) {
        return model.generate(model.compress(List.of(new Example(BEFORE, AFTER), new Example(AFTER, BEFORE)), ""), QUERY, OPTIONS);
    }

    @Test
    void openedAgainItAnswersTheSame() {
        save(DType.F32, 1, folder);
        try (TinyModel tiny = new TinyModel(1, Arrangement.BLOCKS); XPromptModel shared = tiny.model(); XPromptModel opened = XPromptModel.open(folder, "cpu")) {
            assertThat(opened.config().xpIds()).containsExactly(tiny.config.xpIds());
            assertThat(opened.config().arrangement()).isEqualTo(Arrangement.BLOCKS);
            assertThat(opened.config().novelTasks()).containsExactly("haze");
            assertThat(opened.config().pictureSize()).isEqualTo(TinyModel.SIDE);
            assertThat(answer(opened)).isEqualTo(answer(shared));
        }
    }

    @Test
    void bfloat16OpensAndAnswers() {
        save(DType.BF16, 1, folder);
        try (XPromptModel opened = XPromptModel.open(folder, "cpu")) {
            assertThat(opened.chameleon().head().value().dtype()).isEqualTo(DType.BF16);
            assertThat(answer(opened).width()).isEqualTo(TinyModel.SIDE);
            assertThat(answer(opened)).isEqualTo(answer(opened));
        }
    }

    @Test
    void promptsGoBetweenModelsOfOneFolderOnly() {
        Path other = folder.resolve("other");
        save(DType.F32, 1, folder.resolve("one"));
        save(DType.F32, 2, other);
        Path file = folder.resolve("p.xpc");
        try (XPromptModel one = XPromptModel.open(folder.resolve("one"), "cpu")) {
            CompressedPrompt prompt = one.compress(List.of(new Example(BEFORE, AFTER)), "");
            prompt.writeTo(file);
            assertThat(one.generate(one.read(file), QUERY, OPTIONS)).isEqualTo(one.generate(prompt, QUERY, OPTIONS));
        }
        try (XPromptModel two = XPromptModel.open(other, "cpu")) {
            assertThatThrownBy(() -> two.read(file)).isInstanceOf(InvalidInput.class).hasMessageContainingAll("p.xpc", "fingerprint");
        }
    }

    @Test
    void wrongFoldersAreRefusedByFileAndField() throws IOException {
        refused("xprompt_config.json", "\"picture_size\": 16", "\"picture_size\": 18", "xprompt_config.json: picture_size", "multiple");
        refused("xprompt_config.json", "\"picture_size\": 16", "\"picture_size\": 0", "xprompt_config.json", "picture_size");
        refused("xprompt_config.json", "\"picture_size\": 16", "\"picture_size\": 99999", "xprompt_config.json", "picture_size");
        refused("xprompt_config.json", "\"format_version\": 1", "\"format_version\": 9", "xprompt_config.json", "format_version");
        refused("xprompt_config.json", "BLOCKS", "HEAPS", "xprompt_config.json", "arrangement", "SHARED");
        refused("xprompt_config.json", "39", "4000", "xprompt_config.json", "xp_ids", "4000");
        refused("xprompt_config.json", "39", "40", "xprompt_config.json", "xp_ids", "distinct");
        refused("config.json", "\"num_embeddings\": 32", "\"num_embeddings\": 31", folder.toString(), "31");
        refused("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", folder.toString(), "layers.2");
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors", "xprompt_config.json"}) {
            save(DType.F32, 1, folder);
            Files.delete(folder.resolve(name));
            assertThatThrownBy(() -> XPromptModel.open(folder, "cpu")).isInstanceOf(InvalidInput.class).hasMessageContaining(name);
        }
        assertThatThrownBy(() -> XPromptModel.open(folder.resolve("nowhere"), "cpu")).isInstanceOf(InvalidInput.class).hasMessageContaining("nowhere");
    }

    private void refused(String file, String from, String to, String... words) throws IOException {
        save(DType.F32, 1, folder);
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(from);
        Files.writeString(path, text.replace(from, to));
        assertThatThrownBy(() -> XPromptModel.open(folder, "cpu")).isInstanceOf(InvalidInput.class).hasMessageContainingAll(words);
    }
}
