package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.ToldScene;

/**
 * The figures of the scenes.
 *
 * @param drawn pictures from words, of each kind of request and of all
 * @param captions share of the scenes' captions that have an attribute right ({@code form}, {@code colour}, {@code number},
 *        {@code relation}, {@code ground}); {@code attributes} of all of them together, {@code whole} of captions without a fault
 */
public record SceneFigures(List<Row> drawn, Map<String, Figure> captions) {
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
        Map<String, Figure.Values> captions = new LinkedHashMap<>();
        for (ToldScene.Attribute attribute : ToldScene.Attribute.values()) {
            captions.put(attribute.name().toLowerCase(Locale.ROOT), new Figure.Values());
        }
        captions.put("attributes", new Figure.Values());
        captions.put("whole", new Figure.Values());
        for (int i = 0; i < cases.size(); i++) {
            int number = i;
            Map<ToldScene.Attribute, Boolean> right = cases.get(i).told().compared(cases.get(i).scene());
            right.forEach((attribute, is) -> {
                captions.get(attribute.name().toLowerCase(Locale.ROOT)).add(number, is ? 1 : 0);
                captions.get("attributes").add(number, is ? 1 : 0);
            });
            captions.get("whole").add(number, right.containsValue(false) ? 0 : 1);
        }
        Map<String, Figure> figures = new LinkedHashMap<>();
        captions.forEach((name, values) -> figures.put(name, values.figure(seed)));
        return new SceneFigures(rows, figures);
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
