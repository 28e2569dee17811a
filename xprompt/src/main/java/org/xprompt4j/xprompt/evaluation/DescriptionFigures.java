package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of the descriptions, of each group of tasks and of all.
 *
 * @param groups all groups, then all tasks together
 */
public record DescriptionFigures(List<Row> groups) {
    /**
     * One row of a table.
     *
     * @param name of the group
     * @param pairs how many there were
     * @param kind share of descriptions that tell the right kind of edit
     * @param attributes share of the true description's attributes that are named
     * @param baselineKind the first share for descriptions of other pairs
     * @param baselineAttributes the second share for descriptions of other pairs
     */
    public record Row(String name, int pairs, Figure kind, Figure attributes, Figure baselineKind, Figure baselineAttributes) {
    }

    static DescriptionFigures of(List<DescriptionEvaluation.Case> cases, ToldKinds kinds, long seed) {
        Map<String, List<DescriptionEvaluation.Case>> byGroup = new LinkedHashMap<>();
        cases.forEach(c -> byGroup.computeIfAbsent(c.query().task().group().title(), name -> new ArrayList<>()).add(c));
        byGroup.put("all tasks", cases);
        List<Row> rows = new ArrayList<>();
        byGroup.forEach((name, own) -> {
            Figure.Values kind = new Figure.Values();
            Figure.Values attributes = new Figure.Values();
            Figure.Values baselineKind = new Figure.Values();
            Figure.Values baselineAttributes = new Figure.Values();
            for (DescriptionEvaluation.Case c : own) {
                int photo = c.query().photo();
                kind.add(photo, kinds.tells(c.said(), c.query().wording().kind()) ? 1 : 0);
                attributes.add(photo, DescriptionEvaluation.recovered(c.query(), c.said()));
                baselineKind.add(photo, kinds.tells(c.elsewhere(), c.query().wording().kind()) ? 1 : 0);
                baselineAttributes.add(photo, DescriptionEvaluation.recovered(c.query(), c.elsewhere()));
            }
            rows.add(new Row(name, own.size(), kind.figure(seed), attributes.figure(seed), baselineKind.figure(seed), baselineAttributes.figure(seed)));
        });
        return new DescriptionFigures(rows);
    }
}
