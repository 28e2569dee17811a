package org.xprompt4j.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.vqvae.VqganCheckpoint;

class TokenizerTrainingTest {
    private static final TokenizerRecipe.Adversary ADVERSARY = new TokenizerRecipe.Adversary(0.1f, 6, 32, 1, 1e-3f);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 8}) // before quantising, at its first step, just after, and with the discriminator
    void aResumedRunIsAnUnbrokenRunBitForBit(int brokenAt) throws IOException {
        requireResumes(TinyRecipe.recipe(10, ADVERSARY), brokenAt);
    }

    @Test
    void soDoesARunThatStartsFromPatches() throws IOException {
        requireResumes(TinyRecipe.patchRecipe(6), 3);
    }

    private void requireResumes(TokenizerRecipe recipe, int brokenAt) throws IOException {
        PictureBatches pictures = TinyRecipe.pictures(4, 8);
        Path broken = folder.resolve("broken");
        Path whole = folder.resolve("whole");
        try (Backend backend = Backends.open("scalar")) {
            try (TokenizerTraining training = new TokenizerTraining(backend, recipe)) {
                training.run(pictures, metrics -> true);
                assertThat(training.isComplete()).isTrue();
                training.save(whole);
            }
            try (TokenizerTraining training = new TokenizerTraining(backend, recipe)) {
                training.run(pictures, metrics -> metrics.step() + 1 < brokenAt);
                assertThat(training.step()).isEqualTo(brokenAt);
                training.save(broken);
            }
            try (TokenizerTraining training = TokenizerTraining.resume(backend, recipe, broken)) {
                training.run(pictures, metrics -> true);
                training.save(broken);
            }
        }
        assertThat(Files.mismatch(broken, whole)).as("first byte that differs").isEqualTo(-1);
    }

    @Test
    void learnsAndKeepsItsCodebookInUse() {
        List<StepMetrics> steps = new ArrayList<>();
        TokenizerRecipe recipe = TinyRecipe.recipe(120, TokenizerRecipe.Adversary.none());
        try (Backend backend = Backends.open("cpu"); TokenizerTraining training = new TokenizerTraining(backend, recipe)) {
            training.run(TinyRecipe.pictures(8, 8), steps::add);
        }
        StepMetrics last = steps.getLast();
        assertThat(last.psnr()).as("PSNR of the last batch; the first had %s", steps.getFirst().psnr()).isGreaterThan(steps.getFirst().psnr() + 5);
        assertThat(last.perplexity()).as("perplexity of 16 codes").isGreaterThan(6);
        assertThat(last.used()).isBetween(6, 16);
        assertThat(steps.getFirst().perplexity()).as("nothing is quantised at first").isZero();
    }

    @Test
    void aModelWithAPatchPathStartsAsPrincipalComponentsAndGoesOnFromThere() {
        List<StepMetrics> steps = new ArrayList<>();
        PictureBatches.Batch same = TinyRecipe.pictures(8, 8).at(0);
        try (Backend backend = Backends.open("cpu"); TokenizerTraining training = new TokenizerTraining(backend, TinyRecipe.patchRecipe(60))) {
            training.run(step -> same, steps::add);
        }
        assertThat(steps.getFirst().psnr()).as("PSNR before any step").isGreaterThan(18);
        assertThat(steps.getLast().psnr()).as("PSNR at the end; at first %s", steps.getFirst().psnr()).isGreaterThan(steps.getFirst().psnr() + 1);
        assertThat(steps.getLast().perplexity()).as("perplexity of 16 codes").isGreaterThan(6);
    }

    @Test
    void aKeptCodebookStaysAndTheDecoderStartsAtItsBestLinearFit() {
        TokenizerRecipe first = TinyRecipe.patchRecipe(10);
        TokenizerRecipe second = new TokenizerRecipe(first.model(), 6, 30, true, first.optimiser(), first.loss(), first.codebook(), first.adversary());
        PictureBatches pictures = TinyRecipe.pictures(8, 8);
        List<StepMetrics> before = new ArrayList<>();
        List<StepMetrics> after = new ArrayList<>();
        try (Backend backend = Backends.open("cpu"); TokenizerTraining training = new TokenizerTraining(backend, first)) {
            training.run(pictures, before::add);
            String codes = VqganCheckpoint.fingerprint(training.vqgan());
            try (TokenizerTraining decoder = TokenizerTraining.from(backend, second, training.vqgan())) {
                decoder.run(pictures, after::add);
                assertThat(VqganCheckpoint.fingerprint(decoder.vqgan())).as("all that decides codes").isEqualTo(codes);
            }
        }
        // Steps of both runs see the same pictures: the first ten are compared.
        double was = before.subList(5, 10).stream().mapToDouble(StepMetrics::psnr).average().orElseThrow();
        double is = after.subList(5, 10).stream().mapToDouble(StepMetrics::psnr).average().orElseThrow();
        assertThat(is).as("PSNR with the fitted way out; before it %s", was).isGreaterThan(was);
    }

    @Test
    void aStateOfAnotherRecipeIsRefusedByName() {
        Path file = folder.resolve("state");
        try (Backend backend = Backends.open("scalar")) {
            try (TokenizerTraining training = new TokenizerTraining(backend, TinyRecipe.recipe(10, ADVERSARY))) {
                training.save(file);
            }
            assertThatThrownBy(() -> TokenizerTraining.resume(backend, TinyRecipe.recipe(11, ADVERSARY), file))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("steps=10").hasMessageContaining("steps=11");
            assertThatThrownBy(() -> TokenizerTraining.resume(backend, TinyRecipe.recipe(10, TokenizerRecipe.Adversary.none()), file))
                    .isInstanceOf(InvalidInput.class).hasMessageContaining("weight=0.1");
        }
    }

    @Test
    void aWrongFieldOfTheRecipeIsNamed() {
        assertThatThrownBy(() -> new TokenizerRecipe.Optimiser(0, 0, 0, 0.9f, 0.9f, 0, 0)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("optimiser.peakRate");
        assertThatThrownBy(() -> new TokenizerRecipe.Codebook(1, 1, 0, 1, 0.9f, 0, 1, 0, 0)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("codebook.decay");
        assertThatThrownBy(() -> new TokenizerRecipe.Loss(0, 0, List.of(1f), 0, 0)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("loss.absolute + loss.squared");
    }
}
