package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.xprompt4j.xprompt.picture.ContactSheet;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.scene.SceneRequest;

/** Pictures of what was measured: one row a task, another photograph in each; a few scenes of each kind. */
final class WordsSheets {
    private static final int EACH = 4; // scenes of a kind

    private WordsSheets() {
    }

    /** One case of each task, going on among the photographs. */
    private static <T> List<T> oneOfEach(List<T> cases, Function<T, EditQuery> query) {
        Map<String, List<T>> byTask = new LinkedHashMap<>();
        cases.forEach(c -> byTask.computeIfAbsent(query.apply(c).task().asked().name(), name -> new ArrayList<>()).add(c));
        List<T> chosen = new ArrayList<>();
        byTask.values().forEach(own -> chosen.add(own.get(chosen.size() % own.size())));
        return chosen;
    }

    static ContactSheet editing(List<EditCase> cases) {
        ContactSheet sheet = new ContactSheet("Edits as words ask for them", "test photographs, test phrases, test motifs; under answers their PSNR against "
                + "the right answer; the example is the one whose words are nearest", List.of("example in", "example out", "new photo", "text alone",
                "example alone", "example, text", "random, text", "right answer", "tokenizer alone"));
        for (EditCase c : oneOfEach(cases, EditCase::query)) {
            List<ContactSheet.Cell> cells = new ArrayList<>();
            cells.add(new ContactSheet.Cell(c.example().input(), ""));
            cells.add(new ContactSheet.Cell(c.example().output(), c.found().instruction()));
            cells.add(answer(c, EditColumn.COPY));
            EditColumn.DRAWN.forEach(column -> cells.add(answer(c, column)));
            cells.add(new ContactSheet.Cell(c.query().pair().output(), ""));
            cells.add(answer(c, EditColumn.CEILING));
            sheet.row(c.query().task().asked().name(), c.query().instruction(), c.query().task().group() == WordedTasks.Group.NOVEL ? "novel" : "", cells);
        }
        return sheet;
    }

    private static ContactSheet.Cell answer(EditCase c, EditColumn column) {
        return new ContactSheet.Cell(c.answers().get(column), String.format(Locale.ROOT, "%.1f dB", c.scores().get(column).psnr()));
    }

    static ContactSheet descriptions(List<DescriptionEvaluation.Case> cases, ToldKinds kinds) {
        ContactSheet sheet = new ContactSheet("What changed?", "what the model says, and below it a right description", List.of("before", "after"));
        for (DescriptionEvaluation.Case c : oneOfEach(cases, DescriptionEvaluation.Case::query)) {
            sheet.row(quoted(c.said()), quoted(c.query().difference()), kinds.tells(c.said(), c.query().wording().kind()) ? "" : "another kind",
                    List.of(new ContactSheet.Cell(c.query().pair().input(), ""), new ContactSheet.Cell(c.query().pair().output(), "")));
        }
        return sheet;
    }

    private static String quoted(String words) {
        return "“" + words + "”";
    }

    private static List<SceneEvaluation.Case> someOfEachKind(List<SceneEvaluation.Case> cases) {
        List<SceneEvaluation.Case> some = new ArrayList<>();
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            cases.stream().filter(c -> c.request().kind() == kind).limit(EACH).forEach(some::add);
        }
        return some;
    }

    static ContactSheet scenes(List<SceneEvaluation.Case> cases) {
        ContactSheet sheet = new ContactSheet("Pictures from words", "a badge where the picture does not show what was asked for",
                List.of("drawn", "one right answer", "tokenizer alone"));
        for (SceneEvaluation.Case c : someOfEachKind(cases)) {
            Picture right = c.scene().draw(c.drawn().width());
            sheet.row(quoted(c.asked()), c.request().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '), c.isMet() ? "" : "not met",
                    List.of(new ContactSheet.Cell(c.drawn(), ""), new ContactSheet.Cell(right, ""), new ContactSheet.Cell(c.ceiling(), "")));
        }
        return sheet;
    }

    static ContactSheet captions(List<SceneEvaluation.Case> cases) {
        ContactSheet sheet = new ContactSheet("What is it?", "what the model says of a scene", List.of("scene"));
        for (SceneEvaluation.Case c : someOfEachKind(cases)) {
            List<String> wrong = c.told().compared(c.scene()).entrySet().stream().filter(right -> !right.getValue())
                    .map(right -> right.getKey().name().toLowerCase(Locale.ROOT)).toList();
            sheet.row(quoted(c.said()), wrong.isEmpty() ? "" : "wrong: " + String.join(", ", wrong), "",
                    List.of(new ContactSheet.Cell(c.scene().draw(c.drawn().width()), "")));
        }
        return sheet;
    }
}
