package org.xprompt4j.xprompt.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over training steps as a PNG file. */
public final class LossCurve {
    private static final Color[] COLOURS = {new Color(0x1F6FEB), new Color(0xC2410C), new Color(0x1A7F37), new Color(0x8250DF), new Color(0x6A737D)};

    private LossCurve() {}

    /**
     * One curve.
     *
     * @param steps  [points] ascending
     * @param values [points]; those that are not finite are left out
     */
    public record Series(double[] steps, double[] values) {
        /** Refuses series whose steps and values differ in number. */
        public Series {
            if (steps.length != values.length) {
                throw new IllegalArgumentException(steps.length + " steps but " + values.length + " values");
            }
        }
    }

    /**
     * Draws and writes the curves; does nothing where there is no point yet, or where the machine has no font for the axes.
     *
     * @param file   a PNG file to make or replace
     * @param title  over the chart
     * @param yTitle beside it, for example "loss (nats per token)"
     * @param series by name, in order
     * @return whether a file was written
     */
    public static boolean write(Path file, String title, String yTitle, Map<String, Series> series) {
        XYChart chart = new XYChartBuilder().width(1000).height(600).title(title).xAxisTitle("step").yAxisTitle(yTitle).build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        chart.getStyler().setPlotBorderVisible(false);
        int shown = 0;
        for (Map.Entry<String, Series> entry : series.entrySet()) {
            double[][] points = finite(entry.getValue());
            if (points[0].length > 0) {
                XYSeries drawn = chart.addSeries(entry.getKey(), points[0], points[1]);
                drawn.setMarker(SeriesMarkers.NONE);
                drawn.setLineStyle(new BasicStroke(1.8f));
                drawn.setLineColor(COLOURS[shown++ % COLOURS.length]);
            }
        }
        if (shown == 0 || !Lettering.AVAILABLE) {
            return false;
        }
        PictureWriter.write(BitmapEncoder.getBufferedImage(chart), file);
        return true;
    }

    private static double[][] finite(Series series) {
        int n = 0;
        double[][] points = new double[2][series.steps.length];
        for (int i = 0; i < series.steps.length; i++) {
            if (Double.isFinite(series.values[i])) {
                points[0][n] = series.steps[i];
                points[1][n++] = series.values[i];
            }
        }
        return new double[][] {Arrays.copyOf(points[0], n), Arrays.copyOf(points[1], n)};
    }
}
