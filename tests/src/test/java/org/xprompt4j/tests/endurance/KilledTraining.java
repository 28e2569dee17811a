package org.xprompt4j.tests.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.xprompt4j.tensor.Philox;

/**
 * A training in a process of its own that is killed (SIGKILL) at moments drawn from a seed and started again each time, until it
 * is done; then its folder must hold the same bytes as that of a run that nobody disturbed. Run as a program:
 * {@code KilledTraining FOLDER KILLS SEED}, half the kills for each kind, or {@code tests/endurance.sh kills}.
 */
final class KilledTraining {
    private static final long PATIENCE_SECONDS = 600;
    private static final float EARLY = 0.15f; // share of the kills that hit the start
    private static final int EARLY_MILLIS = 1500;
    private static final int LATE_MILLIS = 40;
    private static final int MOST_CHANGES = 12;
    /** What tells the time or who ran, and so promises nothing. */
    private static final Set<String> OWN = Set.of("lock");
    private static final String TIME_COLUMN = "tokens_per_second"; // the last of log.csv

    private final Path folder;
    private final SmallTrainings.Kind kind;
    private final Path recipe;
    private final Philox random;
    private int kills;
    private int rounds;

    KilledTraining(Path folder, SmallTrainings.Kind kind, int steps, int save, long seed) throws IOException {
        this.folder = folder;
        this.kind = kind;
        this.random = new Philox(seed, kind.ordinal());
        this.recipe = SmallTrainings.write(folder, kind, steps, save);
    }

    /** Kills until so many have hit; throws an assertion error that names the first file that differs. */
    void run(int wanted) throws IOException, InterruptedException {
        finish("unbroken");
        while (kills < wanted) {
            rounds++;
            String out = "broken-" + rounds;
            boolean done = false;
            while (!done && kills < wanted) {
                done = killed(out);
            }
            if (!done) {
                finish(out);
            }
            compare(folder.resolve("unbroken"), folder.resolve(out));
        }
        System.out.printf(Locale.ROOT, "%s: %d kills in %d runs, each byte-equal to the unbroken one%n", kind.command, kills, rounds);
    }

    /**
     * Starts the training and kills it at a random moment: some while it begins, most some milliseconds after it has written to its
     * folder a random number of times, for what counts is where in its work it is hit, however busy the machine. True when it was
     * done before.
     */
    private boolean killed(String out) throws IOException, InterruptedException {
        boolean early = random.nextFloat() < EARLY;
        int changes = early ? 0 : 1 + random.nextInt(MOST_CHANGES);
        long delay = (long) (random.nextFloat() * (early ? EARLY_MILLIS : LATE_MILLIS));
        Process process = start(out);
        Path run = folder.resolve(out);
        String before = traces(run);
        for (int seen = 0; seen < changes && process.isAlive();) {
            String now = traces(run);
            if (!now.equals(before)) {
                before = now;
                seen++;
            }
            Thread.sleep(1);
        }
        if (process.waitFor(delay, TimeUnit.MILLISECONDS)) {
            requireSuccess(process, out);
            return true;
        }
        process.destroyForcibly().waitFor();
        kills++;
        System.out.printf(Locale.ROOT, "%s: kill %d, %d ms after change %d, %s%n", kind.command, kills, delay, changes, state(run));
        return false;
    }

    /** What changes while a training works: its log and its states. */
    private static String traces(Path run) throws IOException {
        Path log = run.resolve("log.csv");
        return Files.exists(run) ? state(run) + (Files.exists(log) ? Files.size(log) : 0) : "";
    }

    private static String state(Path out) throws IOException {
        if (!Files.exists(out)) {
            return "nothing on the disk yet";
        }
        try (Stream<Path> entries = Files.list(out)) {
            List<String> states = entries.map(p -> p.getFileName().toString()).filter(name -> name.startsWith("state-") || name.endsWith(".part")).sorted().toList();
            return states.isEmpty() ? "no state yet" : String.join(" ", states);
        }
    }

    private void finish(String out) throws IOException, InterruptedException {
        Process process = start(out);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still training after " + PATIENCE_SECONDS + " s in " + out);
        }
        requireSuccess(process, out);
    }

    private Process start(String out) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx512m",
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true",
                "-cp", System.getProperty("java.class.path"), "org.xprompt4j.xprompt.cli.Main",
                kind.command, recipe.toString(), "--out", folder.resolve(out).toString(), "--quiet"));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(messages(out).toFile()).start();
    }

    private Path messages(String out) {
        return folder.resolve(out + ".txt");
    }

    private void requireSuccess(Process process, String out) throws IOException {
        if (process.exitValue() != 0) {
            throw new AssertionError(kind.command + " ended with " + process.exitValue() + ": " + Files.readString(messages(out)));
        }
    }

    /** All files of both folders, byte by byte. */
    private static void compare(Path expected, Path actual) throws IOException {
        Set<String> names = new TreeSet<>(names(expected));
        names.addAll(names(actual));
        for (String name : names) {
            Path a = expected.resolve(name);
            Path b = actual.resolve(name);
            if (!Files.exists(a) || !Files.exists(b)) {
                throw new AssertionError(name + " is missing in " + (Files.exists(a) ? actual : expected));
            }
            boolean same = name.equals("log.csv") ? withoutTime(a).equals(withoutTime(b)) : Files.mismatch(a, b) < 0;
            if (!same) {
                throw new AssertionError(name + " differs between " + expected + " and " + actual + " from byte " + Files.mismatch(a, b) + " on");
            }
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            all.filter(Files::isRegularFile).map(p -> folder.relativize(p).toString()).filter(name -> !OWN.contains(name)).forEach(names::add);
            return names;
        }
    }

    private static List<String> withoutTime(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        boolean timed = lines.getFirst().endsWith("," + TIME_COLUMN);
        return timed ? lines.stream().map(line -> line.substring(0, line.lastIndexOf(','))).toList() : lines;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Path.of(args[0]);
        int kills = Integer.parseInt(args[1]);
        long seed = Long.parseLong(args[2]);
        System.out.println("seed " + seed);
        for (SmallTrainings.Kind kind : SmallTrainings.Kind.values()) {
            new KilledTraining(folder.resolve(kind.command), kind, 100, 5, seed).run(kills / SmallTrainings.Kind.values().length);
        }
    }
}
