package org.xprompt4j.xprompt.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;

/**
 * A model ready to do by example. Not thread-safe: one thread at a time.
 *
 * <pre>{@code
 * try (XPromptModel model = XPromptModel.open(Path.of("xprompt/models/demo"), "cpu")) {
 *     CompressedPrompt prompt = model.compress(List.of(new Example(before, after)), "night to day");
 *     Picture answer = model.generate(prompt, photo, GenerationOptions.recommended());
 * }
 * }</pre>
 */
public final class XPromptModel implements AutoCloseable {
    private final Backend backend;
    private final boolean ownsBackend;
    private final MemoryScope scope; // weights and compressed prompts
    private final XPromptConfig config;
    private final Chameleon model;
    private final PictureTokenizer tokenizer;
    private final PromptTokens tokens;
    private final String fingerprint;
    private final ImageTokens imageTokens;
    private final ContextReader reader;
    private final AnswerDecoder decoder;
    private final Words words; // null for a model without

    /** @param where stands before the file names of complaints */
    private XPromptModel(Backend backend, boolean ownsBackend, MemoryScope scope, XPromptConfig config, Chameleon model, Vqgan vqgan,
            ImageTokens image, Words words, String fingerprint, String where) {
        this.backend = backend;
        this.ownsBackend = ownsBackend;
        this.scope = scope;
        this.config = config;
        this.model = model;
        this.tokenizer = new PictureTokenizer(backend, vqgan);
        this.words = words;
        this.fingerprint = fingerprint;
        this.tokens = config.tokens(image);
        this.imageTokens = image;
        this.reader = new ContextReader(backend, model, tokens, fingerprint);
        this.decoder = new AnswerDecoder(backend, model, tokens, image);
        if (image.codes() != vqgan.config().codes()) {
            throw new InvalidInput(where + "config.json: vocabulary_map: names " + image.codes() + " image codes, the picture tokenizer (vq_config) has "
                    + vqgan.config().codes());
        }
        if (config.pictureSize() % vqgan.config().reduction() != 0) {
            throw new InvalidInput(where + XPromptConfig.FILE + ": picture_size is " + config.pictureSize()
                    + ", must be a multiple of the tokenizer's " + vqgan.config().reduction() + " pixels per code");
        }
        if (!vqgan.canDecode()) {
            throw new InvalidInput(where + "model.safetensors: model.vqmodel.decoder: is missing; answers cannot be made into pictures without it");
        }
    }

    /** A model in training, seen as one that answers: shares weights and backend with the trainer, frees neither. */
    public static XPromptModel of(Backend backend, XPromptConfig config, Chameleon model, Vqgan vqgan) {
        return of(backend, config, model, vqgan, null);
    }

    /** The same for a model with words. */
    public static XPromptModel of(Backend backend, XPromptConfig config, Chameleon model, Vqgan vqgan, Words words) {
        ImageTokens image = ImageTokens.of(model.config());
        return new XPromptModel(backend, false, backend.openScope("prompts"), config, model, vqgan, image, words, "in training", "");
    }

    /** Opens a model folder on a device, with weights of the type that its file holds. */
    public static XPromptModel open(Path folder, String device) {
        return open(folder, device, Checkpoint.Weights.AS_STORED);
    }

    /**
     * Opens a model folder on a device.
     *
     * @param weights type of the transformer's weights in memory; the picture tokenizer is always F32
     * @throws InvalidInput naming file and field
     */
    public static XPromptModel open(Path folder, String device, Checkpoint.Weights weights) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": no such folder; a model is a folder with config.json and model.safetensors");
        }
        Backend backend = Backends.open(device);
        MemoryScope scope = backend.openScope("model " + folder.getFileName());
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
            XPromptConfig config = XPromptConfig.read(folder, checkpoint.config().vocabSize());
            Chameleon model = checkpoint.model(backend, scope, weights);
            ModelFolder.restoreXpEmbedding(backend, checkpoint, model, config.xpIds(), folder);
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder);
            ImageTokens image = ImageTokens.of(model.config(), folder + "/" + ChameleonConfig.FILE);
            Words words = Words.read(folder, image, model.config().vocabSize());
            return new XPromptModel(backend, true, scope, config, model, vqgan, image, words, ModelFolder.fingerprint(folder), folder + "/");
        } catch (RuntimeException e) {
            scope.close();
            backend.close();
            throw e;
        }
    }

    /** X-Prompt tokens, picture size and tasks. */
    public XPromptConfig config() {
        return config;
    }

    /** The device it runs on. */
    public Backend backend() {
        return backend;
    }

    /** The transformer. */
    public Chameleon chameleon() {
        return model;
    }

    /** The image tokenizer. */
    public PictureTokenizer tokenizer() {
        return tokenizer;
    }

    /** Decides which compressed prompts belong to this model. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The picture as this model sees it: shorter side resized, centre cut out. */
    public Picture prepare(Picture picture) {
        int size = config.pictureSize();
        return picture.width() == size && picture.height() == size ? picture : CentreCrop.square(picture, size);
    }

    /** True for a model that was trained with words. */
    public boolean hasWords() {
        return words != null;
    }

    private Words words() {
        if (words == null) {
            throw new InvalidInput("this model has no words (its folder holds no tokenizer.json): it takes no instruction and tells nothing; "
                    + "a model trained with words is needed, see 'xp train --help'");
        }
        return words;
    }

    /** A question in the order of {@link Exchange#question}: words, none where the text is empty, and pictures. */
    public List<Part> question(List<Picture> pictures, String text) {
        int[] said = ids(text); // a model without words refuses before it looks at pictures
        int[][] codes = pictures.isEmpty() ? new int[0][] : tokenizer.encode(pictures.stream().map(this::prepare).toList());
        return Exchange.question(said, Arrays.stream(codes).map(Part.Image::new).toList());
    }

    /** Vocabulary ids of a text, [tokens]; none where it is empty. */
    private int[] ids(String text) {
        return text.isEmpty() ? new int[0] : words().part(text).ids();
    }

    /** Codes of examples, inputs and outputs tokenized together, with their words. */
    public List<Exchange> encode(List<Example> examples) {
        List<Picture> pictures = new ArrayList<>();
        for (Example example : examples) {
            pictures.add(prepare(example.input()));
            pictures.add(prepare(example.output()));
        }
        int[][] codes = tokenizer.encode(pictures);
        List<Exchange> pairs = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            pairs.add(Exchange.pictures(codes[2 * i], codes[2 * i + 1]).withWords(ids(examples.get(i).instruction())));
        }
        return pairs;
    }

    /** Stage 1: examples into X-Prompt tokens. The result lives until the model is closed. */
    public CompressedPrompt compress(List<Example> examples, String note) {
        return compressCoded(List.of(encode(examples)), note, scope).getFirst();
    }

    /** Stage 1 for several prompts; {@code keep} owns the results. */
    public List<CompressedPrompt> compressCoded(List<List<Exchange>> contexts, String note, MemoryScope keep) {
        return reader.compress(contexts, config.arrangement(), note, keep);
    }

    /**
     * Reads a compressed prompt that this model made. It lives until the model is closed.
     *
     * @throws InvalidInput naming file and field
     */
    public CompressedPrompt read(Path file) {
        return read(file, scope);
    }

    /** Reads a compressed prompt that this model made; {@code keep} owns it, and receives nothing when it is refused. */
    public CompressedPrompt read(Path file, MemoryScope keep) {
        Shape entry = Shape.of(model.config().kvHeads(), model.config().headDim());
        return CompressedPrompt.read(file, backend, keep, model.config().layers(), entry, fingerprint);
    }

    /** Stage 2 for one query: the answer picture. */
    public Picture generate(CompressedPrompt prompt, Picture query, GenerationOptions options) {
        return generate(new Context.Compressed(prompt), query, 1, options, (code, of) -> { }).getFirst();
    }

    /** Stage 2 for one query: several samples, told apart by their noise streams. */
    public List<Picture> generate(Context context, Picture query, int samples, GenerationOptions options, AnswerDecoder.Listener listener) {
        return generate(context, question(List.of(query), ""), samples, options, listener);
    }

    /** Stage 2 for one question of pictures and words: several samples. */
    public List<Picture> generate(Context context, List<Part> asked, int samples, GenerationOptions options, AnswerDecoder.Listener listener) {
        List<AnswerDecoder.Job> jobs = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            jobs.add(new AnswerDecoder.Job(context, asked, i));
        }
        return tokenizer.decode(answer(jobs, options, listener), config.pictureSize(), config.pictureSize());
    }

    /** Stage 2 for many jobs whose contexts are of one kind, with questions of any length: codes [jobs][codes]. */
    public int[][] answer(List<AnswerDecoder.Job> jobs, GenerationOptions options, AnswerDecoder.Listener listener) {
        return decoder.answer(jobs, pictureCodes(), options, listener);
    }

    /**
     * Stage 2 for a question that is answered in words.
     *
     * @param listener told of the text as it is drawn, piece by piece
     */
    public String tell(Context context, List<Part> asked, TextOptions options, Consumer<String> listener) {
        Reply reply = mixed().draw(context, List.of(asked), AnswerMode.TEXT, options, GenerationOptions.greedy(), ReplyListener.ofText(listener));
        return text(reply);
    }

    /**
     * Stage 2 for a dialogue that is answered with words, a picture, or both. The same seeds give the same answer.
     *
     * @param turns question, answer, question ... of parts, a question last; see {@link #question}
     * @param text how words are drawn; {@link TextOptions#mostTokens} counts the tokens of pictures too
     * @param picture how codes are drawn, each picture with noise of its own
     * @throws InvalidInput when the dialogue leaves no room for an answer within the model's positions
     */
    public Reply converse(Context context, List<List<Part>> turns, AnswerMode mode, TextOptions text, GenerationOptions picture,
            ReplyListener listener) {
        MixedDecoder decoder = mixed();
        int start = switch (context) {
            case Context.None none -> 0;
            case Context.Compressed compressed -> compressed.prompt().nextPosition();
            case Context.Full full -> PromptLayout.context(tokens, ContextMode.FULL, config.arrangement(), full.examples()).endPosition();
        };
        int asked = PromptLayout.dialogue(tokens, turns, start).endPosition();
        int room = model.config().maxPositions() - asked;
        int least = mode == AnswerMode.IMAGE ? PromptTokens.pictureLength(pictureCodes()) : 1;
        if (room < least) {
            throw new InvalidInput(String.format(Locale.ROOT, "the prompt takes %,d of the model's %,d positions (max_position_embeddings of its "
                    + "config.json) and the answer needs at least %,d more; shorten the prompt", asked, model.config().maxPositions(), least));
        }
        return decoder.draw(context, turns, mode, text.withMostTokens(Math.min(text.mostTokens(), room)), picture, listener);
    }

    private MixedDecoder mixed() {
        return new MixedDecoder(backend, model, words(), tokens, imageTokens, pictureCodes());
    }

    /** Codes of a picture as this model draws it. */
    public int pictureCodes() {
        return tokenizer.codes(config.pictureSize(), config.pictureSize());
    }

    /** The words of an answer, one stretch behind the other. */
    public String text(Reply reply) {
        return reply.parts().stream().map(this::text).collect(Collectors.joining());
    }

    /** The words of a part of an answer; none of a picture. */
    public String text(Part part) {
        return part instanceof Part.Text said ? words().text(said.ids()) : "";
    }

    /** The picture of codes [codes] that this model drew. */
    public Picture picture(int[] codes) {
        return tokenizer.decode(new int[][] {codes}, config.pictureSize(), config.pictureSize()).getFirst();
    }

    /** Frees the weights and, for a model that was opened from a folder, the device. */
    @Override
    public void close() {
        scope.close();
        if (ownsBackend) {
            backend.close();
        }
    }
}
