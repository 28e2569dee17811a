package org.xprompt4j.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tests.architecture.Sources.Source;

/** Files stay readable, names say something, nothing is left for later, and chance is always counted. */
class CodeRulesTest {
    private static final int MOST_LINES = 450;

    private static List<String> where(List<Source> sources, Predicate<Source> rule) {
        return sources.stream().filter(rule).map(Source::toString).toList();
    }

    private static List<String> containing(List<Source> sources, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return where(sources, source -> !source.typeName().equals("CodeRulesTest") && pattern.matcher(source.text()).find());
    }

    @Test
    void noFileIsTooLong() {
        assertThat(Sources.all().stream().filter(source -> source.lines() > MOST_LINES).map(source -> source + ": " + source.lines() + " lines"))
                .as("files over " + MOST_LINES + " lines").isEmpty();
    }

    @Test
    void everyPackageSaysWhatLivesThere() {
        Set<String> described = Sources.all().stream().filter(source -> source.typeName().equals("package-info"))
                .map(source -> source.module() + " " + source.packageName()).collect(Collectors.toSet());
        assertThat(Sources.all().stream().filter(source -> !source.isModuleInfo()).map(source -> source.module() + " " + source.packageName())
                .filter(name -> !described.contains(name)).distinct()).as("packages without package-info.java").isEmpty();
    }

    @Test
    void namesSayWhatAThingIs() {
        Pattern empty = Pattern.compile("(Utils?|Helpers?|Misc|New|Fast|Opt|V\\d)(?=[A-Z]|$)");
        assertThat(where(Sources.all(), source -> empty.matcher(source.typeName()).find())).as("names that say nothing").isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        // The word alone is a name of the paper's: the third segment of a prompt is its "TODO" part.
        assertThat(containing(Sources.all(), "//\\s*TODO\\b|\\bFIXME\\b|\\bXXX\\b|(?i)not (yet )?implemented")).as("unfinished work").isEmpty();
        assertThat(containing(Sources.all(), "@Disabled\\b")).as("tests switched off").isEmpty();
    }

    @Test
    void noExceptionIsSwallowed() {
        assertThat(containing(Sources.all(), "catch \\([^)]*\\) \\{\\s*\\}")).as("empty catch blocks").isEmpty();
        assertThat(containing(Sources.all(), "catch \\([^)]* ignored\\)")).as("ignored exceptions").isEmpty();
        assertThat(containing(Sources.main(), "(?<!void )\\bprintStackTrace\\(\\)")).as("stack traces outside the command line's one handler").isEmpty();
    }

    @Test
    void chanceComesFromPhiloxAlone() {
        assertThat(containing(Sources.main(), "Math\\.random\\(|new Random\\(|ThreadLocalRandom|SplittableRandom|SecureRandom|Collections\\.shuffle"))
                .as("random numbers that cannot be repeated").isEmpty();
    }

    @Test
    void memoryIsNeverLeftToTheCollector() {
        assertThat(containing(Sources.main(), "System\\.gc\\(|finalize\\(\\)|java\\.lang\\.ref\\.Cleaner|sun\\.misc|Arena\\.ofAuto"))
                .as("finalisers, cleaners and unsafe memory").isEmpty();
    }
}
