package org.xprompt4j.xprompt.sprite;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.PictureReader;

/**
 * Motifs with a name, each in all of {@link DrawingStyle}, from a folder that {@code xp data sprites} made: one PNG sheet a drawing and
 * {@code sprites.json}. Drawings of a motif lie in the same place of their tiles, so that one can be laid over the other.
 */
public final class SpriteSet {
    /** The list of what the sheets hold. */
    public static final String MANIFEST = "sprites.json";
    private static final String AGAIN = "; make the folder again with: xp data sprites --out DIR";
    private static final int MOST_SHEET_BYTES = 8 << 20;

    private final SpriteManifest manifest;
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<DrawingStyle, Sprite[]> tiles = new EnumMap<>(DrawingStyle.class); // [motifs], each [tile, tile]
    private final String fingerprint;

    private SpriteSet(Path folder, SpriteManifest manifest) {
        this.manifest = manifest;
        for (SpriteManifest.Motif motif : manifest.motifs()) {
            places.put(motif.name(), places.size());
        }
        StringBuilder hashes = new StringBuilder();
        for (DrawingStyle style : DrawingStyle.values()) {
            tiles.put(style, tiles(folder.resolve(style.fileName() + ".png"), manifest.sheets().get(style.fileName())));
            hashes.append(manifest.sheets().get(style.fileName()));
        }
        fingerprint = Sha256.hex((hashes + names().toString()).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Opens and checks a set.
     *
     * @param folder with {@value #MANIFEST} and the four sheets
     * @throws InvalidInput naming file and field if something is missing, damaged or not what the list says
     */
    public static SpriteSet open(Path folder) {
        Path file = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(folder + ": holds no sprites (no " + MANIFEST + "); make them with: xp data sprites --out " + folder);
        }
        return new SpriteSet(folder, ConfigFile.read(file, SpriteManifest.class));
    }

    private Sprite[] tiles(Path file, String sha256) {
        byte[] bytes;
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": there is no such file" + AGAIN);
            }
            if (Files.size(file) > MOST_SHEET_BYTES) {
                throw new InvalidInput(file + ": is larger than any sheet (" + MOST_SHEET_BYTES + " bytes)" + AGAIN);
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + "); check its permissions", e);
        }
        if (!Sha256.hex(bytes).equals(sha256)) {
            throw new InvalidInput(file + ": is not the sheet that " + MANIFEST + " describes (its SHA-256 is another)" + AGAIN);
        }
        int side = manifest.tile();
        int width = manifest.columns() * side;
        int height = manifest.rows() * side;
        BufferedImage sheet = PictureReader.decodeWithAlpha(bytes, file.toString(), (long) width * height);
        if (sheet.getWidth() != width || sheet.getHeight() != height) {
            throw new InvalidInput(file + ": is " + sheet.getWidth() + " x " + sheet.getHeight() + " pixels, " + MANIFEST + " says " + width + " x "
                    + height + AGAIN);
        }
        Sprite[] sprites = new Sprite[manifest.motifs().size()];
        for (int i = 0; i < sprites.length; i++) {
            int x = i % manifest.columns() * side;
            int y = i / manifest.columns() * side;
            sprites[i] = Sprite.of(side, side, sheet.getRGB(x, y, side, side, null, 0, side));
            if (sprites[i].isEmpty()) {
                throw new InvalidInput(file + ": the tile of \"" + manifest.motifs().get(i).name() + "\" is empty" + AGAIN);
            }
        }
        return sprites;
    }

    /** Names of all motifs, in the order of the sheets. */
    public List<String> names() {
        return manifest.motifs().stream().map(SpriteManifest.Motif::name).toList();
    }

    /** Names of the motifs on one side of the split. */
    public List<String> names(Split split) {
        return names().stream().filter(name -> split(name) == split).toList();
    }

    /** On which side a motif stands, in whatever drawing: decided by its name. */
    public static Split split(String name) {
        return Split.ofGroup("sprite:" + name);
    }

    /** Side of a tile in pixels. */
    public int tile() {
        return manifest.tile();
    }

    /**
     * The whole tile of a motif, transparent border included: [tile, tile].
     *
     * @throws InvalidInput if there is no such motif
     */
    public Sprite tile(String name, DrawingStyle style) {
        Integer place = places.get(name);
        if (place == null) {
            throw new InvalidInput("there is no sprite \"" + name + "\"; the sprites are: " + String.join(", ", names()));
        }
        return tiles.get(style)[place];
    }

    /** SHA-256 over names and sheets, so that what was made with another set is recognised. */
    public String fingerprint() {
        return fingerprint;
    }
}
