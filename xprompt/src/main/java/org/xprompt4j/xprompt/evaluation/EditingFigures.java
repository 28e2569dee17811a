package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of the edits. Inner maps go from a column ({@code copy}, {@code text}, {@code retrieved}, {@code retrieved_text},
 * {@code random_text}, {@code ceiling}) to a score ({@code psnr}, {@code edit_psnr}, {@code vqgan_dir}, {@code vqgan_sim}, {@code hit}).
 *
 * @param groups means over the tasks of a group
 * @param tasks means of each task
 */
public record EditingFigures(List<Row> groups, List<Row> tasks) {
    /**
     * One row of a table.
     *
     * @param name of the group or task
     * @param group of the task, or the group itself
     * @param queries how many there were
     * @param found share of the retrieved examples that show the query's own task
     */
    public record Row(String name, WordedTasks.Group group, int queries, Figure found, Map<String, Map<String, Figure>> columns) {
        /** A figure of this row; null where no picture had a value. */
        public Figure at(EditColumn column, String score) {
            return columns.get(column.key()).get(score);
        }
    }

    /**
     * Computes them.
     *
     * @param embedder of direction and similarity
     */
    static EditingFigures of(List<EditCase> cases, String embedder, long seed) {
        Map<String, List<EditCase>> byGroup = new LinkedHashMap<>();
        Map<String, List<EditCase>> byTask = new LinkedHashMap<>();
        for (EditCase c : cases) {
            byGroup.computeIfAbsent(c.query().task().group().title(), name -> new ArrayList<>()).add(c);
            byTask.computeIfAbsent(c.query().task().asked().name(), name -> new ArrayList<>()).add(c);
        }
        return new EditingFigures(rows(byGroup, embedder, seed), rows(byTask, embedder, seed));
    }

    private static List<Row> rows(Map<String, List<EditCase>> byName, String embedder, long seed) {
        List<Row> rows = new ArrayList<>();
        byName.forEach((name, own) -> {
            Map<String, Map<String, Figure>> columns = new LinkedHashMap<>();
            for (EditColumn column : EditColumn.values()) {
                Map<String, Figure.Values> values = new LinkedHashMap<>();
                for (EditCase c : own) {
                    c.scores().get(column).named(embedder)
                            .forEach((score, value) -> values.computeIfAbsent(score, key -> new Figure.Values()).add(c.query().photo(), value));
                }
                Map<String, Figure> figures = new LinkedHashMap<>();
                values.forEach((score, all) -> figures.put(score, all.figure(seed)));
                columns.put(column.key(), figures);
            }
            Figure.Values found = new Figure.Values();
            own.forEach(c -> found.add(c.query().photo(), c.found().task().equals(c.query().task()) ? 1 : 0));
            rows.add(new Row(name, own.getFirst().query().task().group(), own.size(), found.figure(seed), columns));
        });
        return rows;
    }
}
