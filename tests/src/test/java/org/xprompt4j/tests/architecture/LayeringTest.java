package org.xprompt4j.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tests.architecture.Sources.Source;

/** Arrows point one way: tensor ← nn ← vqvae ← xprompt, bench and tests above all; internals stay inside; the lower three need the JDK alone. */
class LayeringTest {
    /** Module and the modules that it may use. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "tensor", Set.of("tensor"),
            "kernels-cuda", Set.of("kernels-cuda", "tensor"),
            "nn", Set.of("nn", "tensor"),
            "vqvae", Set.of("vqvae", "nn", "tensor"),
            "xprompt", Set.of("xprompt", "vqvae", "nn", "tensor"),
            "bench", Set.of("bench", "xprompt", "vqvae", "nn", "tensor", "kernels-cuda"),
            "tests", Set.of("tests", "xprompt", "vqvae", "nn", "tensor", "kernels-cuda"));

    private static final Set<String> JDK_ALONE = Set.of("tensor", "nn", "vqvae");

    /** Nobody imports these; they run from the class path and have no descriptor. */
    private static final Set<String> TOP = Set.of("bench", "tests");

    /** Package to the module that holds it. */
    private static Map<String, String> owners() {
        Map<String, String> owners = new TreeMap<>();
        Sources.main().forEach(source -> owners.put(source.packageName(), source.module()));
        return owners;
    }

    private static Source moduleInfo(String module) {
        return Sources.main().stream().filter(source -> source.module().equals(module) && source.isModuleInfo()).findFirst().orElseThrow();
    }

    @Test
    void everyModuleHasItsPlace() {
        assertThat(MAY_USE.keySet()).as("modules of the parent pom").containsAll(Sources.modules());
        assertThat(Sources.main()).as("sources").hasSizeGreaterThan(50);
    }

    @Test
    void importsFollowTheArrows() {
        Map<String, String> owners = owners();
        List<String> wrong = new ArrayList<>();
        for (Source source : Sources.all()) {
            for (String imported : source.imports()) {
                String owner = owners.get(imported);
                if (owner != null && !MAY_USE.get(source.module()).contains(owner)) {
                    wrong.add(source + " imports " + imported + " of " + owner);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void onlyExportedPackagesAreImportedFromOutside() {
        Map<String, String> owners = owners();
        Map<String, Set<String>> exported = new HashMap<>();
        owners.values().stream().distinct().filter(module -> !TOP.contains(module)).forEach(module -> exported.put(module,
                Sources.matches(Pattern.compile("exports ([\\w.]+);"), moduleInfo(module).text())));
        List<String> wrong = new ArrayList<>();
        for (Source source : Sources.main()) {
            for (String imported : source.imports()) {
                String owner = owners.get(imported);
                if (owner != null && !owner.equals(source.module()) && !exported.get(owner).contains(imported)) {
                    wrong.add(source + " imports " + imported + ", which " + owner + " does not export");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theLowerModulesNeedTheJdkAlone() {
        Map<String, String> owners = owners();
        List<String> wrong = new ArrayList<>();
        for (Source source : Sources.main()) {
            if (JDK_ALONE.contains(source.module())) {
                for (String imported : source.imports()) {
                    boolean jdk = imported.startsWith("java.") || imported.equals("jdk.incubator.vector");
                    if (!jdk && !owners.containsKey(imported)) {
                        wrong.add(source + " imports " + imported);
                    }
                }
            }
        }
        for (String module : JDK_ALONE) {
            for (String required : Sources.matches(Pattern.compile("requires (?:static |transitive )*([\\w.]+);"), moduleInfo(module).text())) {
                if (!required.startsWith("java.") && !required.startsWith("org.xprompt4j.") && !required.equals("jdk.incubator.vector")) {
                    wrong.add(module + " requires " + required);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void pomsAndModuleDescriptorsFollowTheArrows() {
        List<String> wrong = new ArrayList<>();
        Pattern dependency = Pattern.compile("(?s)<dependency>(.*?)</dependency>");
        for (String module : Sources.modules()) {
            for (String text : Sources.matches(dependency, Sources.pom(module))) {
                if (text.contains("<scope>runtime</scope><optional>true</optional>")) {
                    continue; // found by ServiceLoader, if it is there
                }
                String artifact = text.replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1");
                boolean ours = text.contains("<groupId>org.xprompt4j</groupId>");
                boolean allowed = ours ? MAY_USE.get(module).contains(artifact.replace("xprompt4j-", ""))
                        : !JDK_ALONE.contains(module) || text.contains("<scope>test</scope>");
                if (!allowed) {
                    wrong.add(module + "/pom.xml depends on " + artifact);
                }
            }
            if (!TOP.contains(module)) {
                for (String required : Sources.matches(Pattern.compile("requires (?:static |transitive )*org\\.xprompt4j\\.([\\w.]+);"),
                        moduleInfo(module).text())) {
                    if (!MAY_USE.get(module).contains(required)) {
                        wrong.add(module + " requires org.xprompt4j." + required);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
