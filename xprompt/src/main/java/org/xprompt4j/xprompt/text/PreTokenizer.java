package org.xprompt4j.xprompt.text;

/** Cuts a text into pieces that no token crosses. */
@FunctionalInterface
interface PreTokenizer {
    /** Appends the pieces of {@code text} from..to, in order. */
    void cut(String text, int from, int to, Pieces out);

    /** Cuts by one after the other, each within the pieces of the one before. */
    static PreTokenizer sequence(java.util.List<PreTokenizer> stages) {
        return switch (stages.size()) {
            case 0 -> (text, from, to, out) -> out.add(from, to);
            case 1 -> stages.getFirst();
            default -> (text, from, to, out) -> {
                Pieces before = new Pieces();
                before.add(from, to);
                for (int s = 0; s < stages.size(); s++) {
                    Pieces after = s + 1 == stages.size() ? out : new Pieces();
                    for (int i = 0; i < before.count(); i++) {
                        stages.get(s).cut(text, before.start(i), before.end(i), after);
                    }
                    before = after;
                }
            };
        };
    }
}
