package org.xprompt4j.xprompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

class SyntheticPairsTest {
    @TempDir
    Path dir;

    @Test
    void everyTaskWithWordsIsThereNovelOnesToo() {
        List<String> names = new SyntheticPairs(TaskRegistry.all(), new PaintedPhotos(), 16, 5).tasks().stream().map(Task::name).toList();
        assertThat(names).contains("night", "haze", "negative", "sepia").hasSizeGreaterThan(20);
        for (Task task : TaskRegistry.all()) { // words do not come and go with the parameters
            for (int i = 0; i < 50; i++) {
                assertThat(task.draw(Draws.of(i, "test")).wording() != null).as(task.name()).isEqualTo(names.contains(task.name()));
            }
        }
    }

    @Test
    void theSameSeedGivesTheSamePairs() throws IOException {
        int count = new SyntheticPairs(TaskRegistry.all(), new PaintedPhotos(), 16, 5).tasks().size() + 2;
        for (String name : List.of("a", "b")) {
            new SyntheticPairs(TaskRegistry.all(), new PaintedPhotos(), 16, 5).write(dir.resolve(name), count, done -> { });
        }
        new SyntheticPairs(TaskRegistry.all(), new PaintedPhotos(), 16, 6).write(dir.resolve("c"), count, done -> { });
        PairList list = PairList.read(dir.resolve("a"));
        assertThat(list.pairs()).hasSize(count);
        assertThat(list.pairs().getFirst().id()).isEqualTo("gamma-0");
        assertThat(list.pairs().getLast().id()).isEqualTo("negative-1");
        try (Stream<Path> files = Files.list(dir.resolve("a"))) {
            for (Path file : files.toList()) {
                assertThat(file).hasSameBinaryContentAs(dir.resolve("b").resolve(file.getFileName()));
            }
        }
        assertThat(dir.resolve("a/pairs.jsonl")).hasSameBinaryContentAs(dir.resolve("b/pairs.jsonl"));
        assertThat(Files.readString(dir.resolve("c/pairs.jsonl"))).isNotEqualTo(Files.readString(dir.resolve("a/pairs.jsonl")));
        byte[] before = PictureReader.read(dir.resolve("a/permute-0-before.png")).rgb();
        byte[] after = PictureReader.read(dir.resolve("a/permute-0-after.png")).rgb();
        assertThat(after).isNotEqualTo(before);
        for (int i = 0; i < before.length; i += 3) { // channels in another order
            assertThat(sorted(after, i)).isEqualTo(sorted(before, i));
        }
    }

    private static byte[] sorted(byte[] rgb, int from) {
        byte[] pixel = Arrays.copyOfRange(rgb, from, from + 3);
        Arrays.sort(pixel);
        return pixel;
    }
}
