package org.xprompt4j.xprompt.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Catalogue.DebianPackage;
import org.xprompt4j.xprompt.data.Catalogue.Gcompris;
import org.xprompt4j.xprompt.data.CreditReadme.Credit;

/** The photographs in GCompris' resource files, with the author and licence that the README beside them tells. */
final class GcomprisPhotographs {
    private static final long MAX_ARCHIVE = 500_000_000;
    /** Pieces of a jigsaw, not photographs; the whole is called background. */
    private static final String JIGSAW = "details";

    private final Gcompris rules;
    private final DebianPackage source;

    GcomprisPhotographs(Gcompris rules, DebianPackage source) {
        this.rules = rules;
        this.source = source;
    }

    /** @param folder the unpacked package */
    List<Candidate> find(Path folder, Tier tier) {
        List<Candidate> found = new ArrayList<>();
        for (String archive : rules.archives()) {
            Path file = folder.resolve(rules.folder()).resolve(archive + ".rcc");
            try {
                if (Files.size(file) > MAX_ARCHIVE) {
                    throw new InvalidInput(file + ": is larger than any file of this package; fetch it again");
                }
                add(found, archive, RccArchive.read(Files.readAllBytes(file), file.toString()), tier);
            } catch (IOException e) {
                throw new InvalidInput(file + ": is missing from the package (" + e.getMessage() + "); fetch it again", e);
            }
        }
        return found;
    }

    private void add(List<Candidate> found, String archive, Map<String, byte[]> entries, Tier tier) {
        Map<String, Credit> credits = credits(entries);
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            String path = entry.getKey();
            Credit credit = credits.get(path);
            String file = path.substring(path.lastIndexOf('/') + 1);
            if (credit == null || !file.endsWith(".webp") || rules.leaveOut().contains(file)) {
                continue;
            }
            if (archive.equals(JIGSAW) && !file.endsWith("_background.webp")) {
                continue;
            }
            boolean tierA = CreditReadme.tierA(credit.licence());
            if (!tierA && tier == Tier.A) {
                continue;
            }
            String stem = file.replace("_background", "").replace(".webp", "");
            String inside = path.replaceFirst(".*/resource/(images?/|animals/|music/)?", "").replace("_background", "").replace(".webp", "");
            String group = stem.toLowerCase(Locale.ROOT);
            String sha256 = Sha256.hex(entry.getValue());
            Photo photo = new Photo(source.name() + ":" + archive + "/" + inside, source.name() + " " + source.version(),
                    rules.folder() + "/" + archive + ".rcc!" + path, credit.author(), credit.licence(), credit.source(), sha256,
                    rules.sameMotif().getOrDefault(group, group), Split.TRAIN, caption(stem), 0, 0);
            found.add(new Candidate(photo, entry.getValue(), tierA));
        }
    }

    /** Path of a picture in the archive to its credit. */
    private Map<String, Credit> credits(Map<String, byte[]> entries) {
        Map<String, Credit> credits = new HashMap<>();
        entries.forEach((path, bytes) -> {
            if (path.endsWith("/README")) {
                String folder = path.substring(0, path.length() - "README".length());
                CreditReadme.read(new String(bytes, StandardCharsets.UTF_8)).forEach((name, credit) -> {
                    String file = name;
                    for (Map.Entry<String, String> m : rules.misspelt().entrySet()) {
                        file = file.replace(m.getKey(), m.getValue());
                    }
                    credits.put(folder + file, credit);
                });
            }
        });
        return credits;
    }

    /** "greatPyramidOfGiza" and "polar_bear" as words; a trailing number is dropped. */
    static String caption(String stem) {
        return stem.replaceAll("[0-9]+$", "").replaceAll("([a-z])([A-Z])", "$1 $2").replace('_', ' ').strip().toLowerCase(Locale.ROOT);
    }
}
