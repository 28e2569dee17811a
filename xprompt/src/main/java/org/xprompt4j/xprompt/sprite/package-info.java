/**
 * Named motifs (an owl, a guitar) in four drawings that nearly coincide, with transparency: what exact edits put over photographs.
 * Read {@link org.xprompt4j.xprompt.sprite.SpriteSet} first; {@link org.xprompt4j.xprompt.sprite.SpritePreparation} makes the set
 * that the repository carries.
 */
package org.xprompt4j.xprompt.sprite;
