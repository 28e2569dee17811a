package org.xprompt4j.tests.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.vqvae.VqganConfig;
import org.xprompt4j.xprompt.inference.ModelFolder;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.text.TextTokenizer;
import org.xprompt4j.xprompt.text.TokenizerTrainer;

/** A whole model of random weights as a folder: 2 layers of 32, pictures of 16x16 as 16 codes out of 32, 3 X-Prompt tokens. */
public final class TinyModel {
    public static final int SIDE = 16;
    private static final int CODES = 32;
    private static final int XP = 3;
    private static final int LEARNT = 300; // bytes and what was joined of them
    private static final float SPREAD = 0.25f; // wide first weights: logits that tell codes apart

    private TinyModel() {
    }

    /** Writes the model that follows from the seed; it has no words. */
    public static Path write(Path folder, long seed) {
        return write(folder, seed, false);
    }

    /** The same with words, and with a liking for pictures in the middle of a text. */
    public static Path writeWithWords(Path folder, long seed) {
        return write(folder, seed, true);
    }

    private static Path write(Path folder, long seed, boolean words) {
        Map<String, Integer> names = new LinkedHashMap<>();
        List.of(ImageTokens.BOS, ImageTokens.PAD, ImageTokens.EOS, "<unk>").forEach(name -> names.put(name, names.size()));
        IntStream.range(0, CODES).forEach(code -> names.put(ImageTokens.name(code), names.size()));
        List.of(ImageTokens.EOI, ImageTokens.BOI, ImageTokens.SEP).forEach(name -> names.put(name, names.size()));
        int[] xp = IntStream.range(names.size(), names.size() + XP).toArray();
        Arrays.stream(xp).forEach(id -> names.put("<reserved0910" + (id - xp[0]) + ">", id));
        int vocab = names.size();
        if (words) {
            TokenizerTrainer trainer = new TokenizerTrainer(List.copyOf(names.keySet()));
            trainer.read("make it darker, make it brighter, what changed between the pictures? ".repeat(3));
            vocab += LEARNT;
            trainer.train(vocab, AtomicFile.folder(folder).resolve(TextTokenizer.FILE), n -> { });
            vocab = TextTokenizer.read(folder.resolve(TextTokenizer.FILE)).size();
        }
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("tiny model")) {
            Vqgan vqgan = vqgan(scope, seed);
            Chameleon chameleon = new Chameleon(new ChameleonConfig(vocab, 32, 48, 2, 4, 2, 4096, 1e-5f, 10000f, SPREAD, false, false, false,
                    false, names, Map.of("vq_config", vqgan.config().toHuggingFaceJson())));
            chameleon.initialise(scope, seed);
            if (words) {
                int boi = names.get(ImageTokens.BOI);
                Tensor begin = chameleon.head().value().slice(0, boi, boi + 1); // [1, hidden]
                backend.scale(begin, 4, begin);
            }
            ModelFolder.save(folder, backend, chameleon, vqgan,
                    new XPromptConfig(xp, SIDE, Arrangement.SHARED, List.of("negative", "grey"), List.of("haze")), DType.BF16);
        }
        return folder;
    }

    /** Writes the picture tokenizer of such a model alone. */
    public static Path writeTokenizer(Path folder, long seed) {
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("tiny tokenizer")) {
            VqganCheckpoint.save(backend, vqgan(scope, seed), folder, DType.F32);
        }
        return folder;
    }

    private static Vqgan vqgan(MemoryScope scope, long seed) {
        Vqgan vqgan = new Vqgan(new VqganConfig(SIDE, 3, 3, 8, List.of(1, 1, 2), 1, List.of(), 8, CODES, 8, 4, false, false));
        vqgan.initialise(scope, seed);
        return vqgan;
    }
}
