package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.inference.Context;
import org.xprompt4j.xprompt.inference.TextOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.wording.Questions;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * Pairs of pictures with the question what changed. Beside each description stands, as a baseline, the one that the model gave of another
 * pair: what would be right without a look at the pictures.
 */
final class DescriptionEvaluation {
    private static final int MOST_TOKENS = 48; // twice the longest phrase

    /**
     * One pair and what was said of it.
     *
     * @param said the model's description
     * @param elsewhere its description of another pair
     */
    record Case(EditQuery query, String said, String elsewhere) {
    }

    private DescriptionEvaluation() {
    }

    /** Asks about the pairs of all queries; tells after each how many are done. */
    static List<Case> run(XPromptModel model, List<EditQuery> queries, long seed, IntConsumer progress) {
        List<String> said = new ArrayList<>();
        for (EditQuery query : queries) {
            said.add(model.tell(new Context.None(), model.question(List.of(query.pair().input(), query.pair().output()), Questions.DIFFERENCE),
                    TextOptions.greedy(MOST_TOKENS), words -> { }).strip());
            progress.accept(said.size());
        }
        Philox random = Draws.of(seed, "descriptions of other pairs");
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            int other = queries.size() == 1 ? 0 : (i + 1 + random.nextInt(queries.size() - 1)) % queries.size();
            cases.add(new Case(queries.get(i), said.get(i), said.get(other)));
        }
        return cases;
    }

    /** Share of the attributes named by the true description that a text names too; NaN when it names none. */
    static double recovered(EditQuery query, String said) {
        Wording wording = query.wording();
        return wording.recovered("", query.difference()) == 1 ? Double.NaN : wording.recovered(said, query.difference());
    }
}
