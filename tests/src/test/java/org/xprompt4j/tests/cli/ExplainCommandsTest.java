package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;

/** {@code xp explain} and {@code xp course} with a model of random weights: pictures, numbers, refusals. */
class ExplainCommandsTest {
    @TempDir
    static Path shared;

    @TempDir
    Path dir;

    @BeforeAll
    static void aModelAndPictures() throws IOException {
        TinyModel.write(shared.resolve("model"), 1);
        for (String name : new String[] {"before", "after", "query"}) {
            PaintedPhotos.write(shared.resolve(name + ".png"), name.hashCode());
        }
    }

    private static String at(String name) {
        return shared.resolve(name).toString();
    }

    private Json explain(String what, String... more) {
        String[] args = {"explain", what, "--model", at("model"), "--input", at("query.png"), "--out", dir.resolve("o").toString(), "--json", "-q"};
        String[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return new XpCall(dir).run(all).done().json();
    }

    @Test
    void codesAreCountedAndDrawn() throws IOException {
        Json json = explain("codes");
        int[] codes = json.ints("codes");
        assertThat(codes).hasSize(16);
        assertThat(Arrays.stream(json.ints("use")).sum()).isEqualTo(16);
        assertThat(json.integer("distinct")).isEqualTo(Arrays.stream(codes).distinct().count());
        assertThat(json.number("perplexity")).isBetween(1.0, json.integer("distinct") + 1e-9);
        assertThat(ImageIO.read(dir.resolve("o/codes.png").toFile()).getWidth()).isGreaterThan(600);
    }

    @Test
    void attentionMapsHaveOneNumberACodeAndShareOut() throws IOException {
        for (String[] more : new String[][] {{"--example", at("before.png"), at("after.png"), "--at", "3,0"}, {"--temperature", "1"}}) {
            Json json = explain("attention", more);
            assertThat(json.ints("at")).isEqualTo(more.length > 2 ? new int[] {3, 0} : new int[] {2, 2});
            List<Json> heads = json.get("heads").elements();
            assertThat(heads).isNotEmpty();
            for (Json head : heads) {
                double sum = head.get("map").elements().stream().mapToDouble(Json::asDouble).sum();
                assertThat(head.get("map").elements()).hasSize(16);
                assertThat(sum).isBetween(1e-6, 1.0).isEqualTo(head.number("photo_share"));
            }
        }
        assertThat(ImageIO.read(dir.resolve("o/attention.png").toFile()).getHeight()).isGreaterThan(400);
    }

    @Test
    void everyTokenIsDroppedOnce() throws IOException {
        Json json = explain("xp", "--example", at("before.png"), at("after.png"), "--guidance", "1");
        assertThat(json.get("nats_lost_without_token").elements()).hasSize(3);
        assertThat(json.get("attention_before").elements()).hasSize(3);
        assertThat(json.ints("tokens_kept")).containsExactly(1);
        assertThat(json.number("nats_whole")).isPositive();
        assertThat(ImageIO.read(dir.resolve("o/xp.png").toFile()).getHeight()).isGreaterThan(400);
    }

    @Test
    void wrongUseIsOneLine() {
        XpCall xp = new XpCall(dir);
        String out = dir.resolve("o").toString();
        xp.refuses(List.of("explain"), "say what to explain: attention, codes or xp");
        xp.refuses(List.of("explain", "codes", "--out", out), "--input=PICTURE");
        xp.refuses(List.of("explain", "xp", "--model", at("model"), "--input", at("query.png"), "--out", out), "--example BEFORE AFTER");
        xp.refuses(List.of("explain", "attention", "--model", at("model"), "--input", at("query.png"), "--out", out, "--at", "x"), "--at must be COLUMN,ROW");
        xp.refuses(List.of("explain", "attention", "--model", at("model"), "--input", at("query.png"), "--out", out, "--at", "4,0"), "outside the answer's 4 x 4 codes");
        xp.refuses(List.of("explain", "codes", "--model", at("none"), "--input", at("query.png"), "--out", out), "no such folder");
        xp.refuses(List.of("course", "0"), "there is no chapter 0");
        xp.refuses(List.of("course", "x"), "'x'", "xp course --help");
    }

    @Test
    void theCourseIsListedAndAChapterRuns() throws IOException {
        XpCall xp = new XpCall(dir);
        assertThat(xp.run("course").done().out()).contains("01-tensors-and-memory", "11-sampling");
        Json json = xp.run("course", "5", "--model", at("model"), "--photos", at("none"), "--out", dir.resolve("c").toString(), "--json", "-q").done().json();
        assertThat(json.string("chapter")).isEqualTo("05-attention-and-its-mask");
        assertThat(json.integer("pairs_xprompt")).isEqualTo(115);
        assertThat(ImageIO.read(dir.resolve("c/05-attention-and-its-mask.png").toFile()).getWidth()).isGreaterThan(600);
    }
}
