package org.xprompt4j.tests.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tests.cli.PaintedPhotos;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.xprompt.inference.AnswerDecoder;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Exchange;

/** In f32 the same seed draws the same tokens on the CPU and on this device, from pictures to pictures in both stages. */
@Tag("gpu")
@ParameterizedClass(name = "{0}")
@MethodSource("org.xprompt4j.tests.device.TestDevice#devices")
class SameTokensTest {
    private static final long SEED = 20_261_126;
    private static final int SAMPLES = 3;
    private static final int COUNT = 70;

    @TempDir
    static Path model;

    @Parameter
    String device;

    /** What a model made of the same pictures: codes of the example, answers by context [contexts][samples][codes], one picture. */
    private record Made(int[][] example, int[][][] answers, Picture picture) {
    }

    @BeforeAll
    static void write() {
        TinyModel.write(model, SEED);
    }

    private static Made generate(String device) {
        try (XPromptModel opened = XPromptModel.open(model, device, Checkpoint.Weights.F32)) {
            Example example = new Example(PaintedPhotos.picture(1), PaintedPhotos.picture(2));
            Picture query = PaintedPhotos.picture(3);
            List<Exchange> coded = opened.encode(List.of(example));
            CompressedPrompt prompt = opened.compress(List.of(example), "");
            int[] asked = opened.tokenizer().encode(List.of(opened.prepare(query)))[0];
            GenerationOptions options = new GenerationOptions(1, 20, 0.95f, 1.5f, SEED);
            int[][][] answers = List.of(new Context.Compressed(prompt), new Context.Full(coded), new Context.None()).stream()
                    .map(context -> opened.answer(jobs(context, asked), options, (code, of) -> { })).toArray(int[][][]::new);
            return new Made(new int[][] {coded.getFirst().query(), coded.getFirst().answer()}, answers, opened.generate(prompt, query, options));
        }
    }

    private static List<AnswerDecoder.Job> jobs(Context context, int[] asked) {
        return IntStream.range(0, SAMPLES).mapToObj(stream -> AnswerDecoder.Job.of(context, asked, stream)).toList();
    }

    @Test
    void generationInTwoStages() {
        TestDevice.open(device).close();
        Made expected = generate("cpu");
        Made actual = generate(device);
        assertThat(actual.example()).as("codes of the example (seed %d)", SEED).isDeepEqualTo(expected.example());
        assertThat(actual.answers()).as("answers (seed %d)", SEED).isDeepEqualTo(expected.answers());
        assertThat(Arrays.stream(expected.answers()).flatMap(Arrays::stream).map(Arrays::toString).distinct().count()).as("different answers")
                .isGreaterThan(SAMPLES);
        byte[] mine = actual.picture().rgb();
        byte[] theirs = expected.picture().rgb();
        assertThat(mine).hasSameSizeAs(theirs);
        for (int i = 0; i < mine.length; i++) { // one step: what lies between two values may be rounded either way
            assertThat(Math.abs((mine[i] & 255) - (theirs[i] & 255))).as("value %d of the picture", i).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void decodingThatStaysOnTheDevice() {
        int[][] expected;
        try (Backend cpu = Backends.open("cpu"); DecodingCase one = new DecodingCase(cpu, DType.F32, COUNT, SEED)) {
            expected = one.looped(COUNT, done -> { });
        }
        try (Backend backend = TestDevice.open(device); DecodingCase one = new DecodingCase(backend, DType.F32, COUNT, SEED)) {
            assertThat(one.looped(COUNT, done -> { })).as("tokens (seed %d)", SEED).isDeepEqualTo(expected);
        }
    }
}
