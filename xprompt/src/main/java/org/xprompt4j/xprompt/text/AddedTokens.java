package org.xprompt4j.xprompt.text;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Finds added tokens in a text: the leftmost, of several that begin at one place the longest. */
final class AddedTokens {
    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private AddedToken token; // null where none ends
    }

    /** Told of the stretches of a text in order. */
    interface Listener {
        void text(int from, int to);

        void token(AddedToken token);
    }

    private final Node root = new Node();
    private final boolean[] begins = new boolean[256]; // [low byte of a character], whether a token may begin with it

    AddedTokens(Collection<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (char c : token.content().toCharArray()) {
                node = node.next.computeIfAbsent(c, key -> new Node());
            }
            if (node.token == null) {
                node.token = token;
            }
            begins[token.content().charAt(0) & 0xff] = true;
        }
    }

    void split(String text, Listener listener) {
        int begun = 0;
        for (int at = 0; at < text.length();) {
            AddedToken token = begins[text.charAt(at) & 0xff] ? longest(text, at) : null;
            if (token == null) {
                at++;
                continue;
            }
            int start = at;
            int end = at + token.content().length();
            while (token.takesLeft() && start > begun && isSpace(text.charAt(start - 1))) {
                start--;
            }
            while (token.takesRight() && end < text.length() && isSpace(text.charAt(end))) {
                end++;
            }
            if (start > begun) {
                listener.text(begun, start);
            }
            listener.token(token);
            begun = end;
            at = end;
        }
        if (begun < text.length()) {
            listener.text(begun, text.length());
        }
    }

    private AddedToken longest(String text, int at) {
        AddedToken found = null;
        Node node = root;
        for (int i = at; i < text.length(); i++) {
            node = node.next.get(text.charAt(i));
            if (node == null) {
                break;
            }
            if (node.token != null && (!node.token.singleWord() || standsAlone(text, at, i + 1))) {
                found = node.token;
            }
        }
        return found;
    }

    private static boolean standsAlone(String text, int from, int to) {
        return (from == 0 || !isWord(text.codePointBefore(from))) && (to == text.length() || !isWord(text.codePointAt(to)));
    }

    private static boolean isWord(int c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
