package org.xprompt4j.xprompt.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/** The cuts that the {@code pre_tokenizer} of a {@code tokenizer.json} asks for; the last of them maps to bytes. */
final class PreTokenizers {
    private static final int MOST_STAGES = 32;
    private static final int LONGEST_PATTERN = 4096; // characters

    private PreTokenizers() {
    }

    static PreTokenizer read(Json root) {
        Json described = root.get("pre_tokenizer");
        if (described.isNull()) {
            throw described.fault("must be a chain that ends with ByteLevel");
        }
        List<Json> chain = described.string("type").equals("Sequence") ? described.get("pretokenizers").elements() : List.of(described);
        if (chain.isEmpty() || chain.size() > MOST_STAGES) {
            throw described.get("pretokenizers").fault("must be 1 to " + MOST_STAGES + " stages");
        }
        List<PreTokenizer> stages = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            Json stage = chain.get(i);
            boolean last = i + 1 == chain.size();
            if (stage.string("type").equals("ByteLevel") != last) {
                throw stage.get("type").fault("must be " + (last ? "\"ByteLevel\", as the last of the chain" : "a cut; only the last of the chain is \"ByteLevel\""));
            }
            if (last) {
                byteLevel(stage, stages);
            } else {
                stages.add(cut(stage));
            }
        }
        return PreTokenizer.sequence(stages);
    }

    private static void byteLevel(Json stage, List<PreTokenizer> stages) {
        if (stage.flag("add_prefix_space", true)) { // true is what Hugging Face takes where the field is missing
            throw stage.fault("must say \"add_prefix_space\": false; a space that the text does not have could not be told from its own");
        }
        if (stage.flag("use_regex", true)) {
            stages.add(new WordSplit());
        }
    }

    private static PreTokenizer cut(Json stage) {
        return switch (stage.string("type")) {
            case "Digits" -> new CharacterSplit(CharacterSplit::isNumber,
                    stage.flag("individual_digits", false) ? SplitBehaviour.ISOLATED : SplitBehaviour.CONTIGUOUS);
            case "Punctuation" -> new CharacterSplit(CharacterSplit::isPunctuation, behaviour(stage, SplitBehaviour.ISOLATED));
            case "Whitespace" -> pattern("\\w+|[^\\w\\s]+", SplitBehaviour.REMOVED, true, stage.get("type"));
            case "WhitespaceSplit" -> new CharacterSplit(isSpace(), SplitBehaviour.REMOVED);
            case "Split" -> split(stage);
            default -> throw stage.get("type").fault("must be Split, Digits, Punctuation, Whitespace, WhitespaceSplit or ByteLevel");
        };
    }

    private static IntPredicate isSpace() {
        return c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    private static PreTokenizer split(Json stage) {
        Json pattern = stage.get("pattern");
        boolean regex = pattern.has("Regex");
        Json text = pattern.get(regex ? "Regex" : "String");
        if (text.asString().isEmpty() || text.asString().length() > LONGEST_PATTERN) {
            throw text.fault("must be 1 to " + LONGEST_PATTERN + " characters");
        }
        return pattern(regex ? text.asString() : Pattern.quote(text.asString()), behaviour(stage, null), stage.flag("invert", false), text);
    }

    private static PreTokenizer pattern(String regex, SplitBehaviour behaviour, boolean invert, Json field) {
        try {
            return new PatternSplit(Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS), behaviour, invert, field.source() + ": " + field.path());
        } catch (PatternSyntaxException e) {
            throw new InvalidInput(field.source() + ": " + field.path() + " is no regular expression: " + e.getDescription() + " at character " + e.getIndex(), e);
        } catch (StackOverflowError e) {
            throw new InvalidInput(field.source() + ": " + field.path() + " is nested too deeply", e);
        }
    }

    private static SplitBehaviour behaviour(Json stage, SplitBehaviour fallback) {
        if (fallback != null && !stage.has("behavior")) {
            return fallback;
        }
        SplitBehaviour found = SplitBehaviour.of(stage.string("behavior"));
        if (found == null) {
            throw stage.get("behavior").fault("must be Isolated, Removed, Contiguous, MergedWithPrevious or MergedWithNext");
        }
        return found;
    }
}
