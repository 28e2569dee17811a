package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.vqvae.TokenCache;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp detokenize}: codes to pictures. */
@Command(name = "detokenize", header = "codes back to pictures", description = {
    "Turns a file of codes ('xp tokenize') back into pictures, one PNG each, named as the pictures were. Codes of another",
    "tokenizer are refused: they would decode to noise."},
        footerHeading = "%nExamples:%n",
        footer = {"  xp detokenize photo.codes --out back/", "  xp info photo.codes"})
final class DetokenizeCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private TokenizerOptions options;

    @Parameters(paramLabel = "FILE", description = "a file of codes")
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder for the pictures, made where missing")
    private Path out;

    @Override
    public Integer call() {
        try (TokenCache cache = TokenCache.open(file); TokenizerOptions.Opened opened = options.open();
                Progress progress = common.progress("detokenize", cache.size(), "pictures")) {
            cache.requireFrom(opened.fingerprint());
            PictureTokenizer tokenizer = opened.tokenizer();
            AtomicFile.folder(out);
            Set<String> taken = new HashSet<>();
            for (int i = 0; i < cache.size(); i++) {
                TokenCache.Grid grid = cache.grid(i);
                Picture picture = tokenizer.decode(new int[][] {grid.codes()}, grid.columns() * tokenizer.reduction(),
                        grid.rows() * tokenizer.reduction()).getFirst();
                Path target = out.resolve(fileName(grid.name(), i, taken));
                PictureWriter.write(picture, target);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("picture", target.toString());
                result.put("width", picture.width());
                result.put("height", picture.height());
                common.result(result, () -> common.out().println(String.format(Locale.ROOT, "%s: %d x %d pixels", target, picture.width(), picture.height())));
                progress.step();
            }
        }
        return Main.DONE;
    }

    /** A plain, unused file name made of a name that some file claims. */
    private static String fileName(String name, int index, Set<String> taken) {
        String stem = name.replaceFirst("\\.[A-Za-z0-9]{1,5}$", "").replaceAll("[^A-Za-z0-9._-]+", "_").replaceFirst("^\\.+", "");
        stem = stem.isEmpty() ? "picture" : stem.substring(0, Math.min(stem.length(), 100));
        String plain = stem + ".png";
        if (!taken.add(plain)) {
            plain = stem + "-" + index + ".png";
            taken.add(plain);
        }
        return plain;
    }
}
