package org.xprompt4j.xprompt.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.scene.Scene.Thing;
import org.xprompt4j.xprompt.scene.SceneRequest.Kind;
import org.xprompt4j.xprompt.scene.SceneRequest.Wanted;
import org.xprompt4j.xprompt.scene.ToldScene.Attribute;

/** What is asked for is drawn, what is drawn is read back, and nothing else passes for it. */
class SceneTest {
    private static final int SIDE = 64;
    private static final int CASES = 200;

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyDrawnSceneMeetsItsRequestAndIsReadBack(Kind kind) {
        for (int i = 0; i < CASES; i++) {
            Philox random = Draws.of(3, "scene test", kind.ordinal(), i);
            SceneRequest request = SceneRequest.draw(kind, random);
            Scene scene = request.scene(random);
            assertThat(request.isMetBy(scene)).as("%s by %s", request, scene).isTrue();
            Scene read = SceneReader.read(scene.draw(SIDE));
            assertThat(request.isMetBy(read)).as("case %d: %s, drawn %s, read %s", i, request, scene, read).isTrue();
            assertThat(read.ground()).isEqualTo(scene.ground());
            assertThat(read.things()).extracting(Thing::form).containsExactlyInAnyOrderElementsOf(scene.things().stream().map(Thing::form).toList());
            assertThat(read.things()).extracting(Thing::colour).containsExactlyInAnyOrderElementsOf(scene.things().stream().map(Thing::colour).toList());
        }
    }

    @Test
    void otherColoursFormsNumbersPlacesAndGroundsAreRefused() {
        Thing star = new Thing(Form.STAR, "red", 0.25, 0.5, 0.35);
        Thing ring = new Thing(Form.RING, "blue", 0.75, 0.5, 0.35);
        SceneRequest asked = new SceneRequest(Kind.TWO_COLOURS, List.of(new Wanted(1, Form.STAR, "red"), new Wanted(1, Form.RING, "blue")), Relation.LEFT, "white");
        assertThat(asked.isMetBy(new Scene("white", List.of(star, ring)))).isTrue();
        assertThat(asked.isMetBy(new Scene("white", List.of(ring, star)))).as("order of a list says nothing").isTrue();
        assertThat(asked.isMetBy(new Scene("yellow", List.of(star, ring)))).isFalse();
        assertThat(asked.isMetBy(new Scene("white", List.of(star)))).isFalse();
        assertThat(asked.isMetBy(new Scene("white", List.of(star, ring, new Thing(Form.RING, "blue", 0.5, 0.2, 0.2))))).isFalse();
        assertThat(asked.isMetBy(new Scene("white", List.of(star, new Thing(Form.RING, "green", 0.75, 0.5, 0.35))))).isFalse();
        assertThat(asked.isMetBy(new Scene("white", List.of(star, new Thing(Form.CIRCLE, "blue", 0.75, 0.5, 0.35))))).isFalse();
        assertThat(asked.isMetBy(new Scene("white", List.of(new Thing(Form.STAR, "red", 0.75, 0.2, 0.3), ring)))).isFalse();
    }

    @Test
    void whatIsShownIsToldByAttribute() {
        Thing star = new Thing(Form.STAR, "red", 0.25, 0.5, 0.35);
        Thing ring = new Thing(Form.RING, "blue", 0.75, 0.5, 0.35);
        SceneRequest asked = new SceneRequest(Kind.TWO_COLOURS, List.of(new Wanted(1, Form.STAR, "red"), new Wanted(1, Form.RING, "blue")), Relation.LEFT, "white");
        assertThat(asked.shownBy(new Scene("white", List.of(star, ring)))).hasSize(5).doesNotContainValue(false);
        Thing blueStar = new Thing(Form.STAR, "blue", 0.25, 0.5, 0.35);
        Thing redRing = new Thing(Form.RING, "red", 0.75, 0.5, 0.35);
        assertThat(asked.shownBy(new Scene("black", List.of(blueStar, redRing)))).containsExactlyInAnyOrderEntriesOf(Map.of(Attribute.FORM, true,
                Attribute.COLOUR, true, Attribute.NUMBER, true, Attribute.RELATION, false, Attribute.GROUND, false));
        assertThat(asked.shownBy(new Scene("white", List.of(star)))).containsExactlyInAnyOrderEntriesOf(Map.of(Attribute.FORM, false,
                Attribute.COLOUR, false, Attribute.NUMBER, false, Attribute.RELATION, false, Attribute.GROUND, true));
        assertThat(new SceneRequest(Kind.ONE, List.of(new Wanted(1, Form.STAR, null)), null, null).shownBy(new Scene("red", List.of(blueStar))))
                .containsOnlyKeys(Attribute.FORM, Attribute.NUMBER);
    }

    @Test
    void anEmptyPictureHasNoThings() {
        assertThat(SceneReader.read(new Scene("green", List.of()).draw(SIDE))).isEqualTo(new Scene("green", List.of()));
    }

    @Test
    void wordsSayWhatIsAsked() {
        SceneRequest asked = new SceneRequest(Kind.POSITION, List.of(new Wanted(1, Form.STAR, "orange"), new Wanted(1, Form.CROSS, null)), Relation.ABOVE, "blue");
        SceneRequest counted = new SceneRequest(Kind.COUNT, List.of(new Wanted(3, Form.CROSS, "red")), null, null);
        Set<String> training = new HashSet<>();
        Set<String> tests = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(SceneWords.ask(asked, new Philox(1, i), Split.TRAIN)).contains("an orange star above a cross", "blue");
            training.add(SceneWords.ask(counted, new Philox(1, i), Split.TRAIN));
            tests.add(SceneWords.ask(counted, new Philox(1, i), Split.TEST));
        }
        assertThat(training).allMatch(text -> text.contains("three red crosses")).hasSizeGreaterThan(5).doesNotContainAnyElementsOf(tests);
        Scene scene = new Scene("white", List.of(new Thing(Form.RING, "blue", 0.7, 0.5, 0.3), new Thing(Form.STAR, "orange", 0.2, 0.5, 0.3)));
        assertThat(SceneWords.tell(scene, new Philox(1, 0), Split.TRAIN)).contains("a blue ring right of an orange star", "white");
    }
}
