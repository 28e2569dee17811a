package org.xprompt4j.xprompt.task;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;

/**
 * One to three brush strokes painted black, as DeepFill v2 draws its free-form masks (Yu et al., ICCV 2019): 4 to 12 vertices, turns of
 * about 2 pi / 5, steps of about an eighth of the diagonal, widths of 5 to 16 % of the side. Reversed it is inpainting.
 */
public final class StrokeHoles implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int strokes = 1 + random.nextInt(3);
        float share = random.nextFloat(0.05f, 0.16f);
        return (photo, r) -> {
            boolean[] hole = mask(photo, strokes, share, r);
            return Places.map(photo, (x, y, c) -> hole[y * photo.width() + x] ? 0 : photo.at(x, y, c));
        };
    }

    private static boolean[] mask(Pixels photo, int strokes, float share, Philox random) {
        int w = photo.width();
        int h = photo.height();
        BufferedImage mask = new BufferedImage(w, h, BufferedImage.TYPE_BYTE_BINARY);
        Graphics2D g = mask.createGraphics();
        g.setColor(Color.WHITE);
        g.setStroke(new BasicStroke(Math.max(1, share * Math.min(w, h)), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        double step = Math.hypot(w, h) / 8;
        for (int s = 0; s < strokes; s++) {
            Path2D path = new Path2D.Double();
            double x = random.nextFloat() * w;
            double y = random.nextFloat() * h;
            path.moveTo(x, y);
            int vertices = 4 + random.nextInt(9);
            for (int v = 0; v < vertices; v++) {
                double turn = 2 * Math.PI / 5 + random.nextFloat(-1, 1) * 2 * Math.PI / 15;
                double angle = v % 2 == 0 ? 2 * Math.PI - turn : turn;
                double length = step * random.nextFloat(0.5f, 1.5f);
                x = Math.clamp(x + length * Math.sin(angle), 0, w);
                y = Math.clamp(y + length * Math.cos(angle), 0, h);
                path.lineTo(x, y);
            }
            g.draw(path);
        }
        g.dispose();
        boolean[] hole = new boolean[w * h];
        for (int i = 0; i < hole.length; i++) {
            hole[i] = (mask.getRGB(i % w, i / w) & 0xFF) != 0;
        }
        return hole;
    }
}
