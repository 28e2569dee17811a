package org.xprompt4j.xprompt.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.xprompt4j.xprompt.data.PhotoFolder.Stored;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.picture.WholeFile;

/**
 * Makes the small set that the repository carries ({@code xprompt/photos}) and the {@code NOTICE} with its credits: the sixteen
 * photographs that are always test, as centre squares of 256 x 256, and {@value #TRAINING} training photographs with a shorter side of
 * {@value #TRAINING_SIDE}, chosen by their hash among those whose own licence allows it. The same packages give the same set.
 */
public final class RepositoryPhotographs {
    private static final int TEST_SIDE = 256;
    private static final float TEST_QUALITY = 0.92f;
    private static final int TRAINING = 60;
    private static final int TRAINING_SIDE = 192;
    private static final float TRAINING_QUALITY = 0.9f;
    /** A training photograph may have this share of pure black or white; more is a cut-out on a backdrop. */
    private static final double MOST_BACKDROP = 0.15;

    private RepositoryPhotographs() {}

    /**
     * @param packages folder in which packages are kept, as for {@link DataPreparation}
     * @param photos   folder to write pictures and manifest to
     * @param notice   file to write the credits to
     */
    public static void make(Path packages, Path photos, Path notice, DataPreparation.Progress progress) {
        Catalogue catalogue = Catalogue.load();
        List<Candidate> candidates = new DataPreparation(packages, Tier.A, progress).candidates(new DebianPackages(packages));
        Set<String> testGroups = new HashSet<>();
        List<Stored> stored = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (catalogue.alwaysTest.contains(candidate.photo().id())) {
                testGroups.add(candidate.photo().group());
                Picture square = CentreCrop.largestSquare(PictureReader.decode(candidate.bytes(), candidate.photo().path()));
                stored.add(stored(candidate.photo().withSplit(Split.TEST), AreaShrink.toShorterSide(square, TEST_SIDE), TEST_QUALITY));
            }
        }
        candidates.sort(Comparator.comparing(candidate -> candidate.photo().sha256()));
        int training = 0;
        Set<String> groups = new HashSet<>(testGroups);
        for (Candidate candidate : candidates) {
            Photo photo = candidate.photo();
            if (training == TRAINING || !candidate.ship() || Split.ofGroup(photo.group()) != Split.TRAIN || groups.contains(photo.group())) {
                continue;
            }
            Picture picture = PictureReader.decode(candidate.bytes(), photo.path());
            if (Math.min(picture.width(), picture.height()) < TRAINING_SIDE || !isPhotographLike(picture)) {
                continue;
            }
            groups.add(photo.group());
            training++;
            progress.at("choosing training photographs", training, TRAINING);
            stored.add(stored(photo.withSplit(Split.TRAIN), AreaShrink.toShorterSide(picture, TRAINING_SIDE), TRAINING_QUALITY));
        }
        PhotoFolder.write(photos, stored);
        WholeFile.write(notice, notice(stored).getBytes(StandardCharsets.UTF_8));
        new DebianPackages(packages).removeUnpacked();
    }

    private static Stored stored(Photo photo, Picture picture, float quality) {
        String file = photo.id().replaceAll("[^A-Za-z0-9_.-]", "-").toLowerCase(Locale.ROOT) + ".jpg";
        return new Stored(photo.withSize(picture.width(), picture.height()), file, PictureWriter.jpeg(picture, quality));
    }

    /** In colour, and not a thing on a plain black or white backdrop. */
    private static boolean isPhotographLike(Picture picture) {
        byte[] rgb = picture.rgb();
        int backdrop = 0;
        long colour = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            int r = rgb[i] & 0xFF;
            int g = rgb[i + 1] & 0xFF;
            int b = rgb[i + 2] & 0xFF;
            int low = Math.min(r, Math.min(g, b));
            int high = Math.max(r, Math.max(g, b));
            backdrop += low > 245 || high < 10 ? 1 : 0;
            colour += high - low;
        }
        int pixels = rgb.length / 3;
        return backdrop < MOST_BACKDROP * pixels && colour > 8L * pixels;
    }

    private static String notice(List<Stored> stored) {
        StringBuilder out = new StringBuilder("""
                XPrompt4J
                Licensed under the Apache License, Version 2.0; see LICENSE.

                The folder xprompt/sprites holds drawings of Fluent emoji, Copyright (c) Microsoft Corporation, MIT; shrunk, their outlines filled with white
                in the black and white drawings. Taken from the npm packages fluentui-emoji 1.3.0 (Copyright (c) 2022 Mohammad Abu Mattar, MIT) and
                @lobehub/fluent-emoji-3d 1.1.0 (LobeHub, MIT), found by the names of emojibase-data 17.0.0 (Miles Johnson, MIT). Their licence: xprompt/sprites/LICENSE.

                The folder xprompt/photos holds photographs by others, cropped and resized, under the licences named here.
                CC-BY: https://creativecommons.org/licenses/by/ (with the version named), CC0: https://creativecommons.org/publicdomain/zero/1.0/

                """);
        for (Stored s : stored) {
            Photo p = s.photo();
            out.append("%s: \"%s\", by %s, %s; cropped and resized%n  source: %s%n  taken from the Debian package %s%n"
                    .formatted(s.file(), p.caption(), p.author(), p.licence(), p.source(), p.packageName()));
        }
        return out.toString().replace("\r\n", "\n");
    }
}
