package org.xprompt4j.xprompt.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The pages of the course: each has its class and picture, quotes what the sources say, and its links lead somewhere. */
class CourseFilesTest {
    private static final Path DOCS = Path.of("../docs/course");
    private static final List<Path> SOURCES = List.of(Path.of("src/main/java/org/xprompt4j/xprompt/course"), Path.of("src/main/java/org/xprompt4j/xprompt/explain"));
    private static final Pattern EXCERPT = Pattern.compile("<!-- (\\w+)\\.java \\[([\\w-]+)] -->\n```java\n(.*?)\n```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(DOCS)) {
            return files.filter(f -> f.toString().endsWith(".md")).sorted().toList();
        }
    }

    @Test
    void everyChapterHasItsPageAndPictureAndNothingElseIsThere() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Chapter chapter : Course.chapters()) {
            expected.add(chapter.name() + ".md");
            expected.add(chapter.name() + ".png");
            assertThat(ImageIO.read(DOCS.resolve(chapter.name() + ".png").toFile()).getWidth()).isBetween(600, 1400);
            String page = Files.readString(DOCS.resolve(chapter.name() + ".md"));
            assertThat(page.lines().count()).as("lines of %s", chapter.name()).isBetween(55L, 160L);
            assertThat(page).contains("(" + chapter.name() + ".png)", "`./xp course " + (Course.chapters().indexOf(chapter) + 1), "## Exercises",
                    chapter.getClass().getSimpleName());
        }
        try (Stream<Path> files = Files.list(DOCS)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(Files.readString(DOCS.resolve("../README.md"))).contains(expected.stream().filter(f -> f.endsWith(".md")).map(f -> "course/" + f).toList());
    }

    @Test
    void quotedCodeIsTheCodeThatRuns() throws IOException {
        int quotes = 0;
        for (Path page : pages()) {
            Matcher matcher = EXCERPT.matcher(Files.readString(page));
            int here = 0;
            while (matcher.find()) {
                assertThat(matcher.group(3)).as("%s quotes [%s] of %s; put the passage between the markers there", page.getFileName(), matcher.group(2),
                        matcher.group(1)).isEqualTo(passage(matcher.group(1), matcher.group(2)));
                here++;
            }
            assertThat(here).as("passages quoted by %s", page.getFileName()).isPositive();
            assertThat(Files.readString(page).split("```java").length - 1).as("every Java block of %s is quoted", page.getFileName()).isEqualTo(here);
            quotes += here;
        }
        assertThat(quotes).isGreaterThanOrEqualTo(2 * Course.chapters().size());
    }

    /** The lines between {@code // [name]} and {@code // [end]}, without their common indent. */
    private static String passage(String type, String name) throws IOException {
        Path file = SOURCES.stream().map(folder -> folder.resolve(type + ".java")).filter(Files::exists).findFirst().orElseThrow();
        List<String> lines = Files.readAllLines(file);
        int from = lines.stream().map(String::strip).toList().indexOf("// [" + name + "]");
        assertThat(from).as("marker // [%s] in %s.java", name, type).isNotNegative();
        List<String> passage = lines.subList(from + 1, lines.size()).stream().takeWhile(line -> !line.strip().equals("// [end]")).toList();
        int indent = passage.stream().filter(line -> !line.isBlank()).mapToInt(line -> line.length() - line.stripLeading().length()).min().orElseThrow();
        return String.join("\n", passage.stream().map(line -> line.isBlank() ? "" : line.substring(indent)).toList());
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<Path> all = new ArrayList<>(pages());
        all.add(DOCS.resolve("../README.md"));
        for (Path page : all) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!link.group(1).startsWith("http")) {
                    assertThat(page.resolveSibling(link.group(1))).as("link in %s", page.getFileName()).exists();
                }
            }
        }
    }
}
