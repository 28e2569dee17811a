package org.xprompt4j.tests.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java files of the modules, as text. */
final class Sources {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([a-z_][\\w]*(?:\\.[a-z_][\\w]*)*)\\.[A-Z*]");

    private Sources() {
    }

    /**
     * One file.
     *
     * @param module folder of the module
     * @param test lies below src/test
     */
    record Source(String module, boolean test, Path path, String text) {
        String packageName() {
            Matcher matcher = PACKAGE.matcher(text);
            return matcher.find() ? matcher.group(1) : "";
        }

        String typeName() {
            return path.getFileName().toString().replace(".java", "");
        }

        boolean isModuleInfo() {
            return typeName().equals("module-info");
        }

        long lines() {
            return text.lines().count();
        }

        /** Packages imported from. */
        Set<String> imports() {
            return matches(IMPORT, text);
        }

        @Override
        public String toString() {
            return root().relativize(path).toString();
        }
    }

    /** The folder with the parent pom. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !(Files.exists(folder.resolve("tensor/pom.xml")) && Files.exists(folder.resolve("pom.xml")))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("the project's root, with tensor/pom.xml, is not above " + Path.of("").toAbsolutePath());
        }
        return folder;
    }

    /** Folders of the modules that the parent pom lists. */
    static Set<String> modules() {
        return matches(Pattern.compile("<module>([\\w-]+)</module>"), read(root().resolve("pom.xml")));
    }

    static List<Source> all() {
        return modules().stream().flatMap(module -> Stream.of("main", "test").flatMap(kind -> files(module, kind))).toList();
    }

    static List<Source> main() {
        return all().stream().filter(source -> !source.test()).toList();
    }

    static String pom(String module) {
        return read(root().resolve(module).resolve("pom.xml"));
    }

    /** The first groups of all matches. */
    static Set<String> matches(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find();) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Stream<Source> files(String module, String kind) {
        Path folder = root().resolve(module).resolve("src").resolve(kind).resolve("java");
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.toString().endsWith(".java")).sorted()
                    .map(path -> new Source(module, kind.equals("test"), path, read(path))).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
