package org.xprompt4j.xprompt.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code catalogue.json}: which packages hold which photographs, and what their own files do not tell. Ours, so a fault in it is a bug. */
final class Catalogue {
    /** A Debian package of one exact version. */
    record DebianPackage(String name, String version, String sha256, Tier tier) {}

    /** A photograph listed by hand; its split and size come later. */
    record Listed(String packageName, String path, String author, String licence, String source, String group, String caption, Tier tier, boolean ship) {}

    /**
     * What to take from GCompris' resource files, whose README files tell author and licence.
     *
     * @param misspelt   file name in a README to the real one
     * @param sameMotif  group to the group that it belongs to
     */
    record Gcompris(String packageName, String folder, List<String> archives, Set<String> leaveOut, Map<String, String> misspelt, Map<String, String> sameMotif) {}

    private static final String RESOURCE = "catalogue.json";

    final List<DebianPackage> packages = new ArrayList<>();
    final List<Listed> photographs = new ArrayList<>();
    final Gcompris gcompris;
    /** Photographs that are always test, by id. */
    final Set<String> alwaysTest = new HashSet<>();
    /** Pairs that look alike to the difference hash and are not the same motif; ids joined by " | ", the smaller first. */
    final Set<String> similarButDifferent = new HashSet<>();

    private Catalogue(JsonNode root) {
        for (JsonNode p : root.get("packages")) {
            packages.add(new DebianPackage(p.get("name").asText(), p.get("version").asText(), p.get("sha256").asText(), tier(p)));
        }
        for (JsonNode p : root.get("photographs")) {
            photographs.add(new Listed(p.get("package").asText(), p.get("path").asText(), p.get("author").asText(), p.get("licence").asText(),
                    p.get("source").asText(), p.get("group").asText(), p.get("caption").asText(), tier(p), p.get("ship").asBoolean()));
        }
        JsonNode g = root.get("gcompris");
        gcompris = new Gcompris(g.get("package").asText(), g.get("folder").asText(), texts(g.get("archives")), new HashSet<>(texts(g.get("leaveOut"))),
                map(g.get("misspelt")), map(g.get("sameMotif")));
        alwaysTest.addAll(texts(root.get("alwaysTest")));
        similarButDifferent.addAll(texts(root.get("similarButDifferent")));
    }

    static Catalogue load() {
        try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
            return new Catalogue(Manifest.JSON.readTree(in));
        } catch (IOException e) {
            throw new IllegalStateException("the resource " + RESOURCE + " cannot be read", e);
        }
    }

    private static Tier tier(JsonNode node) {
        return node.get("tier").asText().equals("A") ? Tier.A : Tier.AB;
    }

    private static List<String> texts(JsonNode list) {
        List<String> out = new ArrayList<>();
        list.forEach(n -> out.add(n.asText()));
        return out;
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> out = new HashMap<>();
        object.properties().forEach(e -> out.put(e.getKey(), e.getValue().asText()));
        return out;
    }
}
