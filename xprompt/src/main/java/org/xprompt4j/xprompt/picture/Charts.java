package org.xprompt4j.xprompt.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Lines and bars with axes, in colours that anybody can tell apart. A machine without fonts gets a blank chart. */
public final class Charts {
    private static final Marker[] MARKERS = {SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP,
            SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.CROSS};

    private Charts() {}

    /**
     * How a chart looks.
     *
     * @param xTitle under it
     * @param yTitle beside it
     * @param logX   decades along x
     * @param logY   decades along y
     */
    public record Frame(int width, int height, String title, String xTitle, String yTitle, boolean logX, boolean logY) {
        /** A chart with plain axes. */
        public Frame(int width, int height, String title, String xTitle, String yTitle) {
            this(width, height, title, xTitle, yTitle, false, false);
        }
    }

    /**
     * Curves.
     *
     * @param series by name, in order: [2][points], x then y; values on a logarithmic axis must be positive
     * @param marked points are marked
     */
    public static BufferedImage lines(Frame frame, Map<String, double[][]> series, boolean marked) {
        XYChart chart = new XYChartBuilder().width(frame.width).height(frame.height).title(frame.title).xAxisTitle(frame.xTitle)
                .yAxisTitle(frame.yTitle).build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(frame.logX);
        chart.getStyler().setYAxisLogarithmic(frame.logY);
        chart.getStyler().setLegendVisible(series.size() > 1);
        chart.getStyler().setMarkerSize(8);
        if (frame.logY) {
            wholeDecades(chart.getStyler(), series);
        }
        int i = 0;
        for (Map.Entry<String, double[][]> entry : series.entrySet()) {
            XYSeries drawn = chart.addSeries(entry.getKey(), entry.getValue()[0], entry.getValue()[1]);
            drawn.setLineColor(Palette.series(i));
            drawn.setMarkerColor(Palette.series(i));
            drawn.setMarker(marked ? MARKERS[i % MARKERS.length] : SeriesMarkers.NONE);
            drawn.setLineStyle(new BasicStroke(2));
            i++;
        }
        return draw(frame, Lettering.AVAILABLE ? BitmapEncoder.getBufferedImage(chart) : null);
    }

    /**
     * Bars, side by side for each category.
     *
     * @param categories along x
     * @param series     by name, in order: [categories]
     */
    public static BufferedImage bars(Frame frame, List<String> categories, Map<String, double[]> series) {
        CategoryChart chart = new CategoryChartBuilder().width(frame.width).height(frame.height).title(frame.title).xAxisTitle(frame.xTitle)
                .yAxisTitle(frame.yTitle).build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(frame.logY);
        chart.getStyler().setLegendVisible(series.size() > 1);
        chart.getStyler().setAvailableSpaceFill(0.8);
        chart.getStyler().setXAxisLabelRotation(categories.size() > 8 ? 45 : 0);
        int i = 0;
        for (Map.Entry<String, double[]> entry : series.entrySet()) {
            List<Double> values = new ArrayList<>();
            for (double value : entry.getValue()) {
                values.add(value);
            }
            chart.addSeries(entry.getKey(), categories, values).setFillColor(Palette.series(i++));
        }
        return draw(frame, Lettering.AVAILABLE ? BitmapEncoder.getBufferedImage(chart) : null);
    }

    /** A logarithmic axis is labelled at decades: at least two of them must show. */
    private static void wholeDecades(AxesChartStyler styler, Map<String, double[][]> series) {
        DoubleSummaryStatistics values = series.values().stream().flatMapToDouble(s -> Arrays.stream(s[1])).summaryStatistics();
        if (values.getCount() > 0) {
            styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(values.getMin()))));
            styler.setYAxisMax(Math.pow(10, Math.ceil(Math.log10(values.getMax()))));
        }
    }

    private static void style(AxesChartStyler styler) {
        styler.setLocale(Locale.ROOT);
        styler.setChartBackgroundColor(Palette.PAPER);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotGridLinesColor(Palette.RULE);
        styler.setPlotBorderVisible(false);
        styler.setXAxisTickMarkSpacingHint(70);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(org.knowm.xchart.style.Styler.LegendLayout.Horizontal);
        styler.setLegendBorderColor(Palette.PAPER);
        styler.setLegendBackgroundColor(Palette.PAPER);
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(Lettering.bold(15));
        styler.setAxisTitleFont(Lettering.plain(13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setLegendFont(Lettering.plain(13));
        styler.setAntiAlias(true);
    }

    private static BufferedImage draw(Frame frame, BufferedImage chart) {
        return chart != null ? chart : new Drawing(frame.width, frame.height, "", "").image();
    }
}
