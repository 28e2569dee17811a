package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.embed.TextEmbedders;
import org.xprompt4j.xprompt.evaluation.WordsSettings;
import picocli.CommandLine.Option;

/** What {@code xp eval} measures of a model with words. Only with {@code --words}. */
final class WordsEvaluationOptions {
    private static final int QUERIES = 16;
    private static final int POOL = 2000;
    private static final int SCENES = 50;

    @Option(names = "--words", description = "measure a model with words: edits as words ask for them, with and without an example found by the "
            + "words; descriptions; scenes drawn from words; captions")
    private boolean words;

    @Option(names = "--sprites", paramLabel = "DIR", description = "with --words: drawings for edits, from 'xp data sprites'; default: those in the repository")
    private Path sprites;

    @Option(names = "--embedder", paramLabel = "NAME", description = "with --words: finds examples by their words: " + TextEmbedders.NAMES
            + "; default: " + TextEmbedders.DEFAULT)
    private String embedder;

    @Option(names = "--pool", paramLabel = "N", description = "with --words: pairs among which examples are looked for; default: " + POOL)
    private Integer pool;

    @Option(names = "--queries", paramLabel = "N", description = "with --words: photographs for each task; default: " + QUERIES)
    private Integer queries;

    @Option(names = "--scenes", paramLabel = "N", description = "with --words: scenes of each of six kinds, drawn and told; default: " + SCENES)
    private Integer scenes;

    /**
     * True when words are to be measured.
     *
     * @param suite as {@code --suite} was given
     * @throws InvalidInput when options of the two kinds of measurement stand together
     */
    boolean wanted(Path suite) {
        if (words) {
            if (suite != null) {
                throw new InvalidInput("--suite: does not go with --words, which measures every task that has words; leave out one of the two");
            }
            return true;
        }
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("--sprites", sprites);
        given.put("--embedder", embedder);
        given.put("--pool", pool);
        given.put("--queries", queries);
        given.put("--scenes", scenes);
        given.forEach((name, value) -> {
            if (value != null) {
                throw new InvalidInput(name + ": goes with --words alone; add --words or leave it out");
            }
        });
        return false;
    }

    /** The settings, checked. */
    WordsSettings settings(long seed) {
        return new WordsSettings(queries == null ? QUERIES : queries, pool == null ? POOL : pool, scenes == null ? SCENES : scenes, seed);
    }

    /** Folder of the drawings. */
    Path sprites() {
        return sprites != null ? sprites : Home.path("xprompt/sprites");
    }

    /** Name of the embedder. */
    String embedder() {
        return embedder != null ? embedder : TextEmbedders.DEFAULT;
    }
}
