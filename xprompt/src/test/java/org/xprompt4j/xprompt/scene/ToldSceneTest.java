package org.xprompt4j.xprompt.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.scene.Scene.Thing;
import org.xprompt4j.xprompt.scene.SceneRequest.Kind;
import org.xprompt4j.xprompt.scene.ToldScene.Attribute;
import org.xprompt4j.xprompt.scene.ToldScene.Told;

/** What is told is read back, whatever the phrase, and every fault is found. */
class ToldSceneTest {
    private static final Scene PAIR = new Scene("grey", List.of(new Thing(Form.STAR, "red", 0.25, 0.5, 0.3), new Thing(Form.RING, "orange", 0.75, 0.5, 0.3)));

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsToldIsRight(Kind kind) {
        for (int i = 0; i < 200; i++) {
            Philox random = Draws.of(1, "told", kind.ordinal(), i);
            Scene scene = SceneRequest.draw(kind, random).scene(random);
            for (Split split : new Split[] {Split.TRAIN, Split.TEST}) {
                String caption = SceneWords.tell(scene, random, split);
                assertThat(ToldScene.read(caption)).as(caption).isEqualTo(ToldScene.of(scene));
                assertThat(ToldScene.read(caption).compared(scene).values()).as(caption).doesNotContain(false);
            }
        }
    }

    private static void wrong(Scene scene, String caption, Attribute... attributes) {
        assertThat(ToldScene.read(caption).compared(scene).entrySet().stream().filter(e -> !e.getValue()).map(e -> e.getKey())).as(caption)
                .containsExactlyInAnyOrder(attributes);
    }

    @Test
    void everyFaultIsFound() {
        assertThat(ToldScene.read("On grey, a red star left of an orange ring!"))
                .isEqualTo(new ToldScene(List.of(new Told(1, Form.STAR, "red"), new Told(1, Form.RING, "orange")), Relation.LEFT, "grey"));
        wrong(PAIR, "a red star left of an orange ring on grey");
        wrong(PAIR, "an orange ring right of a red star on grey");
        wrong(PAIR, "an orange ring left of a red star on grey", Attribute.RELATION);
        wrong(PAIR, "a red star above an orange ring on grey", Attribute.RELATION);
        wrong(PAIR, "a red star left of an orange cross on grey", Attribute.FORM);
        wrong(PAIR, "a red star left of a blue ring on grey", Attribute.COLOUR);
        wrong(PAIR, "a red star left of two orange rings on grey", Attribute.NUMBER);
        wrong(PAIR, "a red star left of an orange ring on white", Attribute.GROUND);
        wrong(PAIR, "a red star left of an orange ring", Attribute.GROUND);
        wrong(PAIR, "a red star on grey", Attribute.FORM, Attribute.COLOUR, Attribute.NUMBER, Attribute.RELATION);
        wrong(PAIR, "", Attribute.values());
        Scene three = new Scene("white", List.of(new Thing(Form.CROSS, "blue", 0.2, 0.2, 0.2), new Thing(Form.CROSS, "blue", 0.8, 0.2, 0.2),
                new Thing(Form.CROSS, "blue", 0.2, 0.8, 0.2)));
        wrong(three, "there are three blue crosses on white");
        wrong(three, "there are four blue crosses on white", Attribute.NUMBER);
        wrong(three, "on a blue cross", Attribute.NUMBER, Attribute.GROUND);
    }
}
