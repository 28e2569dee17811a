/**
 * Exact edits: named drawings over photographs, added, removed, replaced, recoloured, moved, drawn in another way. Before and after are
 * both drawn, so truth and mask are exact, and everything that can be said is known. Read {@link org.xprompt4j.xprompt.edit.EditTasks} first.
 */
package org.xprompt4j.xprompt.edit;
