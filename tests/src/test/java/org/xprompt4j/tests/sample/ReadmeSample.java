package org.xprompt4j.tests.sample;

import java.nio.file.Path;
import java.util.List;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.PictureWriter;

/** Shows the model one worked example, then does the same to other photographs: MODEL BEFORE AFTER PHOTO... */
public final class ReadmeSample {
    private ReadmeSample() {
    }

    public static void main(String... args) {
        try (XPromptModel model = XPromptModel.open(Path.of(args[0]), "cpu")) {
            Example example = new Example(PictureReader.read(Path.of(args[1])), PictureReader.read(Path.of(args[2])));
            CompressedPrompt prompt = model.compress(List.of(example), "before to after"); // stage 1, once
            for (String photo : List.of(args).subList(3, args.length)) { // stage 2, as often as needed
                Picture query = PictureReader.read(Path.of(photo));
                Picture answer = model.generate(prompt, query, GenerationOptions.recommended());
                PictureWriter.write(answer, Path.of(photo + ".answer.png"));
            }
        }
    }
}
