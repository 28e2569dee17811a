package org.xprompt4j.tests.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.vqvae.TokenCache;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** Every kind of file that replaces another is the old one or the new one, whichever operation fails; readers are told in one line. */
class SavedFilesTest {
    private static final int OLD = 1;
    private static final int NEW = 2;

    @TempDir
    private Path folder;

    /** A file of one version over another; readers return the version. */
    private record Replacing(String name, BiConsumer<Path, Integer> writer, Function<Path, Integer> reader) implements FaultDrill.Work {
        @Override
        public void prepare(Path real) {
            writer.accept(real.resolve(name), OLD);
        }

        @Override
        public void act(Path faulty) {
            writer.accept(faulty.resolve(name), NEW);
        }

        @Override
        public boolean isNew(Path real) {
            int version = reader.apply(real.resolve(name));
            assertThat(version).as("version of %s", name).isIn(OLD, NEW);
            return version == NEW;
        }
    }

    private void drill(String name, int atLeast, BiConsumer<Path, Integer> writer, Function<Path, Integer> reader) throws IOException {
        int runs = new FaultDrill(folder, false).run(new Replacing(name, writer, reader));
        assertThat(runs).as("runs").isGreaterThanOrEqualTo(atLeast);
        readersSaySo(name, writer, reader);
        System.out.println(name + ": " + runs + " faults while writing");
    }

    /** Whichever read fails or is torn, the reader refuses in one line that names the file, or it read the right content. */
    private void readersSaySo(String name, BiConsumer<Path, Integer> writer, Function<Path, Integer> reader) {
        Path file = folder.resolve(name);
        writer.accept(file, NEW);
        for (Fault.Kind kind : Fault.Kind.values()) {
            boolean struck = true;
            for (int at = 1; struck; at++) {
                FaultyFiles files = new FaultyFiles(new Fault(kind, at));
                try {
                    assertThat(reader.apply(files.over(file))).as("%s", files.fault()).isEqualTo(NEW);
                } catch (InvalidInput e) {
                    assertThat(e.getMessage()).contains(file.toString()).doesNotContain("\n");
                }
                struck = files.fault().struck();
            }
        }
        assertThat(reader.apply(file)).isEqualTo(NEW);
    }

    @Test
    void jsonReports() throws IOException {
        drill("report.json", 15, (file, version) -> AtomicFile.text(file, JsonWriter.pretty(Map.of("version", version, "words", "w".repeat(5000)))),
                file -> Math.toIntExact(Json.read(file).get("version").asLong(0, 9)));
    }

    @Test
    void pictures() throws IOException {
        drill("answer.png", 15, (file, version) -> PictureWriter.write(new Picture(20, 20, filled(1200, version)), file),
                file -> (int) PictureReader.read(file).rgb()[0]);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void safetensors() throws IOException {
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("drill")) {
            drill("model.safetensors", 20, (file, version) -> new SafetensorsWriter().metadata("v", "" + version)
                    .add("a", scope.of(new float[] {version, version}, 2)).add("b", scope.of(new int[] {version}, 1)).writeTo(file), file -> {
                        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
                            int version = Integer.parseInt(stored.metadata().get("v"));
                            assertThat(stored.tensor("a").toFloatArray()).containsExactly(version, version);
                            assertThat(stored.tensor("b").toIntArray()).containsExactly(version);
                            return version;
                        }
                    });
        }
    }

    @Test
    void tokenCaches() throws IOException {
        drill("test.codes", 15, (file, version) -> TokenCache.write(file, "ab".repeat(32), 16,
                List.of(new TokenCache.Grid("one", 1, 2, new int[] {version, version}), new TokenCache.Grid("two", 2, 1, new int[] {3, version}))), file -> {
                    try (TokenCache cache = TokenCache.open(file)) {
                        assertThat(cache.grid(1).codes()).containsExactly(3, cache.grid(0).codes()[0]);
                        return cache.grid(0).codes()[1];
                    }
                });
    }

    @Test
    void compressedPrompts() throws IOException {
        Path stored = TinyModel.write(folder.resolve("model"), 1);
        try (XPromptModel model = XPromptModel.open(stored, "cpu")) {
            List<CompressedPrompt> versions = List.of(prompt(model, OLD), prompt(model, NEW));
            drill("task.xpc", 20, (file, version) -> versions.get(version - 1).writeTo(file), file -> {
                CompressedPrompt prompt = model.read(file);
                int version = Integer.parseInt(prompt.note());
                KvCache.Entries expected = versions.get(version - 1).layers().getLast();
                assertThat(prompt.layers().getLast().values().toFloatArray()).isEqualTo(expected.values().toFloatArray());
                return version;
            });
        }
    }

    private static CompressedPrompt prompt(XPromptModel model, int version) {
        Picture picture = new Picture(TinyModel.SIDE, TinyModel.SIDE, filled(3 * TinyModel.SIDE * TinyModel.SIDE, 50 * version));
        return model.compress(List.of(new Example(picture, picture)), "" + version);
    }

    @Test
    void modelFoldersOpenOrSayWhatIsWrong() throws IOException {
        Path stored = TinyModel.write(folder.resolve("model"), 1);
        int refused = 0;
        boolean struck = true;
        for (int at = 1; struck; at++) {
            FaultyFiles files = new FaultyFiles(new Fault(Fault.Kind.FAILS, at));
            try (XPromptModel model = XPromptModel.open(files.over(stored), "cpu")) {
                assertThat(model.config().pictureSize()).isEqualTo(TinyModel.SIDE);
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).contains(stored.toString()).doesNotContain("\n");
                refused++;
            }
            struck = files.fault().struck();
        }
        assertThat(refused).as("failed reads that were told").isGreaterThan(5);
    }

    /** The drill itself: a writer that writes in place is caught. */
    @Test
    void aFileWrittenInPlaceIsCaught() {
        Replacing careless = new Replacing("careless.txt", (file, version) -> {
            try {
                Files.writeString(file, ("" + version).repeat(100));
            } catch (IOException e) {
                throw new InvalidInput(file + ": " + e.getMessage(), e);
            }
        }, file -> {
            try {
                String text = Files.readString(file);
                assertThat(text).as("careless.txt").hasSize(100);
                return Integer.parseInt(text.substring(99));
            } catch (IOException e) {
                throw new InvalidInput(file + ": " + e.getMessage(), e);
            }
        });
        assertThatThrownBy(() -> new FaultDrill(folder, false).run(careless)).isInstanceOf(AssertionError.class).hasMessageContaining("careless.txt");
    }
}
