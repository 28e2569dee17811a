package org.xprompt4j.xprompt.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * Text on drawings. A server may have no font at all, in which case the JDK fails inside its font code; then drawings come
 * without text rather than not at all.
 */
final class Lettering {
    /** Whether this machine can draw text. */
    static final boolean AVAILABLE = probe();

    private Lettering() {}

    static Font plain(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    static Font bold(int size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, size);
    }

    /** Settings for smooth shapes and text. */
    static void smooth(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    }

    /** Text from x on, cut with an ellipsis if wider than {@code most}. */
    static void left(Graphics2D g, String text, Font font, Color colour, int x, int baseline, int most) {
        if (AVAILABLE) {
            g.setFont(font);
            g.setColor(colour);
            g.drawString(cut(text, g.getFontMetrics(), most), x, baseline);
        }
    }

    /** Text about a middle, cut with an ellipsis if wider than {@code most}. */
    static void centred(Graphics2D g, String text, Font font, Color colour, int middle, int baseline, int most) {
        if (AVAILABLE) {
            g.setFont(font);
            g.setColor(colour);
            String shown = cut(text, g.getFontMetrics(), most);
            g.drawString(shown, middle - g.getFontMetrics().stringWidth(shown) / 2f, baseline);
        }
    }

    /** Pixels that the text takes; an estimate where there is no font. */
    static int width(String text, Font font) {
        if (!AVAILABLE) {
            return text.length() * font.getSize() / 2;
        }
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            smooth(g);   // the same metrics as when drawn
            return g.getFontMetrics(font).stringWidth(text) + 1;
        } finally {
            g.dispose();
        }
    }

    private static String cut(String text, FontMetrics metrics, int most) {
        String shown = text;
        while (metrics.stringWidth(shown) > most && shown.length() > 1) {
            shown = shown.substring(0, shown.length() - (shown.endsWith("…") ? 2 : 1)) + "…";
        }
        return shown;
    }

    private static boolean probe() {
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            return g.getFontMetrics(plain(12)).stringWidth("x") > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;   // no fonts, no fontconfig, or no native font library
        } finally {
            g.dispose();
        }
    }
}
