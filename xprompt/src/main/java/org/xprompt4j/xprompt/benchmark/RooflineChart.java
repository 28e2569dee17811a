package org.xprompt4j.xprompt.benchmark;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.xprompt4j.xprompt.picture.PictureWriter;

/**
 * The roofline (Williams, Waterman and Patterson, 2009): operations a second over operations a byte, both logarithmic. The slanted
 * roof is what memory feeds, the level one what the processor computes; a point's distance to the roof above it is what is left to gain.
 */
public final class RooflineChart {
    private static final Color[] COLOURS = {new Color(0x1F6FEB), new Color(0xC2410C), new Color(0x1A7F37), new Color(0x8250DF),
        new Color(0xB42318), new Color(0x0E7490), new Color(0x9A6700), new Color(0x6A737D)};
    private static final Marker[] MARKERS = {SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.TRIANGLE_DOWN};

    private static final double BESIDE = 1.07; // a point's number stands above and to the right of it

    private static final int LEGEND_ROW = 21; // pixels

    private RooflineChart() {
    }

    /**
     * Draws measurements of one device and number of threads.
     *
     * @param file a PNG to make or replace
     */
    public static void write(Path file, List<Measurement> measurements) {
        double gflops = measurements.stream().mapToDouble(Measurement::peakGflops).max().orElseThrow();
        double gbytes = measurements.stream().mapToDouble(Measurement::peakGbytes).max().orElseThrow();
        Measurement first = measurements.getFirst();
        long operations = measurements.stream().map(Measurement::op).distinct().count();
        int height = Math.max(860, 70 + LEGEND_ROW * Math.toIntExact(operations + 2));
        XYChart chart = new XYChartBuilder().width(1400).height(height).title("Roofline, " + (first.threads() == 0 ? "" : first.threads() + " threads, ") + first.device())
                .xAxisTitle("operations a byte (every operand and result counted once)").yAxisTitle("GFLOP/s").build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setMarkerSize(9);
        double ridge = gflops / gbytes; // where the roofs meet
        double low = floor(Math.min(ridge / 2, measurements.stream().mapToDouble(Measurement::intensity).min().orElseThrow() / 2));
        double high = ceiling(2 * Math.max(ridge, measurements.stream().mapToDouble(Measurement::intensity).max().orElseThrow()));
        chart.getStyler().setXAxisMin(low);
        chart.getStyler().setXAxisMax(high);
        chart.getStyler().setYAxisMin(floor(Math.min(low * gbytes, measurements.stream().mapToDouble(Measurement::gflops).min().orElseThrow() / 2)));
        chart.getStyler().setYAxisMax(ceiling(gflops * 1.5));
        roof(chart, String.format(Locale.ROOT, "processor, %.0f GFLOP/s", gflops), new double[] {ridge, high}, new double[] {gflops, gflops});
        roof(chart, String.format(Locale.ROOT, "memory, %.1f GB/s", gbytes), new double[] {low, ridge}, new double[] {low * gbytes, gflops});
        points(chart, measurements);
        PictureWriter.write(BitmapEncoder.getBufferedImage(chart), file);
    }

    private static void roof(XYChart chart, String name, double[] x, double[] y) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineStyle(new BasicStroke(2.5f));
        series.setLineColor(name.startsWith("memory") ? new Color(0x57606A) : Color.BLACK);
    }

    /** One colour and number an operation; the legend says its name and the best share of the roof among its points. */
    private static void points(XYChart chart, List<Measurement> measurements) {
        Map<String, List<Measurement>> byOperation = new LinkedHashMap<>();
        measurements.forEach(m -> byOperation.computeIfAbsent(m.op(), op -> new ArrayList<>()).add(m));
        int index = 0;
        for (Map.Entry<String, List<Measurement>> operation : byOperation.entrySet()) {
            List<Measurement> points = operation.getValue();
            double best = points.stream().mapToDouble(Measurement::share).max().orElseThrow();
            String name = String.format(Locale.ROOT, "%d  %s, %.0f %%", index + 1, operation.getKey(), 100 * best);
            XYSeries series = chart.addSeries(name, points.stream().mapToDouble(Measurement::intensity).toArray(),
                    points.stream().mapToDouble(Measurement::gflops).toArray());
            series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            series.setMarker(MARKERS[index % MARKERS.length]);
            series.setMarkerColor(COLOURS[index % COLOURS.length]);
            for (Measurement point : points) {
                chart.addAnnotation(new AnnotationText(Integer.toString(index + 1), point.intensity() * BESIDE, point.gflops() * BESIDE, false));
            }
            index++;
        }
        chart.getStyler().setAnnotationTextFontColor(new Color(0x24292F));
    }

    private static double floor(double value) {
        return Math.pow(10, Math.floor(Math.log10(value)));
    }

    private static double ceiling(double value) {
        return Math.pow(10, Math.ceil(Math.log10(value)));
    }
}
