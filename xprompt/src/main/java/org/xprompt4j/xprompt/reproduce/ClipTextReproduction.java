package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Path;
import java.util.Arrays;
import org.xprompt4j.nn.text.ClipText;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/** Texts, as ids, through CLIP's text encoder: hidden states and vectors. */
final class ClipTextReproduction {
    private ClipTextReproduction() {
    }

    static void run(Backend backend, Path folder, Path out) {
        try (FixtureInputs inputs = new FixtureInputs(folder); MemoryScope scope = backend.openScope("reproduction")) {
            ClipText model = ClipText.load(backend, scope, folder);
            int vocab = model.config().vocabSize();
            int[][] rows = inputs.rows("input_ids", vocab, 0);
            if (rows[0].length > model.config().positions()) {
                throw new InvalidInput(folder.resolve(FixtureInputs.FILE) + ": input_ids has texts of " + rows[0].length + " tokens, config.json allows "
                        + model.config().positions());
            }
            Ops ops = new Ops(backend, scope);
            Tensor ids = scope.of(Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray(), rows.length, rows[0].length);
            Tensor hidden = model.hidden(ops, ids);
            new SafetensorsWriter().add("last_hidden_state", hidden).add("text_embeds", model.embed(ops, hidden, rows)).writeTo(out);
        }
    }
}
