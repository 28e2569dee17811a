package org.xprompt4j.xprompt.reproduce;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.xprompt.metric.Mse;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.metric.Ssim;
import org.xprompt4j.xprompt.picture.Picture;

/** How close the pictures a0, b0, a1, b1, ... of a file are, pair by pair, as a JSON list. */
final class MetricsReproduction {
    private static final int SMALLEST = 11; // the Gaussian window of SSIM

    private MetricsReproduction() {
    }

    static void run(Path folder, Path out) {
        List<Object> results = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("images.safetensors"))) {
            for (int pair : pairs(file)) {
                Picture a = picture(file, "a" + pair);
                Picture b = picture(file, "b" + pair);
                if (a.width() != b.width() || a.height() != b.height()) {
                    throw new InvalidInput(file.path() + ": a" + pair + " and b" + pair + " must be of one size, are " + a + " and " + b);
                }
                results.add(compare(a, b));
            }
        }
        AtomicFile.text(out, JsonWriter.pretty(results));
    }

    private static Map<String, Object> compare(Picture a, Picture b) {
        double psnr = Psnr.of(a, b);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("psnr", Double.isInfinite(psnr) ? "inf" : (Object) psnr);
        row.put("ssim_gaussian", Ssim.gaussian(a, b));
        row.put("ssim_uniform7", Ssim.uniform7(a, b));
        row.put("mse01", Mse.on01(a, b));
        row.put("rmse01", Mse.rootOn01(a, b));
        return row;
    }

    /** The numbers of the pairs, ascending. */
    private static List<Integer> pairs(SafetensorsFile file) {
        TreeMap<Integer, String> numbers = new TreeMap<>();
        for (String name : file.names()) {
            if (!name.matches("[ab](0|[1-9][0-9]{0,8})")) {
                throw new InvalidInput(file.path() + ": tensor " + JsonWriter.compact(name) + " is none of a0, b0, a1, b1, ...");
            }
            numbers.put(Integer.parseInt(name.substring(1)), name);
        }
        return List.copyOf(numbers.keySet());
    }

    private static Picture picture(SafetensorsFile file, String name) {
        Tensor tensor = file.tensor(name); // [height, width, 3]
        if (tensor.dtype() != DType.U8 || tensor.rank() != 3 || tensor.dim(2) != 3 || tensor.dim(0) < SMALLEST
                || tensor.dim(1) < SMALLEST || tensor.byteSize() > Integer.MAX_VALUE - 64) {
            throw new InvalidInput(file.path() + ": " + name + " must be U8[height, width, 3] of at least " + SMALLEST + " x " + SMALLEST
                    + ", is " + tensor.dtype() + tensor.shape());
        }
        return new Picture(tensor.size(1), tensor.size(0), tensor.segment().toArray(ValueLayout.JAVA_BYTE));
    }
}
