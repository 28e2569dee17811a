package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.wording.Phrases;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * Finds out which kind of edit a description tells. The rule: it tells a kind when fewer of its words must be changed, added or left out
 * to make it a phrase of that kind, with any attribute in its slots, than to make it one of any other kind, and when these are no more than
 * half of its words; also when it is such a phrase as it stands, for "black and white" are a grey picture and two colours. So a wrong motif or colour leaves the kind right; "brighter" for "darker", which are two kinds, does not; words that
 * nearly fit two kinds equally well tell neither.
 */
final class ToldKinds {
    private static final int DRAWS = 400; // of each task, to see what its slots can hold

    /** What a kind can say: one grammar, and what was seen in its slots. */
    private record Saying(String kind, Phrases phrases, Map<String, Set<List<String>>> values) {
    }

    private record Key(String kind, Phrases phrases) {
    }

    private final List<Saying> sayings = new ArrayList<>();

    /** Everything that some tasks can say, with the motifs of both sides of the split. */
    static ToldKinds of(WordedTasks tasks) {
        List<Wording> wordings = new ArrayList<>();
        for (WordedTasks.Worded worded : tasks.all()) {
            for (Task task : worded.asked() == worded.shown() ? List.of(worded.asked()) : List.of(worded.asked(), worded.shown())) {
                Philox random = Draws.of(0, "what can be said of " + task.name());
                for (int i = 0; i < DRAWS; i++) {
                    wordings.add(task.draw(random).wording());
                }
            }
        }
        return new ToldKinds(wordings);
    }

    ToldKinds(List<Wording> wordings) {
        Map<Key, Map<String, Set<List<String>>>> seen = new LinkedHashMap<>();
        for (Wording wording : wordings) {
            Map<String, Set<List<String>>> values = seen.computeIfAbsent(new Key(wording.kind(), wording.difference()), key -> new HashMap<>());
            wording.attributes().forEach((slot, value) -> values.computeIfAbsent(slot, key -> new LinkedHashSet<>()).add(Phrases.words(value)));
        }
        seen.forEach((key, values) -> sayings.add(new Saying(key.kind(), key.phrases(), values)));
    }

    /** True when a description tells this kind, {@link Wording#kind}. */
    boolean tells(String said, String kind) {
        List<String> words = Phrases.words(said);
        int own = Integer.MAX_VALUE;
        int other = Integer.MAX_VALUE;
        for (Saying saying : sayings) {
            int distance = saying.phrases().distance(words, saying.values());
            if (saying.kind().equals(kind)) {
                own = Math.min(own, distance);
            } else {
                other = Math.min(other, distance);
            }
        }
        return own == 0 || own < other && 2L * own <= words.size();
    }
}
