package org.xprompt4j.xprompt.training;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.nn.chameleon.ImageTokens;

/**
 * The vocabulary of a model without text, under Chameleon's names and in Chameleon's order: {@code <s> <pad> </s> <unk>}, the
 * image codes from id 4 on, {@code <eoss>}, {@code <racm3:break>}, the separator {@code <reserved08706>}, then the X-Prompt
 * tokens under the names {@code <reserved09100>} and following (XPROMPT, section 4).
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
}
