package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.vqvae.TokenCache;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp tokenize}: pictures to codes. */
@Command(name = "tokenize", header = "pictures to codes", description = {
    "Turns pictures into the codes that the model reads, and says how much of each picture they keep: the PSNR in dB between the",
    "picture as the tokenizer saw it and what 'xp detokenize' will give back. Each picture is shrunk to the tokenizer's size",
    "and its centre is taken, as in training."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp tokenize photo.jpg --out photo.codes",
            "  xp tokenize *.jpg --size 128 --out all.codes     larger pictures: more codes each",
            "  xp tokenize photo.png --size 0 --out p.codes     as it is, trimmed to whole codes",
            "  xp detokenize photo.codes --out back/"})
final class TokenizeCommand implements Callable<Integer> {
    private static final int MOST_SIDE = 4096;

    @Mixin
    private CommonOptions common;

    @Mixin
    private TokenizerOptions options;

    @Parameters(paramLabel = "IMG", arity = "1..*", description = "pictures: PNG, JPEG, WebP, GIF, BMP, TIFF")
    private List<Path> pictures;

    @Option(names = "--size", paramLabel = "N", description = "side of the square that is tokenized; 0 for the picture as it is; default: the tokenizer's own")
    private Integer size;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the file of codes to write")
    private Path out;

    @Override
    public Integer call() {
        OutputPlace.file(out);
        try (TokenizerOptions.Opened opened = options.open(); Progress progress = common.progress("tokenize", pictures.size(), "pictures")) {
            PictureTokenizer tokenizer = opened.tokenizer();
            int side = side(tokenizer);
            List<TokenCache.Grid> grids = new ArrayList<>();
            List<Map<String, Object>> results = new ArrayList<>();
            for (Path path : pictures) {
                Picture picture = fit(PictureReader.read(path), side, tokenizer.reduction(), path);
                int rows = picture.height() / tokenizer.reduction();
                int columns = picture.width() / tokenizer.reduction();
                int[][] codes = tokenizer.encode(List.of(picture));
                grids.add(new TokenCache.Grid(path.getFileName().toString(), rows, columns, codes[0]));
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("picture", path.toString());
                result.put("width", picture.width());
                result.put("height", picture.height());
                result.put("codes", codes[0].length);
                if (opened.vqgan().canDecode()) {
                    Picture again = tokenizer.decode(codes, picture.width(), picture.height()).getFirst();
                    result.put("psnr", Psnr.capped(picture, again, Psnr.CEILING));
                }
                results.add(result);
                progress.step();
            }
            AtomicFile.folder(out.toAbsolutePath().getParent());
            TokenCache.write(out, opened.fingerprint(), opened.vqgan().config().codes(), grids);
            for (Map<String, Object> result : results) {
                common.result(result, () -> common.out().println(line(result)));
            }
        }
        common.note("codes in " + out);
        return Main.DONE;
    }

    private static String line(Map<String, Object> result) {
        Object psnr = result.get("psnr");
        return String.format(Locale.ROOT, "%s: %s x %s pixels, %s codes, %s", Main.oneLine((String) result.get("picture")), result.get("width"),
                result.get("height"), result.get("codes"),
                psnr == null ? "loss unknown: this model holds no decoder" : String.format(Locale.ROOT, "%.2f dB", (Double) psnr));
    }

    private int side(PictureTokenizer tokenizer) {
        int side = size == null ? tokenizer.vqgan().config().resolution() : size;
        if (side < 0 || side > MOST_SIDE || side % tokenizer.reduction() != 0) {
            throw new InvalidInput("--size must be 0 or a multiple of " + tokenizer.reduction() + " up to " + MOST_SIDE + ", is " + side);
        }
        return side;
    }

    private static Picture fit(Picture picture, int side, int reduction, Path path) {
        if (side > 0) {
            return CentreCrop.square(picture, side);
        }
        int width = picture.width() / reduction * reduction;
        int height = picture.height() / reduction * reduction;
        if (width == 0 || height == 0 || width > MOST_SIDE || height > MOST_SIDE) {
            throw new InvalidInput(path + ": " + picture.width() + " x " + picture.height() + " pixels; sides from " + reduction + " to " + MOST_SIDE
                    + " can be tokenized as they are, use --size for others");
        }
        return picture.crop((picture.width() - width) / 2, (picture.height() - height) / 2, width, height);
    }
}
