package org.xprompt4j.xprompt.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Catalogue.DebianPackage;
import org.xprompt4j.xprompt.data.Catalogue.Listed;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.picture.WholeFile;

/**
 * {@code xp data prepare}: from Debian packages to one pack of photographs with their credits. Packages are fetched and checked
 * ({@link DebianPackages}), photographs found and their licences read, shrunk to a shorter side of at most {@value #SHORTER_SIDE},
 * duplicates refused, the split drawn by group. Started again in the same folder it fetches only what is missing.
 */
public final class DataPreparation {
    /** Larger photographs are shrunk to this. */
    public static final int SHORTER_SIDE = 384;
    private static final float QUALITY = 0.93f;
    /** Smaller photographs are left out. */
    private static final int LEAST_SIDE = 128;

    /** Told about each step; called from one thread. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param what  is being done, for a person
         * @param done  steps of this kind that are done
         * @param total steps of this kind
         */
        void at(String what, int done, int total);
    }

    /** What came out. */
    public record Summary(Path pack, String fingerprint, long bytes, int photographs, int train, int validation, int test) {}

    private final Path folder;
    private final Tier tier;
    private final Progress progress;
    private final Catalogue catalogue = Catalogue.load();

    /**
     * @param folder   where packages are kept and the pack is written
     * @param tier     which licences are used
     * @param progress told about each step
     */
    public DataPreparation(Path folder, Tier tier, Progress progress) {
        this.folder = folder;
        this.tier = tier;
        this.progress = progress;
    }

    /**
     * Fetches, checks, shrinks, writes {@code photos.pack} and {@code manifest.json}.
     *
     * @throws InvalidInput if the clients or the network are missing, or a package or picture is not what it should be
     */
    public Summary run() {
        DebianPackages packages = new DebianPackages(folder);
        List<Candidate> candidates = candidates(packages);
        List<Photo> photos = new ArrayList<>();
        List<byte[]> encoded = new ArrayList<>();
        DuplicateCheck duplicates = new DuplicateCheck(catalogue.similarButDifferent);
        Set<String> testGroups = testGroups(candidates);
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            progress.at("shrinking photographs", i, candidates.size());
            Picture picture = PictureReader.decode(candidate.bytes(), candidate.photo().path());
            if (Math.min(picture.width(), picture.height()) < LEAST_SIDE) {
                continue;
            }
            Picture small = AreaShrink.toShorterSide(picture, SHORTER_SIDE);
            Photo photo = candidate.photo().withSize(small.width(), small.height()).withSplit(
                    testGroups.contains(candidate.photo().group()) ? Split.TEST : Split.ofGroup(candidate.photo().group()));
            duplicates.add(photo, small);
            photos.add(photo);
            encoded.add(PictureWriter.jpeg(small, QUALITY));
        }
        progress.at("shrinking photographs", candidates.size(), candidates.size());
        duplicates.finish();
        Path pack = folder.resolve(PhotoPack.FILE_NAME);
        PhotoPack.write(pack, photos, encoded);
        List<ObjectNode> nodes = photos.stream().map(Manifest::node).toList();
        WholeFile.write(folder.resolve(Manifest.FILE_NAME), Manifest.write(nodes));
        packages.removeUnpacked();
        PhotoPack made = PhotoPack.open(pack);
        return new Summary(pack, made.fingerprint(), encoded.stream().mapToLong(b -> b.length).sum(), made.size(),
                made.indices(Split.TRAIN).length, made.indices(Split.VALIDATION).length, made.indices(Split.TEST).length);
    }

    /** Every photograph that the catalogue allows, in its order. */
    List<Candidate> candidates(DebianPackages packages) {
        List<DebianPackage> wanted = catalogue.packages.stream().filter(p -> p.tier().compareTo(tier) <= 0).toList();
        List<Candidate> found = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            DebianPackage source = wanted.get(i);
            progress.at("fetching " + source.name(), i, wanted.size());
            Path unpacked = packages.provide(source);
            if (source.name().equals(catalogue.gcompris.packageName())) {
                found.addAll(new GcomprisPhotographs(catalogue.gcompris, source).find(unpacked, tier));
            }
            for (Listed listed : catalogue.photographs) {
                if (listed.packageName().equals(source.name()) && listed.tier().compareTo(tier) <= 0) {
                    found.add(candidate(listed, source, unpacked));
                }
            }
        }
        progress.at("fetching packages", wanted.size(), wanted.size());
        return found;
    }

    private static Candidate candidate(Listed listed, DebianPackage source, Path unpacked) {
        Path file = unpacked.resolve(listed.path());
        try {
            byte[] bytes = Files.readAllBytes(file);
            String name = file.getFileName().toString();
            String id = source.name() + ":" + name.substring(0, name.lastIndexOf('.'));
            return new Candidate(new Photo(id, source.name() + " " + source.version(), listed.path(), listed.author(), listed.licence(), listed.source(),
                    Sha256.hex(bytes), listed.group(), Split.TRAIN, listed.caption(), 0, 0), bytes, listed.ship());
        } catch (IOException e) {
            throw new InvalidInput(file + ": is missing from the package (" + e.getMessage() + "); fetch it again", e);
        }
    }

    /** The groups of the photographs that are always test. */
    private Set<String> testGroups(List<Candidate> candidates) {
        Set<String> groups = new HashSet<>();
        for (Candidate candidate : candidates) {
            if (catalogue.alwaysTest.contains(candidate.photo().id())) {
                groups.add(candidate.photo().group());
            }
        }
        return groups;
    }
}
