package org.xprompt4j.xprompt;

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
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;
import org.xprompt4j.xprompt.inference.Words;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.text.TextTokenizer;
import org.xprompt4j.xprompt.text.TokenizerTrainer;

/** A random model that is whole but small: 2 layers of 32, 16x16 pictures of 16 codes out of 32, 3 X-Prompt tokens. */
public final class TinyModel implements AutoCloseable {
    public static final int CODES = 32;
    public static final int SIDE = 16;
    public static final int PICTURE_CODES = 16;
    private static final int XP = 3;
    private static final float SPREAD = 0.25f; // wide first weights: logits that tell codes apart

    public final Backend backend = Backends.open("cpu");
    public final Chameleon chameleon;
    public final Vqgan vqgan;
    public final XPromptConfig config;
    /** Null for a model without. */
    public final Words words;
    /** Owns what tests compress with this model. */
    public final MemoryScope prompts = backend.openScope("prompts of the tiny model");
    private final MemoryScope scope = backend.openScope("tiny model");

    public TinyModel(long seed, Arrangement arrangement) {
        this(seed, arrangement, null);
    }

    /** The same with words: a tokenizer trained on a few sentences and written to a file. */
    public TinyModel(long seed, Arrangement arrangement, Path tokenizerFile) {
        Map<String, Integer> names = new LinkedHashMap<>();
        List.of(ImageTokens.BOS, ImageTokens.PAD, ImageTokens.EOS, "<unk>").forEach(name -> names.put(name, names.size()));
        IntStream.range(0, CODES).forEach(code -> names.put(ImageTokens.name(code), names.size()));
        List.of(ImageTokens.EOI, ImageTokens.BOI, ImageTokens.SEP).forEach(name -> names.put(name, names.size()));
        int[] xp = IntStream.range(names.size(), names.size() + XP).toArray();
        Arrays.stream(xp).forEach(id -> names.put("<reserved0910" + (id - xp[0]) + ">", id));
        vqgan = vqgan(scope, seed);
        int vocab = names.size();
        TextTokenizer text = null;
        if (tokenizerFile != null) {
            TokenizerTrainer trainer = new TokenizerTrainer(List.copyOf(names.keySet()));
            trainer.read("make it darker, make it brighter, what changed between the pictures? ".repeat(3));
            trainer.train(names.size() + 300, tokenizerFile, n -> { });
            text = TextTokenizer.read(tokenizerFile);
            vocab = text.size();
        }
        chameleon = new Chameleon(new ChameleonConfig(vocab, 32, 48, 2, 4, 2, 4096, 1e-5f, 10000f, SPREAD, false, false, false, false,
                names, Map.of("vq_config", vqgan.config().toHuggingFaceJson())));
        chameleon.initialise(scope, seed);
        config = new XPromptConfig(xp, SIDE, arrangement, List.of("negative"), List.of("haze"));
        words = text == null ? null : new Words(text, imageTokens(), vocab, "tokenizer.json");
    }

    /** A random tokenizer: 4 pixels a code. */
    public static Vqgan vqgan(MemoryScope scope, long seed) {
        Vqgan vqgan = new Vqgan(new VqganConfig(SIDE, 3, 3, 8, List.of(1, 1, 2), 1, List.of(), 8, CODES, 8, 4, false, false));
        vqgan.initialise(scope, seed);
        return vqgan;
    }

    /** This model as one that answers. */
    public XPromptModel model() {
        return XPromptModel.of(backend, config, chameleon, vqgan, words);
    }

    public ImageTokens imageTokens() {
        return ImageTokens.of(chameleon.config());
    }

    public PromptTokens tokens() {
        return config.tokens(imageTokens());
    }

    /** Random codes of a picture, a function of the number. */
    public static int[] codes(int number) {
        Philox random = new Philox(7, number);
        return IntStream.range(0, PICTURE_CODES).map(i -> random.nextInt(CODES)).toArray();
    }

    /** A random pair. */
    public static Exchange pair(int number) {
        return Exchange.pictures(codes(2 * number), codes(2 * number + 1));
    }

    @Override
    public void close() {
        prompts.close();
        scope.close();
        backend.close();
    }
}
