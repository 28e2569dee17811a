package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.course.Chapter;
import org.xprompt4j.xprompt.course.Course;
import org.xprompt4j.xprompt.course.Materials;
import org.xprompt4j.xprompt.picture.PictureWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp course}: runs the chapters of docs/course. */
@Command(name = "course", header = "runs the chapters of the course in docs/", description = {
    "Runs chapters of the course in docs/course: each computes what it teaches, prints its numbers and draws its picture.",
    "Without a number it lists the chapters. Chapters 2 and 3 measure this machine: let it do nothing else meanwhile."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp course                            the chapters",
            "  xp course 3                          chapter 3: its numbers, and its picture in course-out/",
            "  xp course 8 9 --model my/model --photos my/pack --out mine",
            "  xp course 5 --json                   the numbers as JSON"})
final class CourseCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Parameters(paramLabel = "CHAPTER", arity = "0..*", description = "numbers of chapters to run; none lists them")
    private List<Integer> numbers = new ArrayList<>();

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--brief", description = "small sizes and few repetitions: a quick look")
    private boolean brief;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "course-out", description = "where the pictures go; default: ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() {
        if (numbers.isEmpty()) {
            list();
            return Main.DONE;
        }
        List<Chapter> chapters = numbers.stream().map(Course::chapter).toList();
        OutputPlace.folder(out);
        Path photographs = photos != null ? photos : Home.path("xprompt/photos");
        try (Materials materials = new Materials(model.device(), model.folder(), model.wordsFolder(), photographs, brief)) {
            for (Chapter chapter : chapters) {
                common.note(chapter.name() + ": " + chapter.idea());
                Chapter.Lesson lesson = chapter.run(materials);
                Path file = out.resolve(chapter.name() + ".png");
                PictureWriter.write(lesson.picture(), file);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("chapter", chapter.name());
                result.putAll(lesson.figures());
                result.put("out", file.toString());
                common.result(result, () -> print(lesson, file));
            }
        }
        return Main.DONE;
    }

    private void list() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Chapter chapter : Course.chapters()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("chapter", all.size() + 1);
            entry.put("name", chapter.name());
            entry.put("idea", chapter.idea());
            all.add(entry);
        }
        common.result(all, () -> {
            for (Chapter chapter : Course.chapters()) {
                common.out().println(String.format("%-32s %s", chapter.name(), chapter.idea()));
            }
        });
    }

    private void print(Chapter.Lesson lesson, Path file) {
        lesson.figures().forEach((name, value) -> common.out().println(String.format("%-34s %s", name.replace('_', ' '), Figures.text(value))));
        common.out().println(file);
    }
}
