package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.ContactSheet;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.wording.Wording;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp data show}: what a task is, to be looked at. */
@Command(name = "show", header = "draws what a task asks for, with its words", description = {
    "Draws a sheet of pairs that a task makes: before and after. Each row is one prompt, that is one draw of the task's parameters, on two",
    "photographs, as an example and a question are in training. Beside each row stand an instruction and, below it, a description of the",
    "difference, where the task has words. What the two pairs of a row share is what a model has to read from the example."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp data show --task recolour --out sheet.png              an edit with drawings over photographs",
            "  xp data show --task duotone --rows 4 --out sheet.png      a task of tone",
            "  xp data show --task add --split test --out sheet.png      motifs, photographs and phrases that no training sees",
            "  xp data show --task denoise --photos data --seed 7 --size 128 --out sheet.png",
            "",
            "A name that no task has is answered with the names that there are."})
final class DataShowCommand implements Callable<Integer> {
    private static final int MOST_ROWS = 64;
    private static final int LEAST_SIZE = 16;
    private static final int MOST_SIZE = 256;
    private static final int PHOTOS = 2; // in a row: the example and the question
    private static final List<String> COLUMNS = List.of("before", "after", "another before", "its after");

    @Mixin
    private CommonOptions common;

    @Option(names = "--task", required = true, paramLabel = "NAME", description = "the task, as in configurations")
    private String task;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "a PNG file for the sheet")
    private Path out;

    @Option(names = "--sprites", paramLabel = "DIR", description = "the drawings of edits, from 'xp data sprites'; default: those in the repository")
    private Path sprites;

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--split", paramLabel = "train|test", defaultValue = "train", description = "whose photographs, motifs and phrases; default: ${DEFAULT-VALUE}")
    private Split split;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "8", description = "prompts, 1 to " + MOST_ROWS + "; default: ${DEFAULT-VALUE}")
    private int rows;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "64", description = "side of the pictures, " + LEAST_SIZE + " to " + MOST_SIZE
            + "; default: ${DEFAULT-VALUE}")
    private int size;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "another one shows other pairs; default: ${DEFAULT-VALUE}")
    private long seed;

    /**
     * What {@code --json} prints.
     *
     * @param sheet where the pictures are
     */
    private record Shown(String task, String group, boolean novel, String sheet, List<Row> rows) {
    }

    /**
     * One row.
     *
     * @param instruction asks for it; null where the task has no words
     * @param difference tells what changed
     * @param attributes the parameters as words
     */
    private record Row(String instruction, String difference, Map<String, String> attributes) {
    }

    @Override
    public Integer call() {
        require("--rows", rows, 1, MOST_ROWS);
        require("--size", size, LEAST_SIZE, MOST_SIZE);
        OutputPlace.file(out);
        Task shown = KnownTasks.named(task, sprites, split, "--task");
        Path folder = photos != null ? photos : Home.path("xprompt/photos");
        PhotoSource source = PhotoSource.open(folder);
        int[] indices = source.indices(split);
        if (indices.length < PHOTOS) {
            throw new InvalidInput(folder + ": split: holds " + indices.length + " photographs of split " + split.name().toLowerCase(Locale.ROOT)
                    + ", at least " + PHOTOS + " are needed; make a larger pack with: xp data prepare");
        }
        ContactSheet sheet = new ContactSheet("task " + task + (shown.novel() ? ", novel" : ", group " + shown.group()),
                "each row one draw of the parameters, on two photographs; " + split.name().toLowerCase(Locale.ROOT) + " split, seed " + seed, COLUMNS);
        List<Row> said = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            Task.Instance instance = shown.draw(Draws.of(seed, "shown parameters", row));
            List<ContactSheet.Cell> cells = new ArrayList<>();
            for (int i = 0; i < PHOTOS; i++) {
                int photo = indices[(PHOTOS * row + i) % indices.length];
                Task.Pair pair = instance.make(Crops.draw(source, photo, row, size, seed), Draws.of(seed, "shown picture", row, i));
                cells.add(new ContactSheet.Cell(pair.input(), ""));
                cells.add(new ContactSheet.Cell(pair.output(), ""));
            }
            Row words = words(instance.wording(), row);
            said.add(words);
            sheet.row(words.instruction == null ? "(no words)" : words.instruction, words.difference == null ? "" : words.difference, "", cells);
        }
        sheet.write(out);
        common.result(new Shown(task, shown.group(), shown.novel(), out.toString(), said), () -> common.out().println(out));
        return Main.DONE;
    }

    private Row words(Wording wording, int row) {
        if (wording == null) {
            return new Row(null, null, Map.of());
        }
        return new Row(wording.ask(Draws.of(seed, "shown instruction", row), split), wording.tell(Draws.of(seed, "shown difference", row), split),
                wording.attributes());
    }

    private static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidInput(option + ": must be " + least + " to " + most + ", is " + value);
        }
    }
}
