package org.xprompt4j.xprompt.course;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.QkNorm;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.TokenRows;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** Chapter 7: one block of the transformer, written out from its weights, beside the engine's own. */
final class ChameleonBlock implements Chapter {
    @Override
    public String name() {
        return "07-the-chameleon-block";
    }

    @Override
    public String idea() {
        return "a block adds twice to a stream of vectors: what tokens tell each other, and what each makes of it";
    }

    @Override
    public Lesson run(Materials materials) {
        XPromptModel opened = materials.model();
        Chameleon model = opened.chameleon();
        ChameleonConfig config = model.config();
        if (config.swinNorm()) {
            throw new InvalidInput("chapter 7 writes out a block with its norms in front; this model has them behind (swin_norm)");
        }
        PromptLayout layout = PromptLayout.context(opened.config().tokens(ImageTokens.of(config)), ContextMode.COMPRESSED,
                Arrangement.SHARED, opened.encode(List.of(new Example(materials.testPhoto(0), materials.testPhoto(1)))));
        int blocks = config.layers();
        double[] size = new double[blocks + 1];
        double worst = 0;
        try (MemoryScope scope = opened.backend().openScope("chapter 7")) {
            Ops ops = new Ops(opened.backend(), scope);
            Tensor positions = TokenRows.positions(scope, List.of(layout));
            List<Tensor> states = model.hiddenStates(ops, model.embed(ops, TokenRows.ids(scope, List.of(layout))), Pass.whole(positions, layout.mask()));
            for (int i = 0; i < blocks; i++) {
                size[i] = rms(states.get(i).toFloatArray());
                Tensor byHand = block(ops, model.parameters(), config, i, states.get(i), positions, layout.mask());
                size[i + 1] = rms(byHand.toFloatArray());
                if (i + 1 < blocks) { // behind the last block stands a norm
                    worst = Math.max(worst, deviation(byHand.toFloatArray(), states.get(i + 1).toFloatArray()));
                }
            }
        }
        Map<String, Long> parts = parts(model);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("by_hand_against_the_engine", worst);
        figures.put("tokens", layout.length());
        figures.put("parameters", model.parameterCount());
        figures.put("parameters_by_part", parts);
        figures.put("operations_per_token_matmul", 2 * (parts.get("attention, all blocks") + parts.get("feed-forward, all blocks") + parts.get("head")));
        figures.put("size_of_the_stream", IntStream.rangeClosed(0, blocks).mapToObj(i -> size[i]).toList());
        return new Lesson(draw(config, layout.length(), parts, size), figures);
    }

    // [block]
    /** x [1, seq, hidden] to the same shape. */
    private static Tensor block(Ops ops, Map<String, Parameter> weights, ChameleonConfig c, int layer, Tensor x, Tensor positions, AttentionMask mask) {
        String at = "model.layers." + layer + ".";
        long seq = x.dim(1);
        int d = c.headDim();
        Tensor n = ops.rmsNorm(x, value(weights, at + "input_layernorm.weight"), c.rmsNormEps());          // [1, seq, hidden]
        Tensor q = ops.linear(n, value(weights, at + "self_attn.q_proj.weight"), null);                    // [1, seq, heads · headDim]
        Tensor k = ops.linear(n, value(weights, at + "self_attn.k_proj.weight"), null);                    // [1, seq, kvHeads · headDim]
        Tensor v = ops.linear(n, value(weights, at + "self_attn.v_proj.weight"), null);
        q = turned(ops, weights, at + "self_attn.q_norm.", c, q.reshape(1, seq, c.heads(), d), positions); // [1, seq, heads, headDim]
        k = turned(ops, weights, at + "self_attn.k_norm.", c, k.reshape(1, seq, c.kvHeads(), d), positions);
        Tensor mixed = ops.attention(new AttentionSpec((float) (1 / Math.sqrt(d)), mask), q, k, v.reshape(1, seq, c.kvHeads(), d));
        Tensor h = ops.add(x, ops.linear(mixed.reshape(1, seq, c.hiddenSize()), value(weights, at + "self_attn.o_proj.weight"), null));
        n = ops.rmsNorm(h, value(weights, at + "post_attention_layernorm.weight"), c.rmsNormEps());
        Tensor gate = ops.linear(n, value(weights, at + "mlp.gate_proj.weight"), null);                    // [1, seq, ffn]
        Tensor up = ops.linear(n, value(weights, at + "mlp.up_proj.weight"), null);                        // [1, seq, ffn]
        return ops.add(h, ops.linear(ops.swiGlu(gate, up), value(weights, at + "mlp.down_proj.weight"), null));
    }
    // [end]

    private static Tensor value(Map<String, Parameter> weights, String name) {
        return weights.get(name).value();
    }

    // [turned]
    /** LayerNorm over each head, then its rotation (chapter 6). */
    private static Tensor turned(Ops ops, Map<String, Parameter> weights, String at, ChameleonConfig c, Tensor heads, Tensor positions) {
        return ops.qkNormRope(new QkNormRopeSpec(QkNorm.EPS, c.ropeTheta()), heads, value(weights, at + "weight").reshape(-1, c.headDim()),
                value(weights, at + "bias").reshape(-1, c.headDim()), positions);
    }
    // [end]

    private static double rms(float[] values) {
        return Math.sqrt(IntStream.range(0, values.length).mapToDouble(i -> (double) values[i] * values[i]).average().orElseThrow());
    }

    /** Largest difference over the largest element. */
    private static double deviation(float[] a, float[] b) {
        double worst = IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElseThrow();
        return worst / IntStream.range(0, b.length).mapToDouble(i -> Math.abs(b[i])).max().orElseThrow();
    }

    private static Map<String, Long> parts(Chameleon model) {
        Map<String, Long> parts = new LinkedHashMap<>();
        List.of("embedding", "attention, all blocks", "feed-forward, all blocks", "norms", "head").forEach(part -> parts.put(part, 0L));
        model.forEachParameter((name, parameter) -> parts.merge(name.startsWith("lm_head") ? "head" : name.contains("embed_tokens") ? "embedding"
                : name.contains("norm") ? "norms" : name.contains("mlp") ? "feed-forward, all blocks" : "attention, all blocks", parameter.shape().numel(), Long::sum));
        return parts;
    }

    private static BufferedImage draw(ChameleonConfig c, int seq, Map<String, Long> parts, double[] size) {
        Drawing sheet = new Drawing(1080, 1000, "One block of the shipped model, with its shapes",
                String.format(Locale.ROOT, "a context of %d tokens; %d blocks, hidden %d, %d heads of %d, feed-forward %d; the batch axis [1] is left out",
                        seq, c.layers(), c.hiddenSize(), c.heads(), c.headDim(), c.intermediateSize()));
        String stream = "[" + seq + ", " + c.hiddenSize() + "]";
        String heads = "[" + seq + ", " + c.heads() + ", " + c.headDim() + "]";
        String wide = "[" + seq + ", " + c.intermediateSize() + "]";
        int top = Drawing.HEAD + 20;
        sheet.line(50, top, 50, top + 500, Palette.BLUE, 7).text(66, top + 12, "x " + stream).text(66, top + 266, "h " + stream).text(66, top + 496, "y " + stream);
        Color light = Palette.mix(Palette.PAPER, Palette.SKY, 0.45);
        Color warm = Palette.mix(Palette.PAPER, Palette.ORANGE, 0.45);
        sheet.box(190, top + 80, 110, 56, light, "RMSNorm", stream).arrow(54, top + 108, 188, top + 108, Palette.INK);
        String[] three = {"q", "k", "v"};
        for (int i = 0; i < 3; i++) {
            int y = top + 20 + i * 76;
            sheet.arrow(300, top + 108, 358, y + 28, Palette.INK).box(360, y, 130, 56, light, three[i] + " = " + three[i] + "_proj n", heads);
            if (i < 2) {
                sheet.arrow(490, y + 28, 548, y + 28, Palette.INK);
                sheet.box(550, y, 120, 56, light, "norm, turn", heads).arrow(670, y + 28, 728, top + 100, Palette.INK);
            } else {
                sheet.line(490, y + 28, 690, y + 28, Palette.INK, 1.6f).arrow(690, y + 28, 740, top + 138, Palette.INK);
            }
        }
        sheet.box(730, top + 80, 130, 56, light, "attention", heads).arrow(860, top + 108, 908, top + 108, Palette.INK);
        sheet.box(910, top + 80, 130, 56, light, "o_proj", stream);
        plus(sheet, top + 250, 975, top + 136);
        int mlp = top + 340;
        sheet.box(190, mlp, 110, 56, warm, "RMSNorm", stream).arrow(54, mlp + 28, 188, mlp + 28, Palette.INK);
        sheet.arrow(300, mlp + 28, 358, mlp - 10, Palette.INK).box(360, mlp - 38, 160, 56, warm, "gate = gate_proj n", wide);
        sheet.arrow(300, mlp + 28, 358, mlp + 66, Palette.INK).box(360, mlp + 38, 160, 56, warm, "up = up_proj n", wide);
        sheet.arrow(520, mlp - 10, 608, mlp + 20, Palette.INK).arrow(520, mlp + 66, 608, mlp + 36, Palette.INK);
        sheet.box(610, mlp, 160, 56, warm, "silu(gate) · up", wide).arrow(770, mlp + 28, 908, mlp + 28, Palette.INK);
        sheet.box(910, mlp, 130, 56, warm, "down_proj", stream);
        plus(sheet, mlp + 130, 975, mlp + 56);
        sheet.bold(730, top + 30, "what tokens tell each other").bold(610, mlp - 30, "what each token makes of it, alone");
        Map<String, double[]> bars = new LinkedHashMap<>();
        bars.put("parameters", parts.values().stream().mapToDouble(n -> n / 1e3).toArray());
        sheet.image(Charts.bars(new Charts.Frame(640, 350, "Where the parameters are", "", "thousands"),
                List.of("embedding", "attention", "feed-forward", "norms", "head"), bars), 10, top + 530);
        Map<String, double[][]> line = new LinkedHashMap<>();
        line.put("stream", new double[][] {IntStream.range(0, size.length).asDoubleStream().toArray(), size});
        sheet.image(Charts.lines(new Charts.Frame(420, 350, "The stream grows from block to block", "behind block (0: embedding)", "root mean square"), line, true),
                650, top + 530);
        return sheet.image();
    }

    /** The way back into the stream. */
    private static void plus(Drawing sheet, int y, int fromX, int fromY) {
        sheet.line(fromX, fromY, fromX, y, Palette.INK, 1.6f).arrow(fromX, y, 62, y, Palette.INK).dot(50, y, 11, Palette.BLUE).centred(50, y + 5, "+", Color.WHITE);
    }
}
