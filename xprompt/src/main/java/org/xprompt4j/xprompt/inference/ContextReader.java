package org.xprompt4j.xprompt.inference;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.prompt.SegmentKind;

/**
 * Stage 1 (paper, figure 2): reads IE and XP once and keeps the keys and values of the XP tokens of every layer. The last layer
 * only writes its cache: no attention, no MLP, no head.
 */
public final class ContextReader {
    private final Backend backend;
    private final Chameleon model;
    private final PromptTokens tokens;
    private final String fingerprint;

    ContextReader(Backend backend, Chameleon model, PromptTokens tokens, String fingerprint) {
        this.backend = backend;
        this.model = model;
        this.tokens = tokens;
        this.fingerprint = fingerprint;
    }

    /**
     * Compresses contexts, each in a pass of its own, so that a prompt is the same bits whatever is compressed beside it.
     *
     * @param contexts one list of examples for each prompt; pictures of equal size within a list
     * @param keep receives the keys and values
     */
    List<CompressedPrompt> compress(List<List<Exchange>> contexts, Arrangement arrangement, String note, MemoryScope keep) {
        return contexts.stream()
                .map(examples -> compress(PromptLayout.context(tokens, ContextMode.COMPRESSED, arrangement, examples), note, keep)).toList();
    }

    private CompressedPrompt compress(PromptLayout layout, String note, MemoryScope keep) {
        try (MemoryScope scope = backend.openScope("stage 1")) {
            Ops ops = new Ops(backend, scope);
            KvCache cache = new KvCache(backend, scope, model.config(), 1, layout.length());
            List<PromptLayout> one = List.of(layout);
            model.fillCache(ops, model.embed(ops, TokenRows.ids(scope, one)),
                    Pass.prefill(TokenRows.positions(scope, one), layout.mask(), cache));
            return new CompressedPrompt(backend, gather(ops, cache, layout.indicesOf(SegmentKind.XP), keep), layout.endPosition(), fingerprint, note);
        }
    }

    /** The entries at the XP positions, which are runs of consecutive indices: one run, or one for each block. */
    private List<KvCache.Entries> gather(Ops ops, KvCache cache, int[] indices, MemoryScope keep) {
        List<List<KvCache.Entries>> runs = new ArrayList<>(); // [runs][layers]
        for (int from = 0; from < indices.length; ) {
            int to = from + 1;
            while (to < indices.length && indices[to] == indices[to - 1] + 1) {
                to++;
            }
            runs.add(cache.extract(runs.isEmpty() && to == indices.length ? keep : ops.scope(), 0, indices[from], indices[to - 1] + 1));
            from = to;
        }
        if (runs.size() == 1) {
            return runs.getFirst();
        }
        Ops kept = new Ops(backend, keep);
        List<KvCache.Entries> layers = new ArrayList<>();
        for (int layer = 0; layer < cache.layers(); layer++) {
            int l = layer;
            layers.add(new KvCache.Entries(
                    kept.concat(0, runs.stream().map(r -> r.get(l).keys()).toArray(Tensor[]::new)),
                    kept.concat(0, runs.stream().map(r -> r.get(l).values()).toArray(Tensor[]::new))));
        }
        return layers;
    }
}
