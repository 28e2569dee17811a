package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.xprompt4j.xprompt.scene.SceneReader;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.ToldScene;

/**
 * The figures of the scenes.
 *
 * @param drawn pictures from words, of each kind of request and of all
 * @param shown share of those pictures that show an attribute which was asked for; {@code attributes} of all of them together
 * @param chance the same when each picture is held against the next request of its kind
 * @param captions share of the scenes' captions that have an attribute right ({@code form}, {@code colour}, {@code number},
 *        {@code relation}, {@code ground}); {@code attributes} of all of them together, {@code whole} of captions without a fault
 */
public record SceneFigures(List<Row> drawn, Map<String, Figure> shown, Map<String, Figure> chance, Map<String, Figure> captions) {
    /**
     * One row of a table.
     *
     * @param name of the kind
     * @param met share of the requests that the model's picture meets
     * @param ceiling share that the picture of a right scene meets behind the tokenizer
     */
    public record Row(String name, Figure met, Figure ceiling) {
    }

    static SceneFigures of(List<SceneEvaluation.Case> cases, long seed) {
        List<Row> rows = new ArrayList<>();
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            rows.add(row(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), cases.stream().filter(c -> c.request().kind() == kind).toList(), seed));
        }
        rows.add(row("all kinds", cases, seed));
        return new SceneFigures(rows, shares(cases, SceneFigures::shown, seed), shares(nextRequests(cases), SceneFigures::shown, seed), captions(cases, seed));
    }

    private static Map<String, Figure> captions(List<SceneEvaluation.Case> cases, long seed) {
        Map<String, Figure> figures = shares(cases, c -> c.told().compared(c.scene()), seed);
        Figure.Values whole = new Figure.Values();
        for (int i = 0; i < cases.size(); i++) {
            whole.add(i, cases.get(i).told().compared(cases.get(i).scene()).containsValue(false) ? 0 : 1);
        }
        figures.put("whole", whole.figure(seed));
        return figures;
    }

    private static Map<ToldScene.Attribute, Boolean> shown(SceneEvaluation.Case c) {
        return c.request().shownBy(SceneReader.read(c.drawn()));
    }

    /** Each case with the request of the next one of its kind, the last with that of the first. */
    private static List<SceneEvaluation.Case> nextRequests(List<SceneEvaluation.Case> cases) {
        List<SceneEvaluation.Case> others = new ArrayList<>();
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            List<SceneEvaluation.Case> same = cases.stream().filter(c -> c.request().kind() == kind).toList();
            for (int i = 0; i < same.size(); i++) {
                others.add(same.get(i).asked(same.get((i + 1) % same.size()).request()));
            }
        }
        return others;
    }

    /** The share of cases that have each attribute right, of those where there is something to have right, and of all attributes together. */
    private static Map<String, Figure> shares(List<SceneEvaluation.Case> cases, Function<SceneEvaluation.Case, Map<ToldScene.Attribute, Boolean>> right,
            long seed) {
        Map<String, Figure.Values> shares = new LinkedHashMap<>();
        for (ToldScene.Attribute attribute : ToldScene.Attribute.values()) {
            shares.put(name(attribute), new Figure.Values());
        }
        shares.put("attributes", new Figure.Values());
        for (int i = 0; i < cases.size(); i++) {
            int number = i;
            right.apply(cases.get(i)).forEach((attribute, is) -> {
                shares.get(name(attribute)).add(number, is ? 1 : 0);
                shares.get("attributes").add(number, is ? 1 : 0);
            });
        }
        Map<String, Figure> figures = new LinkedHashMap<>();
        shares.forEach((name, values) -> figures.put(name, values.figure(seed)));
        return figures;
    }

    private static String name(ToldScene.Attribute attribute) {
        return attribute.name().toLowerCase(Locale.ROOT);
    }

    private static Row row(String name, List<SceneEvaluation.Case> cases, long seed) {
        Figure.Values met = new Figure.Values();
        Figure.Values ceiling = new Figure.Values();
        for (int i = 0; i < cases.size(); i++) {
            met.add(i, cases.get(i).isMet() ? 1 : 0);
            ceiling.add(i, cases.get(i).isMetByTheCeiling() ? 1 : 0);
        }
        return new Row(name, met.figure(seed), ceiling.figure(seed));
    }
}
