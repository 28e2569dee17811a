/**
 * What a model does, made visible: who attends to whom, which codes a picture is made of, what each X-Prompt token carries. Numbers
 * first ({@link org.xprompt4j.xprompt.explain.AttentionStudy}, {@link org.xprompt4j.xprompt.explain.CodeStudy},
 * {@link org.xprompt4j.xprompt.explain.XpStudy}), each with a sheet that draws them; {@code xp explain} and chapters 8 and 9 of the course show them.
 */
package org.xprompt4j.xprompt.explain;
