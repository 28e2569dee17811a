package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xp models}; nothing here asks the network for anything. */
class ModelsCommandTest {
    @TempDir
    Path dir;

    @Test
    void listSaysWhatIsThereAndHowToGetIt() {
        XpProcess.Result result = new XpCall(dir).run("models", "list", "--dir", dir.toString());
        assertThat(result.exit()).isZero();
        assertThat(result.out()).contains("minilm  all-MiniLM-L6-v2").contains("not here; fetch it with: xp models get minilm")
                .contains(dir.resolve("minilm").toString()).contains("licence Apache-2.0");
        XpProcess.Result json = new XpCall(dir).run("models", "list", "--json", "--dir", dir.toString());
        assertThat(json.out().lines()).singleElement().asString().contains("\"name\":\"minilm\"").contains("\"here\":false").contains("\"bytes\":91695814");
    }

    @Test
    void whatIsNoModelIsRefused() {
        XpCall xp = new XpCall(dir);
        xp.refuses(List.of("models", "get", "bert", "--dir", dir.toString()), "no model 'bert'", "minilm");
        xp.refuses(List.of("models"), "list or get");
        xp.refuses(List.of("models", "get"), "NAME");
    }
}
