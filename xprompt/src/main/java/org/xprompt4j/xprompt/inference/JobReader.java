package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;

/** The first half of stage 2: what a job sees of its examples, then its question, into a cache. One row at a time, so that rows stay independent. */
final class JobReader {
    /** The question, once it is known at which position it begins. */
    @FunctionalInterface
    interface Question {
        PromptLayout at(int firstPosition);
    }

    private final Backend backend;
    private final Chameleon model;
    private final PromptTokens tokens;

    JobReader(Backend backend, Chameleon model, PromptTokens tokens) {
        this.backend = backend;
        this.model = model;
        this.tokens = tokens;
    }

    /** Entries that context and question take in a cache. */
    int length(Context context, Question question) {
        int own = question.at(0).length();
        return switch (context) {
            case Context.None none -> own;
            case Context.Compressed compressed -> compressed.prompt().tokens() + own;
            case Context.Full full -> layout(full).length() + own;
        };
    }

    /** Reads context and question into an empty cache of one row; writes the logits of what follows, [1, vocab]. Returns the question. */
    PromptLayout read(Context context, Question question, KvCache cache, Tensor logits) {
        try (MemoryScope scope = backend.openScope("prefill")) {
            Ops ops = new Ops(backend, scope);
            switch (context) {
                case Context.None none -> { }
                case Context.Compressed compressed -> cache.seed(0, compressed.prompt().layers(), compressed.prompt().nextPosition());
                case Context.Full full -> {
                    List<PromptLayout> layouts = List.of(layout(full));
                    model.fillCache(ops, model.embed(ops, TokenRows.ids(scope, layouts)),
                            Pass.prefill(TokenRows.positions(scope, layouts), layouts.getFirst().mask(), cache));
                }
            }
            PromptLayout asked = question.at(cache.nextPosition(0));
            backend.copy(model.prefill(ops, TokenRows.ids(scope, List.of(asked)), cache), logits);
            return asked;
        }
    }

    private PromptLayout layout(Context.Full full) {
        return PromptLayout.context(tokens, ContextMode.FULL, Arrangement.SHARED, full.examples());
    }
}
