package org.xprompt4j.xprompt.sprite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.DataPreparation.Progress;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.PictureWriter;
import org.xprompt4j.xprompt.picture.WholeFile;

/**
 * {@code xp data sprites}: from npm packages to one sheet for each drawing and {@code sprites.json}. Flat, modern and line drawings are
 * SVG, drawn at {@value #DRAWN} pixels; the solid ones are pictures of that size. All are shrunk in linear light, so that edges keep
 * their weight. The same packages give the same sheets on one machine; another machine's Java may round an edge differently.
 */
public final class SpritePreparation {
    /** Side of a tile. */
    public static final int TILE = 64;
    private static final int COLUMNS = 16;
    private static final int DRAWN = 256;
    private static final int COLOUR_BITS = 6;
    private static final int ALPHA_BITS = 5;
    private static final SpriteManifest.Source SHAPES = new SpriteManifest.Source("fluentui-emoji", "1.3.0",
            "ec892e607e854859b812c7d827801756adc19955b0ef56d4ae8afcddd19492c5");
    private static final SpriteManifest.Source SOLIDS = new SpriteManifest.Source("@lobehub/fluent-emoji-3d", "1.1.0",
            "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58");
    private static final SpriteManifest.Source LABELS = new SpriteManifest.Source("emojibase-data", "17.0.0",
            "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a");
    private static final String LABEL_FILE = "package/en/data.json";

    /**
     * What came out.
     *
     * @param folder with the sheets
     * @param motifs how many there are
     * @param test how many of them no training sees
     * @param bytes of the sheets
     */
    public record Summary(Path folder, int motifs, int test, long bytes) {
    }

    private final Path folder;
    private final Progress progress;

    /**
     * @param folder where archives are kept, below {@code packages}, and the sheets are written
     * @param progress told about each step
     */
    public SpritePreparation(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Fetches, draws, writes; the manifest comes last.
     *
     * @throws InvalidInput if npm or the network is missing, or a package is not what it should be
     */
    public Summary run() {
        NpmPackages packages = new NpmPackages(folder.resolve("packages"));
        List<Path> archives = new ArrayList<>();
        for (SpriteManifest.Source source : List.of(LABELS, SHAPES, SOLIDS)) {
            progress.at("fetching packages", archives.size(), 3);
            archives.add(packages.provide(source));
        }
        progress.at("fetching packages", 3, 3);
        Map<String, String> codes = codes(archives.get(0));
        Map<String, byte[]> files = new HashMap<>(TarFiles.read(archives.get(2), solids(codes)));
        List<SpriteManifest.Motif> motifs = motifs(codes, files.keySet());
        files.putAll(TarFiles.read(archives.get(1), shapes(motifs)));
        Map<String, String> hashes = new LinkedHashMap<>();
        long bytes = 0;
        for (DrawingStyle style : DrawingStyle.values()) {
            byte[] sheet = PictureWriter.png(sheet(motifs, style, files));
            WholeFile.write(folder.resolve(style.fileName() + ".png"), sheet);
            hashes.put(style.fileName(), Sha256.hex(sheet));
            bytes += sheet.length;
        }
        SpriteManifest manifest = new SpriteManifest(SpriteManifest.FORMAT, "MIT", TILE, COLUMNS, List.of(SHAPES, SOLIDS, LABELS), hashes, motifs);
        WholeFile.write(folder.resolve(SpriteSet.MANIFEST), ConfigFile.write(manifest).getBytes(StandardCharsets.UTF_8));
        SpriteSet made = SpriteSet.open(folder);
        return new Summary(folder, made.names().size(), made.names(Split.TEST).size(), bytes);
    }

    /** Label to code points, as file names have them. */
    private static Map<String, String> codes(Path labels) {
        Map<String, String> codes = new HashMap<>();
        try {
            for (JsonNode emoji : new ObjectMapper().readTree(required(TarFiles.read(labels, Set.of(LABEL_FILE)), LABEL_FILE))) {
                codes.put(emoji.path("label").asText(), emoji.path("hexcode").asText().toLowerCase(Locale.ROOT));
            }
            return codes;
        } catch (IOException e) {
            throw new InvalidInput(labels + ": " + LABEL_FILE + " is not JSON; fetch the package again", e);
        }
    }

    /** What the solid drawing of a motif may be called: with or without the sign that asks for a coloured emoji. */
    private static List<String> solids(MotifList.Entry motif, Map<String, String> codes) {
        String name = "package/assets/" + codes.get(motif.label());
        return List.of(name + ".webp", name + "-fe0f.webp");
    }

    private static Set<String> solids(Map<String, String> codes) {
        Set<String> names = new HashSet<>();
        MotifList.load().forEach(motif -> names.addAll(solids(motif, codes)));
        return names;
    }

    private static Set<String> shapes(List<SpriteManifest.Motif> motifs) {
        Set<String> names = new HashSet<>();
        motifs.forEach(motif -> names.addAll(List.of(motif.flat(), motif.modern(), motif.line())));
        return names;
    }

    /** The listed motifs with the files of their drawings. */
    private static List<SpriteManifest.Motif> motifs(Map<String, String> codes, Set<String> solids) {
        List<SpriteManifest.Motif> motifs = new ArrayList<>();
        for (MotifList.Entry entry : MotifList.load()) {
            List<String> names = solids(entry, codes);
            motifs.add(new SpriteManifest.Motif(entry.name(), entry.label(), shape("flat", entry), shape("modern", entry), shape("high-contrast", entry),
                    solids.contains(names.getLast()) ? names.getLast() : names.getFirst()));
        }
        return motifs;
    }

    private static String shape(String style, MotifList.Entry motif) {
        return "package/icons/" + style + "/" + motif.label().replace(' ', '-') + ".svg";
    }

    private BufferedImage sheet(List<SpriteManifest.Motif> motifs, DrawingStyle style, Map<String, byte[]> files) {
        BufferedImage sheet = new BufferedImage(COLUMNS * TILE, Math.ceilDiv(motifs.size(), COLUMNS) * TILE, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < motifs.size(); i++) {
            progress.at("drawing " + style.fileName() + " sprites", i, motifs.size());
            Sprite sprite = drawing(motifs.get(i), style, files).resized(TILE, TILE);
            sheet.setRGB(i % COLUMNS * TILE, i / COLUMNS * TILE, TILE, TILE, fewer(sprite.argb()), 0, TILE);
        }
        progress.at("drawing " + style.fileName() + " sprites", motifs.size(), motifs.size());
        return sheet;
    }

    /** With {@value #COLOUR_BITS} bits a colour, {@value #ALPHA_BITS} of opacity: half of the file, and no difference on a photograph. */
    private static int[] fewer(int[] argb) {
        int[] out = new int[argb.length];
        for (int i = 0; i < argb.length; i++) {
            int alpha = fewer(argb[i] >>> 24, ALPHA_BITS);
            if (alpha > 0) {
                out[i] = alpha << 24 | fewer(argb[i] >> 16 & 255, COLOUR_BITS) << 16 | fewer(argb[i] >> 8 & 255, COLOUR_BITS) << 8
                        | fewer(argb[i] & 255, COLOUR_BITS);
            }
        }
        return out;
    }

    /** The nearest of the values that so many bits have, black and full among them. */
    private static int fewer(int value, int bits) {
        int most = (1 << bits) - 1;
        return Math.round(Math.round(value * most / 255f) * 255f / most);
    }

    private static Sprite drawing(SpriteManifest.Motif motif, DrawingStyle style, Map<String, byte[]> files) {
        return switch (style) {
            case FLAT -> drawn(motif.flat(), files);
            case MODERN -> drawn(motif.modern(), files);
            case LINE -> drawn(motif.line(), files).over(drawn(motif.flat(), files).silhouette());
            case SOLID -> decoded(motif.solid(), files);
        };
    }

    private static Sprite drawn(String file, Map<String, byte[]> files) {
        SVGDocument document = new SVGLoader().load(new ByteArrayInputStream(required(files, file)), null, LoaderContext.createDefault());
        if (document == null) {
            throw new InvalidInput(file + ": is not a drawing; fetch the package again");
        }
        BufferedImage image = new BufferedImage(DRAWN, DRAWN, BufferedImage.TYPE_INT_ARGB);
        Graphics2D g = image.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            document.render((Component) null, g, new ViewBox(0, 0, DRAWN, DRAWN));
        } finally {
            g.dispose();
        }
        return sprite(image);
    }

    private static Sprite decoded(String file, Map<String, byte[]> files) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(required(files, file)));
            if (image == null || image.getWidth() < TILE || image.getHeight() != image.getWidth()) {
                throw new InvalidInput(file + ": is not a square picture of " + TILE + " pixels or more; fetch the package again");
            }
            return sprite(image);
        } catch (IOException e) {
            throw new InvalidInput(file + ": is not a picture (" + e.getMessage() + "); fetch the package again", e);
        }
    }

    private static Sprite sprite(BufferedImage image) {
        return Sprite.of(image.getWidth(), image.getHeight(), image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()));
    }

    private static byte[] required(Map<String, byte[]> files, String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw new InvalidInput(name + ": is not in its package; motifs.txt must name drawings that all packages have");
        }
        return bytes;
    }
}
