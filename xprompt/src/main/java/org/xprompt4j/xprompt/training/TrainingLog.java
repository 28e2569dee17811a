package org.xprompt4j.xprompt.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/**
 * A CSV file whose first column is the step. Rows of steps that a resumed run will do again are dropped when it starts, so the
 * log of an interrupted run equals that of an unbroken one in all that does not tell the time.
 */
public final class TrainingLog {
    private static final String STEP = "step";

    private final Path file;
    private final List<String> columns;
    private final List<double[]> rows = new ArrayList<>(); // step, then one value a column

    private TrainingLog(Path file, List<String> columns) {
        this.file = file;
        this.columns = columns;
    }

    /** Opens or makes a log, keeping rows up to and including {@code lastStep}. */
    public static TrainingLog open(Path file, int lastStep, String... columns) {
        TrainingLog log = new TrainingLog(file, List.of(columns));
        if (Files.exists(file)) {
            log.takeRows(lines(file), lastStep);
        }
        StringBuilder text = new StringBuilder(STEP + "," + String.join(",", columns) + "\n");
        log.rows.forEach(row -> text.append(log.format(row)));
        AtomicFile.text(file, text.toString());
        return log;
    }

    /** Reads a log as it is, for drawing; a run may be writing to it. */
    public static TrainingLog read(Path file) {
        List<String> lines = lines(file);
        if (lines.isEmpty() || !lines.getFirst().startsWith(STEP + ",")) {
            throw new InvalidInput(file + ": is not the log of a training: its first line does not name the columns");
        }
        TrainingLog log = new TrainingLog(file, List.of(lines.getFirst().substring(STEP.length() + 1).split(",")));
        log.takeRows(lines, Integer.MAX_VALUE);
        return log;
    }

    /** Whole lines only: what a kill left of the last one may look like a row and hold half a number. */
    private static List<String> lines(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private void takeRows(List<String> lines, int lastStep) {
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            double[] row = parse(line);
            if (row != null && row[0] <= lastStep) {
                rows.add(row);
            }
        }
    }

    /** Appends a row. */
    public void add(int step, double... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for columns " + columns);
        }
        double[] row = new double[values.length + 1];
        row[0] = step;
        System.arraycopy(values, 0, row, 1, values.length);
        String line = format(row);
        rows.add(parse(line.strip())); // as a resumed run will read it, so that both draw the same curve
        try {
            Files.writeString(file, line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    /** Makes what was appended outlive a power failure; called before a state that counts on it is saved. */
    public void force() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be written (" + e.getMessage() + ")", e);
        }
    }

    /** Steps so far. */
    public double[] steps() {
        return rows.stream().mapToDouble(r -> r[0]).toArray();
    }

    /** All values of a column so far. */
    public double[] column(String name) {
        int at = columns.indexOf(name) + 1;
        if (at == 0) {
            throw new IllegalArgumentException("no column " + name + " in " + columns);
        }
        return rows.stream().mapToDouble(r -> r[at]).toArray();
    }

    private double[] parse(String line) {
        String[] parts = line.split(",", -1);
        if (parts.length != columns.size() + 1) {
            return null; // a row of other columns
        }
        double[] row = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                row[i] = Double.parseDouble(parts[i]);
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return row;
    }

    private String format(double[] row) {
        StringBuilder line = new StringBuilder(Integer.toString((int) row[0]));
        for (int i = 1; i < row.length; i++) {
            line.append(',').append(String.format(Locale.ROOT, "%.6g", row[i]));
        }
        return line.append('\n').toString();
    }
}
