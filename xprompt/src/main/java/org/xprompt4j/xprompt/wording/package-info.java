/**
 * What can be said of an exact edit: instructions, their inverses and descriptions of the difference, from templates with slots that
 * hold the parameters of the edit. Read {@link org.xprompt4j.xprompt.wording.Wording} first; {@link org.xprompt4j.xprompt.wording.Phrases}
 * is the grammar.
 */
package org.xprompt4j.xprompt.wording;
