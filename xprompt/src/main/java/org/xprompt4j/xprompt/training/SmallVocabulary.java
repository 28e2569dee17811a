package org.xprompt4j.xprompt.training;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * The vocabulary of a small model, under Chameleon's names and in Chameleon's order: {@code <s> <pad> </s> <unk>}, the
 * image codes from id 4 on, {@code <eoss>}, {@code <racm3:break>}, the separator {@code <reserved08706>}, then the X-Prompt
 * tokens under the names {@code <reserved09100>} and following (XPROMPT, section 4). A model with words has those of its text behind them.
 *
 * @param names token to id
 * @param xpIds ids of the X-Prompt tokens
 * @param size number of ids
 */
record SmallVocabulary(Map<String, Integer> names, int[] xpIds, int size) {
    private static final int FIRST_XP = 9100;

    static SmallVocabulary of(int codes, int xpTokens) {
        Map<String, Integer> names = new LinkedHashMap<>();
        for (String name : new String[] {ImageTokens.BOS, ImageTokens.PAD, ImageTokens.EOS, "<unk>"}) {
            names.put(name, names.size());
        }
        for (int code = 0; code < codes; code++) {
            names.put(ImageTokens.name(code), names.size());
        }
        for (String name : new String[] {ImageTokens.EOI, ImageTokens.BOI, ImageTokens.SEP}) {
            names.put(name, names.size());
        }
        int[] xpIds = new int[xpTokens];
        for (int i = 0; i < xpTokens; i++) {
            xpIds[i] = names.size();
            names.put(String.format(Locale.ROOT, "<reserved%05d>", FIRST_XP + i), xpIds[i]);
        }
        return new SmallVocabulary(names, xpIds, names.size());
    }

    /** The same with the tokens of a text tokenizer, which begins with exactly these names. */
    SmallVocabulary with(TextTokenizer text, String where) {
        names.forEach((name, id) -> {
            if (text.id(name) != id) {
                throw new InvalidInput(where + ": gives '" + name + "' the id " + text.id(name) + ", the recipe's vocabulary gives it " + id);
            }
        });
        Map<String, Integer> all = new LinkedHashMap<>(names);
        text.vocabulary().entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(token -> all.put(token.getKey(), token.getValue()));
        return new SmallVocabulary(all, xpIds, text.size());
    }
}
