package org.xprompt4j.xprompt.scene;

import java.awt.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.scene.Scene.Thing;
import org.xprompt4j.xprompt.wording.ColourNames;

/**
 * Reads a scene back from a picture, by exact means: the ground is the colour name of most pixels; what is left falls into connected
 * parts; a part's colour is the name of most of its pixels, its form the one whose drawing overlaps it best.
 */
public final class SceneReader {
    private static final double LEAST_AREA = 0.012; // of the picture; less is a speck
    private static final double LEAST_OVERLAP = 0.5; // intersection over union with the best form
    private static final int LEAST_FILLED = 4; // pixels with neighbours of their own colour that make a colour of the picture
    private static final Map<Form, FormMask> MASKS = new EnumMap<>(Form.class);
    private static final Map<String, float[]> TYPICAL = new TreeMap<>(); // [3] of every colour that a scene may have

    static {
        Scene.COLOURS.forEach(name -> TYPICAL.put(name, ColourNames.typical(name)));
        TYPICAL.put("grey", ColourNames.typical("grey"));
        for (Form form : Form.values()) {
            MASKS.put(form, FormMask.of(form));
        }
    }

    private SceneReader() {
    }

    /**
     * What a square picture shows. Parts that look like no form make the scene one thing longer all the same, with the nearest form and
     * the colour name {@code unclear}, so that no request takes them for what it asked.
     */
    public static Scene read(Picture picture) {
        int side = picture.width();
        if (picture.height() != side) {
            throw new IllegalArgumentException("a scene is square, this is a " + picture);
        }
        String[] names = named(picture);
        String ground = most(names, null);
        boolean[] free = new boolean[names.length];
        for (int i = 0; i < free.length; i++) {
            free[i] = !names[i].equals(ground);
        }
        List<Thing> things = new ArrayList<>();
        for (Part part : parts(side, free)) {
            if (part.area() >= LEAST_AREA * names.length) {
                things.add(part.thing(most(names, part.inside)));
            }
        }
        return new Scene(ground, things);
    }

    /**
     * A colour for every pixel, from those that fill some patch of the picture: at a border, where two colours mix, the nearer of the two
     * and no third one. [side * side]
     */
    private static String[] named(Picture picture) {
        int side = picture.width();
        float[][] pixels = new float[side * side][3];
        String[] first = new String[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            for (int c = 0; c < 3; c++) {
                pixels[i][c] = picture.at(i % side, i / side, c) / 255f;
            }
            first[i] = nearest(pixels[i], TYPICAL);
        }
        Map<String, float[]> means = new TreeMap<>(); // sums of three channels and their number first
        for (int y = 1; y < side - 1; y++) {
            for (int x = 1; x < side - 1; x++) {
                int at = y * side + x;
                if (isFilled(first, at, side)) {
                    float[] sum = means.computeIfAbsent(first[at], name -> new float[4]);
                    for (int c = 0; c < 3; c++) {
                        sum[c] += pixels[at][c];
                    }
                    sum[3]++;
                }
            }
        }
        means.values().removeIf(sum -> sum[3] < LEAST_FILLED);
        if (means.isEmpty()) {
            return first;
        }
        means.replaceAll((name, sum) -> new float[] {sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]});
        String[] names = new String[pixels.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = nearest(pixels[i], means);
        }
        return names;
    }

    /** True where the eight neighbours have the same name. */
    private static boolean isFilled(String[] names, int at, int side) {
        for (int dy = -side; dy <= side; dy += side) {
            for (int dx = -1; dx <= 1; dx++) {
                if (!names[at + dy + dx].equals(names[at])) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String nearest(float[] pixel, Map<String, float[]> colours) {
        String best = null;
        double least = Double.MAX_VALUE;
        for (Map.Entry<String, float[]> entry : colours.entrySet()) {
            double distance = 0;
            for (int c = 0; c < 3; c++) {
                double d = pixel[c] - entry.getValue()[c];
                distance += d * d;
            }
            if (distance < least) {
                least = distance;
                best = entry.getKey();
            }
        }
        return best;
    }

    /** The name of most pixels of a part; of all for null. */
    private static String most(String[] names, boolean[] inside) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            if (inside == null || inside[i]) {
                counts.merge(names[i], 1, Integer::sum);
            }
        }
        return counts.entrySet().stream().max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey())).orElseThrow().getKey();
    }

    /** Connected parts (four neighbours), in raster order of their first pixels. */
    private static List<Part> parts(int side, boolean[] free) {
        List<Part> parts = new ArrayList<>();
        boolean[] seen = new boolean[free.length];
        int[] stack = new int[free.length];
        for (int start = 0; start < free.length; start++) {
            if (!free[start] || seen[start]) {
                continue;
            }
            boolean[] inside = new boolean[free.length];
            int top = 0;
            stack[top++] = start;
            seen[start] = true;
            while (top > 0) {
                int at = stack[--top];
                inside[at] = true;
                int x = at % side;
                int[] next = {x > 0 ? at - 1 : at, x < side - 1 ? at + 1 : at, at >= side ? at - side : at, at < free.length - side ? at + side : at};
                for (int n : next) {
                    if (free[n] && !seen[n]) {
                        seen[n] = true;
                        stack[top++] = n;
                    }
                }
            }
            parts.add(new Part(side, inside));
        }
        return parts;
    }

    /** A form around its centre of mass, with its area. */
    private record FormMask(Shape outline, double area, double x, double y) {
        private static final int STEPS = 200;

        static FormMask of(Form form) {
            Shape outline = form.outline();
            double area = 0;
            double x = 0;
            double y = 0;
            double step = 1.2 / STEPS;
            for (int i = 0; i < STEPS * STEPS; i++) {
                double px = -0.6 + (i % STEPS + 0.5) * step;
                double py = -0.6 + (i / STEPS + 0.5) * step;
                if (outline.contains(px, py)) {
                    area += step * step;
                    x += px * step * step;
                    y += py * step * step;
                }
            }
            return new FormMask(outline, area, x / area, y / area);
        }

        boolean contains(double fromCentreX, double fromCentreY) {
            return outline.contains(x + fromCentreX, y + fromCentreY);
        }
    }

    /** Pixels that hang together, with their bounding box. */
    private static final class Part {
        private final int side;
        private final boolean[] inside; // [side * side]
        private int left = Integer.MAX_VALUE;
        private int top = Integer.MAX_VALUE;
        private int right = -1;
        private int bottom = -1;
        private int area;

        Part(int side, boolean[] inside) {
            this.side = side;
            this.inside = inside;
            for (int i = 0; i < inside.length; i++) {
                if (inside[i]) {
                    area++;
                    left = Math.min(left, i % side);
                    right = Math.max(right, i % side);
                    top = Math.min(top, i / side);
                    bottom = Math.max(bottom, i / side);
                }
            }
        }

        int area() {
            return area;
        }

        Thing thing(String colour) {
            double x = 0; // the centre of mass
            double y = 0;
            for (int i = 0; i < inside.length; i++) {
                if (inside[i]) {
                    x += (i % side + 0.5) / area;
                    y += (i / side + 0.5) / area;
                }
            }
            Form best = Form.CIRCLE;
            double most = -1;
            for (Form form : Form.values()) {
                double overlap = overlap(MASKS.get(form), x, y);
                if (overlap > most) {
                    most = overlap;
                    best = form;
                }
            }
            double size = Math.max(right - left + 1, bottom - top + 1) / (double) side;
            return new Thing(best, most >= LEAST_OVERLAP ? colour : "unclear", (left + right + 1) / 2.0 / side, (top + bottom + 1) / 2.0 / side, size);
        }

        /** Largest intersection over union with a form whose centre of mass is ours, over sizes around that of our area. */
        private double overlap(FormMask form, double x, double y) {
            double most = 0;
            for (double scale = 0.88; scale < 1.13; scale += 0.06) {
                double size = scale * Math.sqrt(area / form.area()); // pixels a unit of the form
                int both = 0;
                int formed = 0;
                int reach = (int) size + 1;
                for (int py = Math.max(0, (int) y - reach); py < Math.min(side, (int) y + reach); py++) {
                    for (int px = Math.max(0, (int) x - reach); px < Math.min(side, (int) x + reach); px++) {
                        if (form.contains((px + 0.5 - x) / size, (py + 0.5 - y) / size)) {
                            formed++;
                            both += inside[py * side + px] ? 1 : 0;
                        }
                    }
                }
                most = Math.max(most, both / (double) (formed + area - both));
            }
            return most;
        }
    }
}
