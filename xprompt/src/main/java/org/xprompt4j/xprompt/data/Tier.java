package org.xprompt4j.xprompt.data;

/** Which licences are used. Package facts, not legal advice. */
public enum Tier {
    /** CC0, public domain, CC-BY, MIT, BSD, Apache: may be copied with credit. What the shipped model is trained on. */
    A,
    /** Also CC-BY-SA and GPL: fetched for those who decide so, never copied into the repository. */
    AB
}
