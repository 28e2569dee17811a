/**
 * Public models that others trained and this repository does not hold: what they are, where they lie on this machine, and how they get
 * there. Read {@link org.xprompt4j.xprompt.models.PublicModel} first.
 */
package org.xprompt4j.xprompt.models;
