package org.xprompt4j.tests.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/**
 * Does the same work again and again with the fault one operation later each time, until a run passes untouched. After every
 * run the real folder must hold the old state or the new one.
 */
final class FaultDrill {
    private static final int MOST = 20_000;

    /** What is tried. Paths lie in a folder of their own, {@code old} says that it holds the old state. */
    interface Work {
        /** Writes the old state to the real folder. */
        void prepare(Path real) throws IOException;

        /** Brings the new state, over faulty files. */
        void act(Path faulty) throws IOException;

        /** Loads what the real folder holds: true for the new state, false for the old one, an assertion error for neither. */
        boolean isNew(Path real) throws IOException;
    }

    private static final Logger LOG = Logger.getLogger(AtomicFile.class.getName()); // tells of every file left behind

    private final Path folder;
    private final boolean leftoversAllowed;
    private final int stride;

    /** @param leftoversAllowed whether files ending in .part may stay after a failure, because the next start removes them */
    FaultDrill(Path folder, boolean leftoversAllowed) {
        this(folder, leftoversAllowed, 1);
    }

    /** @param stride from one operation that fails to the next; more than 1 for work that repeats one operation very often */
    FaultDrill(Path folder, boolean leftoversAllowed, int stride) {
        this.folder = folder;
        this.leftoversAllowed = leftoversAllowed;
        this.stride = stride;
    }

    /** Runs all kinds; the number of runs. */
    int run(Work work) throws IOException {
        int runs = 0;
        Level before = LOG.getLevel();
        LOG.setLevel(Level.OFF);
        try {
            for (Fault.Kind kind : Fault.Kind.values()) {
                runs += run(work, kind);
            }
        } finally {
            LOG.setLevel(before);
        }
        return runs;
    }

    private int run(Work work, Fault.Kind kind) throws IOException {
        int olds = 0;
        int news = 0;
        int runs = 0;
        for (int at = 1; at < MOST; at += stride) {
            runs++;
            Path real = folder.resolve(kind + "-" + at);
            Files.createDirectory(real);
            work.prepare(real);
            FaultyFiles files = new FaultyFiles(new Fault(kind, at));
            String failure = attempt(work, files, real);
            assertThat(work.isNew(real)).as("the new state is there, after %s (%s)", files.fault(), failure)
                    .isIn(failure == null ? List.of(true) : List.of(true, false));
            if (work.isNew(real)) {
                news++;
            } else {
                olds++;
            }
            if (!leftoversAllowed && kind != Fault.Kind.POWER_LOSS) {
                assertThat(parts(real)).as("left behind by %s", files.fault()).isEmpty();
            }
            delete(real);
            if (!files.fault().struck()) {
                assertThat(failure).as("an untouched run").isNull();
                assertThat(kind == Fault.Kind.SHORT || olds > 0 && news > 0).as("%s: %d times the old state, %d the new", kind, olds, news).isTrue();
                return runs;
            }
        }
        throw new AssertionError("no run passed within " + MOST + " operations");
    }

    /** The message of the failure; null when the work succeeded. */
    private static String attempt(Work work, FaultyFiles files, Path real) throws IOException {
        try {
            work.act(files.over(real));
            return null;
        } catch (InvalidInput e) {
            assertThat(e.getMessage()).as("one line that names the file, after %s", files.fault()).contains(real.toString()).doesNotContain("\n");
            return e.getMessage();
        } finally {
            files.restart();
        }
    }

    private static List<Path> parts(Path real) throws IOException {
        try (Stream<Path> all = Files.walk(real)) {
            return all.filter(p -> p.toString().endsWith(".part")).toList();
        }
    }

    static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
